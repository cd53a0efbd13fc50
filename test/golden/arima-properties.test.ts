import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ArimaOrder, fillMissing, fitArima, forecast } from "../../src/analytics/forecasting/arima";
import { seededNormal } from "../support/series";

// Whatever the series, a fit is refused by a code or its numbers are finite: nothing traps, nothing is NaN.

const order: fc.Arbitrary<ArimaOrder> = fc
  .record({
    p: fc.nat(5),
    d: fc.nat(2),
    q: fc.nat(5),
    P: fc.nat(2),
    D: fc.nat(1),
    Q: fc.nat(2),
    m: fc.constantFrom(1, 2, 4, 7, 12),
  })
  .map((shape) => (shape.m === 1 ? { ...shape, P: 0, D: 0, Q: 0 } : shape));

const kinds: Record<string, (normal: () => number, t: number) => number> = {
  noise: (normal) => normal(),
  constant: () => 3,
  line: (_, t) => 2 * t + 1,
  outliers: (normal, t) => (t % 11 === 3 ? 1e6 : normal()),
  counts: (normal) => Math.max(0, Math.floor(normal())),
  season: (normal, t) => Math.sin(t / 2) + 1e-9 * normal(),
};

const series = fc
  .record({
    kind: fc.constantFrom(...Object.keys(kinds)),
    n: fc.integer({ min: 3, max: 120 }),
    magnitude: fc.constantFrom(1, 1e-290, 1e290, 1e-12, 1e9),
    isWalk: fc.boolean(),
    seed: fc.nat(1_000),
  })
  .map(({ kind, n, magnitude, isWalk, seed }) => {
    const normal = seededNormal(seed);
    let level = 0;
    return Float64Array.from({ length: n }, (_, t) => {
      const value = kinds[kind]!(normal, t);
      level += value;
      // A walk of a hundred steps must not leave the range of a double.
      return isWalk ? (level / 100) * Math.min(magnitude, 1e280) : Math.min(Math.abs(value), 1e9) * magnitude;
    }).map((value) => (Number.isFinite(value) ? value : 1e290));
  });

const REFUSALS = ["not_enough_data", "invalid_request", "malformed_data", "work_budget_exceeded"];

function check(values: Float64Array, shape: ArimaOrder, method: "ml" | "css" | "css-ml"): void {
  try {
    const fit = fitArima(values, shape, { method, searches: 3, maxEvaluations: 400 });
    const predicted = forecast(fit, 4);
    const errors = fit.uncertainty?.covariance.flat() ?? [];
    const numbers = [fit.logLikelihood, fit.estimate.sigma, ...fit.estimate.coefficients, ...errors];
    expect(numbers.every(Number.isFinite)).toBe(true);
    expect([...predicted.mean, ...predicted.standardError].every(Number.isFinite)).toBe(true);
    const first = values.findIndex((value) => !Number.isNaN(value));
    expect(fillMissing(fit).subarray(first).every(Number.isFinite)).toBe(true);
  } catch (error) {
    const code = (error as { failure?: { code: string } }).failure?.code;
    if (code === undefined) throw error;
    expect(REFUSALS).toContain(code);
  }
}

describe("any series and any order", () => {
  it("gives finite numbers or a refusal", () => {
    fc.assert(
      fc.property(series, order, fc.constantFrom("ml", "css", "css-ml"), (values, shape, method) =>
        check(values, shape, method),
      ),
      { numRuns: 250, seed: 7 },
    );
  });

  it("gives finite numbers or a refusal with missing values too", () => {
    fc.assert(
      fc.property(series, order, fc.array(fc.nat(119), { maxLength: 12 }), (values, shape, missing) => {
        const gaps = values.map((value, t) => (missing.includes(t) ? Number.NaN : value));
        check(gaps, shape, "ml");
      }),
      { numRuns: 120, seed: 8 },
    );
  });
});
