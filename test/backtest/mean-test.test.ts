import { describe, expect, it } from "vitest";
import { meanTest } from "../../src/backtest/scores/mean-test";
import { studentUpperTail } from "../../src/backtest/scores/student-t";
import { seededNormal } from "../support/series";

describe("Student's distribution", () => {
  it.each([
    // Tables: 95 %, 97.5 % and 99.5 % quantiles.
    [6.313751515, 1, 0.05],
    [2.228138852, 10, 0.025],
    [2.749995654, 30, 0.005],
    [1.645006018, 10_000, 0.05],
    [0, 7, 0.5],
    [-2.228138852, 10, 0.975],
  ])("has above %f with %i degrees of freedom a probability of %f", (t, degrees, probability) => {
    expect(studentUpperTail(t, degrees)).toBeCloseTo(probability, 8);
  });
});

describe("the test of a mean", () => {
  it("is right about as often as it says under nothing, correlated or not", () => {
    for (const phi of [0, 0.5]) {
      const normal = seededNormal(91);
      let rejected = 0;
      for (let run = 0; run < 1_000; run++) {
        let last = 0;
        const differences = Array.from({ length: 300 }, () => (last = phi * last + normal()));
        if (meanTest(differences, 3).p_value! < 0.05) rejected++;
      }
      expect(rejected / 1_000).toBeGreaterThan(0.025);
      expect(rejected / 1_000).toBeLessThan(0.1);
    }
  });

  it("sees a mean that is there", () => {
    const normal = seededNormal(92);
    expect(meanTest(Array.from({ length: 300 }, () => 0.3 + normal())).p_value).toBeLessThan(0.001);
  });

  it("says nothing of a few, of none and of what does not vary", () => {
    expect(meanTest([]).p_value).toBeNull();
    expect(meanTest([1, 2, 3]).p_value).toBeNull();
    expect(meanTest(new Array<number>(50).fill(0)).p_value).toBeNull();
  });

  it("does not depend on the unit", () => {
    const normal = seededNormal(93);
    const differences = Array.from({ length: 100 }, () => 0.1 + normal());
    const scaled = differences.map((value) => value * 1e-200);
    expect(meanTest(scaled).p_value).toBeCloseTo(meanTest(differences).p_value!, 10);
  });
});
