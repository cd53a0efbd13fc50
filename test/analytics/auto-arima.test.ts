import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { forecast, nameOfArima } from "../../src/analytics/forecasting/arima";
import { type AutoArima, type AutoArimaOptions, autoArima } from "../../src/analytics/forecasting/auto-arima";
import { hasRootsBeyond } from "../../src/analytics/forecasting/auto-arima/roots";
import { Budget, unlimited } from "../../src/analytics/forecasting/budget";
import { airPassengers, lynx, nile, seededNormal } from "../support/series";

const find = (values: Float64Array, season = 1, options: Partial<AutoArimaOptions> = {}): AutoArima | null =>
  autoArima(values, season, options, unlimited());
const nameOf = ({ order, constant }: AutoArima) => nameOfArima(order, constant);

/** x_t = ar x_(t-1) + e_t, around `level`. */
function autoregression(length: number, ar: number, level: number, seed = 3): Float64Array {
  const normal = seededNormal(seed);
  let last = 0;
  return Float64Array.from({ length }, () => {
    last = ar * last + normal();
    return level + last;
  });
}

function walk(length: number, drift: number, seed = 5): Float64Array {
  const normal = seededNormal(seed);
  let level = 100;
  return Float64Array.from({ length }, () => {
    level += drift + normal();
    return level;
  });
}

describe("the order of an ARIMA model", () => {
  it("is as good as what R's auto.arima finds", () => {
    // forecast 8.20: ARIMA(0,1,1)(0,1,1)[12] with AICc -483.21, and ARIMA(1,1,1) with AICc 1267.51.
    const air = find(airPassengers.map(Math.log), 12)!;
    expect(nameOf(air)).toBe("ARIMA(0,1,1)(0,1,1)[12]");
    expect(air.fit.aicc).toBeCloseTo(-483.2, 1);
    expect(nameOf(find(nile)!)).toBe("ARIMA(1,1,1)");
    expect(find(lynx.map(Math.log10))!.order.d).toBe(0);
  });

  it("takes a mean for what keeps its level, differences for what does not", () => {
    const calm = find(autoregression(300, 0.4, 40))!;
    expect(calm.order).toMatchObject({ d: 0, D: 0 });
    expect(calm.constant).toBe(true);
    expect(forecast(calm.fit, 100).mean.at(-1)).toBeCloseTo(40, 0);
    expect(find(walk(300, 0))!.order.d).toBe(1);
  });

  it("takes a drift where the series has one, and follows it", () => {
    const found = find(walk(200, 1.5))!;
    expect(nameOf(found)).toBe("ARIMA(0,1,0) with drift");
    const { mean } = forecast(found.fit, 10);
    expect((mean[9]! - mean[0]!) / 9).toBeCloseTo(1.5, 0);
  });

  it("takes a seasonal difference for a strong season, and none where there is no season", () => {
    const noise = autoregression(240, 0.5, 0);
    const seasonal = noise.map((value, t) => value + 10 * Math.sin((2 * Math.PI * t) / 12));
    expect(find(seasonal, 12)!.order).toMatchObject({ D: 1, m: 12 });
    expect(find(noise, 12)!.order.D).toBe(0);
  });

  it("averages a steady season over all its cycles, though that is a root near the unit circle", () => {
    const normal = seededNormal(11);
    const values = Float64Array.from(
      { length: 600 },
      (_, t) => normal() + 8 * Math.cos((2 * Math.PI * t) / 24),
    );
    const { coefficients, sigma2 } = find(values, 24)!.fit;
    expect(coefficients.sma.reduce((sum, sma) => sum + sma, 0)).toBeLessThan(-0.8);
    expect(sigma2).toBeLessThan(1.3);
  });

  it("leaves alone what is fixed", () => {
    const fixed = { p: 3, q: 0, d: 0, P: 0, Q: 1, D: 1, constant: true };
    const found = find(airPassengers, 12, fixed)!;
    expect(found.order).toEqual({ p: 3, d: 0, q: 0, P: 0, D: 1, Q: 1, m: 12 });
    expect(found.constant).toBe(true);
    expect(found.reason).toBe("as given");
    expect(find(airPassengers, 12, { p: 7 })!.order.p).toBe(7);
    expect(find(airPassengers, 12, { stationary: true })!.order).toMatchObject({ d: 0, D: 0 });
    expect(find(airPassengers, 12, { seasonal: false })!.order).toMatchObject({ P: 0, D: 0, Q: 0, m: 1 });
    expect(find(walk(80, 1), 1, { constant: false })!.constant).toBe(false);
  });

  it("names what was compared, best first, and how", () => {
    const { candidates, reason, fit, isApproximate } = find(airPassengers.map(Math.log), 12)!;
    expect(isApproximate).toBe(false);
    expect(candidates[0]!.order).toEqual(fit.order);
    expect(candidates.length).toBeGreaterThan(5);
    expect(reason).toContain(`p, q, P, Q by the smallest AICc of ${candidates.length} models`);
    expect(find(nile, 1, { criterion: "bic" })!.reason).toContain("BIC");
  });

  it("is not beaten by more than a little when everything is tried", () => {
    const stepwise = find(nile)!.fit.aicc!;
    const all = find(nile, 1, { stepwise: false })!;
    expect(all.candidates.length).toBeGreaterThan(30);
    expect(stepwise - all.fit.aicc!).toBeLessThan(1);
  });

  it("keeps to its budget and answers with the best until then", () => {
    const values = walk(1_000, 0.1).map((value, t) => value + 5 * Math.sin((2 * Math.PI * t) / 24));
    const whole = unlimited();
    const best = autoArima(values, 24, {}, whole)!;
    for (const limit of [0, 1_000, 20_000, 100_000]) {
      const budget = new Budget(limit);
      const found = autoArima(values, 24, {}, budget)!;
      expect(found.spent).toBe(budget.spent);
      // A fit may pass its end by one gradient; the tests and the decomposition come first.
      expect(budget.spent).toBeLessThan(limit + 15_000);
      expect(forecast(found.fit, 48).mean.every(Number.isFinite)).toBe(true);
    }
    expect(best.spent).toBe(whole.spent);
  });

  it("has no model of what is too short or a rule without noise", () => {
    expect(find(Float64Array.of(1, 2, 3))).toBeNull();
    expect(find(new Float64Array(100).fill(7))).toBeNull();
    expect(find(Float64Array.from({ length: 50 }, (_, t) => 3 + 0.1 * t))).toBeNull();
    expect(
      find(
        Float64Array.from({ length: 60 }, (_, t) => t % 12),
        12,
      ),
    ).toBeNull();
    expect(find(Float64Array.of(1, 2, Number.NaN, 3, 4, 5, 6, 7))).toBeNull();
  });

  it("leaves alone a season of too few cycles or of more lags than a model may have", () => {
    expect(find(walk(30, 0), 24)!.order).toMatchObject({ P: 0, D: 0, Q: 0 });
    expect(find(walk(60, 0), 80)!.order).toMatchObject({ P: 0, D: 0, Q: 0, m: 1 });
    const long = walk(1_500, 0).map((value, t) => value + 50 * Math.sin((2 * Math.PI * t) / 700));
    expect(find(long, 700)!.order).toMatchObject({ P: 0, D: 0, Q: 0, m: 1 });
  });

  it("is null or a finite model on whatever a series may be", () => {
    const value = fc.oneof(
      fc.integer({ min: -3, max: 3 }),
      fc.double({ noNaN: true, min: -1e290, max: 1e290 }),
      fc.double({ noNaN: true, min: -100, max: 100 }),
      fc.constantFrom(0, 1, 1e-290, 1e290),
    );
    const series = fc.oneof(
      fc.array(value, { maxLength: 60 }),
      fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 20, maxLength: 80 }),
      // A pattern that repeats, with a spike in it.
      fc
        .tuple(fc.array(value, { minLength: 2, maxLength: 8 }), fc.nat(40), value)
        .map(([pattern, at, spike]) =>
          Array.from({ length: 50 }, (_, t) => (t === at ? spike : pattern[t % pattern.length]!)),
        ),
    );
    fc.assert(
      fc.property(series, fc.integer({ min: 0, max: 14 }), fc.boolean(), (values, season, approximation) => {
        const budget = new Budget(100_000);
        const found = autoArima(Float64Array.from(values), season, { approximation }, budget);
        if (found === null) return;
        const { mean, lower, upper } = forecast(found.fit, 6);
        for (const column of [mean, lower, upper]) expect(column.every(Number.isFinite)).toBe(true);
        expect(Number.isFinite(found.candidates[0]!.criterion)).toBe(true);
      }),
      { numRuns: 300, seed: 1 },
    );
  });
});

describe("roots of a polynomial", () => {
  it("are compared with a radius without finding them", () => {
    // 1 - 0.5 z has its root at 2; 1 - 0.9 z^2 at +-1.054; (1 - z/1.5)(1 - z/1.2) at 1.5 and 1.2.
    expect(hasRootsBeyond([0.5], 1.99)).toBe(true);
    expect(hasRootsBeyond([0.5], 2.01)).toBe(false);
    expect(hasRootsBeyond([0, 0.9], 1.05)).toBe(true);
    expect(hasRootsBeyond([0, 0.9], 1.06)).toBe(false);
    const product = [1 / 1.5 + 1 / 1.2, -1 / (1.5 * 1.2)];
    expect(hasRootsBeyond(product, 1.19)).toBe(true);
    expect(hasRootsBeyond(product, 1.21)).toBe(false);
    expect(hasRootsBeyond([], 5)).toBe(true);
  });
});
