import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CALIBRATIONS, type Calibration } from "../../../src/analytics/strategies/calibrations";
import { calibrate, type Stated, type Trial } from "../../../src/analytics/strategies/confidence";
import { list } from "./findings";

const AS_STATED = { intercept: 0, slope: 1 };
const asStated: Calibration = { directed: AS_STATED, flat: AS_STATED };

const up = (strength: number): Stated => ({ direction: "up", strength });
const trials = (count: number, right: number, stated: Stated): Trial[] =>
  list(count, (i) => ({ ...stated, right: i < right }));
const confidenceOf = (stated: Stated, past: Trial[], calibration = asStated) =>
  calibrate(stated, past, { calibration, horizon: 5 }).value;

describe("a confidence", () => {
  it("is what the strategy's line makes of the stated probability where nothing was tried", () => {
    expect(confidenceOf(up(0.8), [])).toBeCloseTo(0.8, 12);
    const halved = { directed: { intercept: 0, slope: 0.5 }, flat: AS_STATED };
    // Odds of 4 to 1 are taken for 2 to 1.
    expect(confidenceOf(up(0.8), [], halved)).toBeCloseTo(2 / 3, 12);
    expect(confidenceOf({ direction: "flat", strength: 0.8 }, [], halved)).toBeCloseTo(0.8, 12);
  });

  it("falls where less came true than was stated, and rises where more did, the more the more often it was tried", () => {
    const [few, many] = [4, 40].map((count) => confidenceOf(up(0.9), trials(count, count / 2, up(0.9))));
    expect(few).toBeLessThan(0.9);
    expect(many).toBeLessThan(few!);
    expect(many).toBeGreaterThan(0.5);
    const [lucky, sure] = [4, 40].map((count) => confidenceOf(up(0.7), trials(count, count, up(0.7))));
    expect(lucky).toBeGreaterThan(0.7);
    expect(sure).toBeGreaterThan(lucky!);
  });

  it("stays where as many came true as were stated", () => {
    expect(confidenceOf(up(0.75), trials(40, 30, up(0.75)))).toBeCloseTo(0.75, 12);
  });

  it("learns from answers of its own kind: what a flat one missed says nothing of a direction", () => {
    const flat: Stated = { direction: "flat", strength: 0.9 };
    const lines = { directed: AS_STATED, flat: { intercept: 0, slope: 0.9 } };
    expect(confidenceOf(up(0.9), trials(40, 0, flat), lines)).toBeCloseTo(0.9, 12);
    expect(confidenceOf(flat, trials(40, 0, flat), lines)).toBeLessThan(0.8);
    const down: Stated = { direction: "down", strength: 0.9 };
    expect(confidenceOf(up(0.9), trials(40, 0, down), lines)).toBeLessThan(0.8);
  });

  it("says what it is made of", () => {
    const past = [...trials(10, 6, up(0.8)), ...trials(5, 5, { direction: "flat", strength: 0.3 })];
    const lines = { directed: AS_STATED, flat: { intercept: 0, slope: 0.9 } };
    expect(calibrate(up(0.8), past, { calibration: lines, horizon: 5 }).explain).toMatchObject({
      stated: 0.8,
      calibrated: expect.closeTo(0.8, 12),
      line: AS_STATED,
      origins: 15,
      alike: 10,
      right: 6,
      expectedRight: expect.closeTo(8, 12),
      horizon: 5,
    });
  });

  it("is never certain, whatever was stated and came, and grows with what is stated", () => {
    const direction = fc.constantFrom("up" as const, "down" as const, "flat" as const);
    const strength = fc.double({ min: 0, max: 1, noNaN: true });
    const trial = fc.record({ direction, strength, right: fc.boolean() });
    const strategy = fc.constantFrom(...Object.values(CALIBRATIONS));
    fc.assert(
      fc.property(direction, strength, strength, fc.array(trial), strategy, (side, a, b, past, lines) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)].map((stated) =>
          confidenceOf({ direction: side, strength: stated }, past, lines),
        );
        expect(less).toBeGreaterThanOrEqual(0.01);
        expect(more).toBeLessThanOrEqual(0.99);
        expect(more! - less!).toBeGreaterThan(-1e-12);
      }),
    );
  });
});
