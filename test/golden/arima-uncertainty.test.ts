import { describe, expect, it } from "vitest";
import { arimaModel, evaluateArima, fitArima } from "../../src/analytics/forecasting/arima";
import { Budget } from "../../src/analytics/forecasting/budget";
import { airPassengers, lynx, nile } from "../support/series";

// References: R 4.2.2 with forecast 8.20, `Arima(method = "ML")`: its Hessian has steps of 0.001, hence the tolerances.

const order = (p: number, d: number, q: number, P = 0, D = 0, Q = 0, m = 1) => ({ p, d, q, P, D, Q, m });
const logAir = airPassengers.map(Math.log);

describe("standard errors", () => {
  it.each([
    {
      name: "airline model",
      series: logAir,
      shape: order(0, 1, 1, 0, 1, 1, 12),
      errors: [0.0896440499165668, 0.0730994788543609],
    },
    {
      name: "AirPassengers (2,1,1)(0,1,0)[12], a moving average near the unit circle",
      series: airPassengers,
      shape: order(2, 1, 1, 0, 1, 0, 12),
      errors: [0.0888182754170877, 0.0879665609226817, 0.029202600718883],
    },
    {
      name: "Nile (1,1,1)",
      series: nile,
      shape: order(1, 1, 1),
      errors: [0.119396295633887, 0.0604827132821544],
    },
    {
      name: "Nile (1,0,0) and its mean",
      series: nile,
      shape: order(1, 0, 0),
      errors: [0.086654234518233, 29.1419358341292],
    },
    {
      name: "lynx (2,0,2) and its mean",
      series: lynx.map(Math.log10),
      shape: order(2, 0, 2),
      errors: [
        0.0691351901411197, 0.0630134780747729, 0.128865046119231, 0.123017079618745, 0.0465952200396592,
      ],
    },
  ])("are R's: $name", ({ series, shape, errors }) => {
    const { covariance, standardErrors } = fitArima(series, shape).uncertainty!;
    expect(covariance.length).toBe(errors.length);
    errors.forEach((error, i) => {
      expect(Math.abs(Math.sqrt(covariance[i]![i]!) / error - 1)).toBeLessThan(3e-3);
      errors.forEach((_, j) => {
        expect(covariance[i]![j]).toBeCloseTo(covariance[j]![i]!, 12);
      });
    });
    const { ar, ma, sar, sma, mean } = standardErrors;
    const listed = [...ar, ...ma, ...sar, ...sma, ...(mean === null ? [] : [mean])];
    listed.forEach((error, i) => {
      expect(error).toBeCloseTo(Math.sqrt(covariance[i]![i]!), 12);
    });
  });

  it("of a drift are those of the Hessian in all coefficients, the mean among them", () => {
    const fit = fitArima(logAir, order(2, 0, 0, 0, 1, 1, 12), { constant: true });
    // By mixed differences of the log-likelihood at given means; R's 0.000764 has its diffuse prior in it.
    expect(fit.uncertainty!.standardErrors.drift! / 0.0007593580715994706).toBeCloseTo(1, 3);
    expect(fit.uncertainty!.standardErrors.ar[0]! / 0.0843023559741528).toBeCloseTo(1, 3);
    expect(fit.uncertainty!.standardErrors.sma[0]! / 0.07707495671959375).toBeCloseTo(1, 3);
  });

  it("are those of white noise by its definition", () => {
    const fit = fitArima(nile, order(0, 0, 0));
    expect(fit.uncertainty!.standardErrors.mean! / Math.sqrt(fit.sigma2 / 100)).toBeCloseTo(1, 9);
  });

  it("are left out where they are not wanted, and where the budget is spent", () => {
    expect(fitArima(nile, order(1, 1, 1), { standardErrors: false }).uncertainty).toBeNull();
    expect(fitArima(nile, order(1, 1, 1), {}, new Budget(20)).uncertainty).toBeNull();
  });
});

describe("R's default method", () => {
  it("starts from the conditional estimate and ends at the same maximum", () => {
    const exact = fitArima(logAir, order(0, 1, 1, 0, 1, 1, 12));
    const staged = fitArima(logAir, order(0, 1, 1, 0, 1, 1, 12), { method: "css-ml" });
    expect(staged.logLikelihood).toBeCloseTo(exact.logLikelihood, 5);
    expect(staged.evaluations).toBeLessThan(exact.evaluations);
  });
});

describe("a fit as a model", () => {
  it("has a name, its parameters, its one-step predictions and its intervals", () => {
    const fit = fitArima(airPassengers, order(2, 1, 1, 0, 1, 0, 12), { constant: false });
    const model = arimaModel(fit);
    expect(model.name).toBe("ARIMA(2,1,1)(0,1,0)[12]");
    expect(model.parameterCount).toBe(4);
    expect(model.fitted.length).toBe(144);
    expect(model.fitted.subarray(0, 13).every(Number.isNaN)).toBe(true);
    expect(model.fitted[143]).toBeCloseTo(airPassengers[143]! - fit.residuals.at(-1)!, 9);
    const { lower, upper } = model.predict(3).interval(0.8);
    expect(upper[2]! - lower[2]!).toBeGreaterThan(upper[0]! - lower[0]!);
    expect(model.apply(airPassengers.subarray(0, 130)).fitted.length).toBe(130);
    const drifting = evaluateArima(nile, order(0, 1, 1), [-0.7], { constant: true });
    expect(arimaModel(drifting).name).toBe("ARIMA(0,1,1) with drift");
    expect(arimaModel(evaluateArima(nile, order(1, 0, 0), [0.5])).name).toBe("ARIMA(1,0,0) with mean");
  });
});
