import { describe, expect, it } from "vitest";
import {
  type ArimaFit,
  applyArima,
  arimaModel,
  evaluateArima,
  fillMissing,
  fitArima,
  forecast,
} from "../../src/analytics/forecasting/arima";
import { airPassengers, nile, seededNormal } from "../support/series";

// References: R 4.2.2 (`arima(method = "ML")` with NA) and statsmodels 0.13.5 (`SARIMAX(use_exact_diffuse=True)`, whose
// log-likelihood counts log(2 pi) / 2 for each value that its diffuse start takes).

const order = (p: number, d: number, q: number, P = 0, D = 0, Q = 0, m = 1) => ({ p, d, q, P, D, Q, m });
const without = (values: Float64Array, ...missing: number[]): Float64Array =>
  values.map((value, t) => (missing.includes(t) ? Number.NaN : value));

const AIRLINE = order(0, 1, 1, 0, 1, 1, 12);
const NILE_GAPS = without(nile, 9, 10, 39, 76);
const AIR_GAPS = without(airPassengers.map(Math.log), 4, 5, 29, 30, 31, 69, 99, 142);
const DIFFUSE = 0.5 * Math.log(2 * Math.PI);

function logLikelihoodAt({ estimate, logLikelihood, sigma2: own }: ArimaFit, sigma2: number): number {
  const n = estimate.observations;
  return logLikelihood + 0.5 * n * (Math.log(own) + 1 - Math.log(sigma2) - own / sigma2);
}

/** -log density of the observed values of an ARMA(1,1) with these gaps, by the definition of a multivariate normal. */
function logLikelihoodByDefinition(values: Float64Array, phi: number, theta: number, sigma2: number): number {
  const variance = (sigma2 * (1 + 2 * phi * theta + theta * theta)) / (1 - phi * phi);
  const first = (sigma2 * (1 + phi * theta) * (phi + theta)) / (1 - phi * phi);
  const covariance = (lag: number) => (lag === 0 ? variance : first * phi ** (lag - 1));
  const known = Array.from(values.keys()).filter((t) => !Number.isNaN(values[t]));
  const factor: number[][] = [];
  let total = -0.5 * known.length * Math.log(2 * Math.PI);
  const whitened: number[] = [];
  known.forEach((s, i) => {
    const row: number[] = [];
    for (let j = 0; j <= i; j++) {
      let sum = covariance(s - known[j]!);
      for (let k = 0; k < j; k++) sum -= row[k]! * (j === i ? row[k]! : factor[j]![k]!);
      row.push(j === i ? Math.sqrt(sum) : sum / factor[j]![j]!);
    }
    factor.push(row);
    const explained = whitened.reduce((sum, value, k) => sum + row[k]! * value, 0);
    whitened.push((values[s]! - explained) / row[i]!);
    total -= Math.log(row[i]!) + 0.5 * whitened[i]! ** 2;
  });
  return total;
}

describe("the likelihood of a series with gaps", () => {
  it("is statsmodels' at fixed parameters", () => {
    const ofNile = evaluateArima(NILE_GAPS, order(1, 1, 1), [0.24, -0.87]);
    expect(logLikelihoodAt(ofNile, 20_000)).toBeCloseTo(-608.0258037393822 + DIFFUSE, 8);
    const ofAir = evaluateArima(AIR_GAPS, AIRLINE, [-0.4, -0.55]);
    expect(logLikelihoodAt(ofAir, 0.00135)).toBeCloseTo(215.50478723056864 + 13 * DIFFUSE, 8);
  });

  it("is the density of a multivariate normal by its definition", () => {
    const normal = seededNormal(8);
    const values = without(
      Float64Array.from({ length: 60 }, () => 3 * normal()),
      0,
      3,
      4,
      5,
      20,
      41,
      59,
    );
    const fit = evaluateArima(values, order(1, 0, 1), [0.7, -0.3], { constant: false });
    expect(fit.logLikelihood).toBeCloseTo(logLikelihoodByDefinition(values, 0.7, -0.3, fit.sigma2), 8);
  });

  it("is that of the fast filter where only the ends are missing", () => {
    for (const shape of [order(2, 1, 1), order(1, 0, 1, 0, 1, 1, 4), order(0, 2, 1)]) {
      const coefficients = [0.3, 0.2, -0.4].slice(0, shape.p + shape.q + shape.Q);
      const inner = evaluateArima(nile.subarray(3, 95), shape, coefficients);
      const padded = evaluateArima(without(nile, 0, 1, 2, 95, 96, 97, 98, 99), shape, coefficients);
      expect(padded.logLikelihood).toBeCloseTo(inner.logLikelihood, 7);
      expect(padded.sigma2 / inner.sigma2).toBeCloseTo(1, 9);
      expect(padded.estimate.observations).toBe(inner.estimate.observations);
    }
  });

  it("is the same in any unit, at any level", () => {
    const moved = evaluateArima(
      NILE_GAPS.map((value) => 1e-200 * value + 1e-195),
      order(1, 1, 1),
      [0.24, -0.87],
    );
    const plain = evaluateArima(NILE_GAPS, order(1, 1, 1), [0.24, -0.87]);
    expect(moved.logLikelihood).toBeCloseTo(plain.logLikelihood + 95 * 200 * Math.log(10), 4);
  });
});

describe("a fit to a series with gaps", () => {
  it("is R's for Nile (1,1,1), standard errors and forecasts too", () => {
    const fit = fitArima(NILE_GAPS, order(1, 1, 1));
    expect(fit.converged).toBe(true);
    expect(fit.logLikelihood).toBeCloseTo(-607.093711013634, 4);
    expect(fit.coefficients.ar[0]).toBeCloseTo(0.239550363451662, 4);
    expect(fit.coefficients.ma[0]).toBeCloseTo(-0.869698080821706, 4);
    expect(fit.uncertainty!.standardErrors.ar[0]).toBeCloseTo(0.126741934690468, 3);
    expect(fit.uncertainty!.standardErrors.ma[0]).toBeCloseTo(0.0640014317103783, 4);
    expect(fit.sigma2 / 20474.4126216654).toBeCloseTo(1, 5);
    const predicted = forecast(fit, 3);
    expect(predicted.mean[0]! / 816.986935598141).toBeCloseTo(1, 5);
    const divisor = Math.sqrt(fit.sigma2 / fit.sigma2Adjusted);
    expect((divisor * predicted.standardError[2]!) / 155.745397441023).toBeCloseTo(1, 4);
  });

  it("is R's for the airline model", () => {
    const fit = fitArima(AIR_GAPS, AIRLINE);
    // R's diffuse prior costs it 0.003.
    expect(Math.abs(fit.logLikelihood - 227.46960103291)).toBeLessThan(4e-3);
    expect(fit.coefficients.ma[0]).toBeCloseTo(-0.39930880544268, 3);
    expect(fit.coefficients.sma[0]).toBeCloseTo(-0.563807351135179, 3);
    expect(fit.uncertainty!.standardErrors.sma[0]).toBeCloseTo(0.0794472472172577, 4);
    expect(forecast(fit, 3).mean[2]).toBeCloseTo(6.17557885812149, 4);
  });

  it("has R's mean, with gaps at both ends: a forecast begins after the last", () => {
    const fit = fitArima(without(nile, 0, 1, 19, 98, 99), order(1, 0, 1));
    expect(fit.logLikelihood).toBeCloseTo(-606.31041908611, 4);
    expect(Math.abs(fit.coefficients.mean! - 918.43)).toBeLessThan(0.05);
    expect(fit.uncertainty!.standardErrors.mean! / 40.34).toBeCloseTo(1, 2);
    expect(Math.abs(forecast(fit, 1).mean[0]! - 866.53670363541)).toBeLessThan(0.05);
  });

  it("estimates a drift", () => {
    const line = Float64Array.from({ length: 50 }, (_, t) => 2 * t + Math.sin(t * t));
    const fit = fitArima(without(line, 7, 8, 30), order(0, 1, 0), { constant: true });
    const step = (line[49]! - line[0]!) / 49;
    expect(fit.coefficients.drift).toBeCloseTo(step, 9);
    expect(forecast(fit, 4).mean[3]).toBeCloseTo(line[49]! + 4 * step, 8);
  });

  it("refuses what would take too long, and what holds no values", () => {
    const long = without(new Float64Array(5_000).map(Math.sin), 77);
    expect(() => fitArima(long, order(0, 1, 1, 0, 1, 1, 168))).toThrow(/too long/);
    expect(() => fitArima(new Float64Array(50).fill(Number.NaN), order(1, 0, 0))).toThrow(/more parameters/);
  });
});

describe("filled values", () => {
  it("are statsmodels' smoothed ones, and nothing else changes", () => {
    const filled = fillMissing(evaluateArima(NILE_GAPS, order(1, 1, 1), [0.24, -0.87]));
    const expected: [number, number][] = [
      [9, 1144.609745950546],
      [10, 1060.5210437069225],
      [39, 900.4746478404256],
      [76, 903.0826601122569],
    ];
    for (const [t, value] of expected) expect(filled[t]).toBeCloseTo(value, 6);
    expect(filled[50]).toBe(nile[50]);
    const air = fillMissing(evaluateArima(AIR_GAPS, AIRLINE, [-0.4, -0.55]));
    expect(air[4]).toBeCloseTo(4.798433607303526, 9);
    expect(air[142]).toBeCloseTo(5.979567143569724, 9);
  });

  it("at the end are the forecasts", () => {
    const shape = order(1, 1, 1);
    const cut = evaluateArima(nile.subarray(0, 97), shape, [0.3, -0.8]);
    const padded = applyArima(cut, without(nile, 97, 98, 99));
    const expected = forecast(cut, 5).mean;
    const filled = fillMissing(padded);
    [97, 98, 99].forEach((t, h) => {
      expect(filled[t]).toBeCloseTo(expected[h]!, 7);
    });
    expect(forecast(padded, 2).mean[1]).toBeCloseTo(expected[4]!, 7);
  });
});

describe("a model of a series with gaps", () => {
  it("has fitted values where there is something to compare them with", () => {
    const { fitted } = arimaModel(fitArima(NILE_GAPS, order(1, 1, 1)));
    expect(fitted.length).toBe(100);
    expect([0, 9, 10].every((t) => Number.isNaN(fitted[t]))).toBe(true);
    expect(fitted.filter(Number.isNaN).length).toBe(5);
  });
});
