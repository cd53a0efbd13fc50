import { describe, expect, it } from "vitest";
import { fitArima, forecast } from "../../src/analytics/forecasting/arima";
import { Budget } from "../../src/analytics/forecasting/budget";
import { airPassengers, nile } from "../support/series";

// References: R 4.2.2 with forecast 8.20, `Arima(..., include.drift = TRUE, method = "ML")`.

const logAir = airPassengers.map(Math.log);
const NILE = { p: 1, d: 1, q: 1, P: 0, D: 0, Q: 0, m: 1 };

describe("a drift", () => {
  it("is R's after a seasonal difference, a step and not a season", () => {
    const fit = fitArima(logAir, { p: 2, d: 0, q: 0, P: 0, D: 1, Q: 1, m: 12 }, { constant: true });
    expect(fit.coefficients.mean).toBeNull();
    expect(fit.coefficients.drift).toBeCloseTo(0.00987832208646711, 6);
    expect(fit.coefficients.ar[0]).toBeCloseTo(0.575405873927841, 4);
    expect(fit.coefficients.sma[0]).toBeCloseTo(-0.555348302377196, 4);
    // R's diffuse prior costs it 0.001.
    expect(Math.abs(fit.logLikelihood - 249.646700874348)).toBeLessThan(2e-3);
    expect(Math.abs(fit.aic + 489.293401748696)).toBeLessThan(4e-3);
    const { mean } = forecast(fit, 14);
    expect(mean[0]).toBeCloseTo(6.11440901329965, 5);
    expect(mean[13]).toBeCloseTo(6.19599611731114, 5);
  });

  it("is R's after an ordinary difference", () => {
    const fit = fitArima(nile, NILE, { constant: true });
    expect(fit.coefficients.drift).toBeCloseTo(-2.8829, 3);
    expect(fit.logLikelihood).toBeCloseTo(-629.818524083748, 5);
    expect(forecast(fit, 5).mean[4]! / 810.568208081136).toBeCloseTo(1, 5);
  });

  it("carries a random walk on", () => {
    const values = Float64Array.from({ length: 40 }, (_, t) => 3 * t + Math.sin(t * t));
    const order = { ...NILE, p: 0, q: 0 };
    const fit = fitArima(values, order, { constant: true });
    const step = (values[39]! - values[0]!) / 39;
    expect(fit.coefficients.drift).toBeCloseTo(step, 10);
    expect(forecast(fit, 7).mean[6]).toBeCloseTo(values[39]! + 7 * step, 9);
  });

  it("is not estimated unless asked for, and not after two differences", () => {
    expect(fitArima(nile, NILE).coefficients.drift).toBeNull();
    expect(() => fitArima(nile, { ...NILE, d: 2 }, { constant: true })).toThrow(/quadratic/);
  });
});

describe("a mean", () => {
  it("can be left out", () => {
    const order = { ...NILE, d: 0, q: 0 };
    const without = fitArima(nile, order, { constant: false });
    expect(without.coefficients.mean).toBeNull();
    expect(without.logLikelihood).toBeLessThan(fitArima(nile, order).logLikelihood);
  });
});

describe("a budget", () => {
  it("is spent by what the evaluations cost, and ends the fit when little is left", () => {
    const plenty = new Budget(1e6);
    const free = fitArima(nile, NILE, {}, plenty);
    expect(free.budgetSpent).toBe(false);
    expect(plenty.spent).toBeGreaterThan(0);
    const scarce = new Budget(plenty.spent / 10);
    const stopped = fitArima(nile, NILE, {}, scarce);
    expect(stopped.budgetSpent).toBe(true);
    expect(stopped.evaluations).toBeLessThan(free.evaluations / 4);
    expect(Number.isFinite(stopped.logLikelihood)).toBe(true);
  });
});
