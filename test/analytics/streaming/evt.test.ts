import { describe, expect, it } from "vitest";
import { type ExcessPrior, excessAt, fitExcesses, logSurvival } from "../../../src/analytics/detection/evt";
import { seededRandom } from "../../support/series";

const none: ExcessPrior = { weight: 0, mean: 1, shape: 0, leastShape: -0.5, greatestShape: 0.5 };

describe("the generalised Pareto law of excesses", () => {
  it.each([-0.3, 0, 0.2])("is found again from its own quantiles, shape %s", (shape) => {
    const random = seededRandom(3);
    const excesses = Float64Array.from({ length: 50_000 }, () =>
      excessAt({ shape, scale: 2 }, Math.log(random())),
    );
    const fitted = fitExcesses(excesses, 0, excesses.length, none);
    expect(fitted.shape).toBeCloseTo(shape, 1);
    expect(fitted.scale / 2).toBeCloseTo(1, 1);
  });

  it.each([-0.2, 0, 1e-9, 0.4])("has quantiles that invert its survival function, shape %s", (shape) => {
    const law = { shape, scale: 3 };
    for (const log of [-0.1, -2, -10]) expect(logSurvival(law, excessAt(law, log))).toBeCloseTo(log, 6);
  });

  it("is the prior where there are no excesses", () => {
    const prior = { ...none, weight: 5, mean: 0.8, shape: 0.1 };
    expect(fitExcesses(new Float64Array(0), 0, 0, prior)).toEqual({ shape: 0.1, scale: 0.8 * 0.9 });
  });

  it("stays a number behind the end of a short tail", () => {
    expect(Number.isFinite(logSurvival({ shape: -0.5, scale: 1 }, 100))).toBe(true);
  });
});
