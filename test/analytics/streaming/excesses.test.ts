import { describe, expect, it } from "vitest";
import { excessAt } from "../../../src/analytics/detection/evt";
import {
  type Excesses,
  fadingExcesses,
  lastExcesses,
} from "../../../src/analytics/detection/streaming/excesses";
import { seededRandom } from "../../support/series";

const prior = { weight: 0, mean: 1, shape: 0, leastShape: -0.1, greatestShape: 0.5 };

describe.each<[string, Excesses]>([
  ["the last ones", lastExcesses],
  ["fading moments", fadingExcesses],
])("excesses known as %s", (_, excesses) => {
  /** Behind a number that is not theirs. */
  function learned(scales: readonly number[]): Float64Array {
    const random = seededRandom(3);
    const block = new Float64Array(1 + excesses.numbers);
    for (const scale of scales) {
      excesses.keep(block, 1, excessAt({ shape: 0.1, scale }, Math.log(random())));
      excesses.learn(block, 1, prior);
    }
    return block;
  }
  const many = (scale: number): number[] => Array<number>(2_000).fill(scale);

  it("follow the law of the last few dozen", () => {
    const mean = (block: Float64Array): number => {
      const { shape, scale } = excesses.law(block, 1, prior);
      return scale / (1 - shape);
    };
    expect(mean(learned(many(2))) / mean(learned(many(1)))).toBeCloseTo(2, 9);
    expect(mean(learned([...many(50), ...many(2)])) / mean(learned(many(2)))).toBeGreaterThan(0.6);
    expect(mean(learned([...many(50), ...many(2)])) / mean(learned(many(2)))).toBeLessThan(1.6);
  });

  it("are about three quarters of as many above a threshold that is raised", () => {
    const block = learned(many(2));
    const before = excesses.count(block, 1);
    const { rise, left } = excesses.raise(block, 1, prior);
    expect(rise).toBeGreaterThan(0.2);
    expect(rise).toBeLessThan(1.2);
    expect(left).toBeGreaterThan(0.6);
    expect(left).toBeLessThan(0.8);
    expect(excesses.count(block, 1)).toBeCloseTo(before * left, 9);
    expect(block[0]).toBe(0);
  });

  it("are none before the first, which leaves the prior", () => {
    const block = new Float64Array(1 + excesses.numbers);
    excesses.learn(block, 1, { ...prior, weight: 5, shape: 0.2 });
    expect(excesses.count(block, 1)).toBe(0);
    expect({ ...excesses.law(block, 1, { ...prior, weight: 5, shape: 0.2 }) }).toEqual({
      shape: 0.2,
      scale: 0.8,
    });
  });
});
