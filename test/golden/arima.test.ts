import { describe, expect, it } from "vitest";
import {
  type ArimaFit,
  type ArimaOrder,
  applyArima,
  differenced,
  evaluateArima,
  fitArima,
  forecast,
} from "../../src/analytics/forecasting/arima";
import { airPassengers, lynx, nile, seededNormal } from "../support/series";

// References: R 4.2.2 with forecast 8.20 (`Arima`, ML) and statsmodels 0.13.5 (`SARIMAX`). R's diffuse prior and both
// optimisers' tolerances allow differences, so each comparison states its own tolerance.

const order = (p: number, d: number, q: number, P = 0, D = 0, Q = 0, m = 1): ArimaOrder => ({
  p,
  d,
  q,
  P,
  D,
  Q,
  m,
});
const AIRLINE = order(0, 1, 1, 0, 1, 1, 12);
const logAir = airPassengers.map(Math.log);
const logLynx = lynx.map(Math.log10);

/** The log-likelihood at a given sigma2 instead of the concentrated one. */
function logLikelihoodAt(fit: ArimaFit, sigma2: number): number {
  const n = fit.residuals.length;
  return fit.logLikelihood + 0.5 * n * (Math.log(fit.sigma2) + 1 - Math.log(sigma2) - fit.sigma2 / sigma2);
}

/** Cholesky factor of an ARMA's covariance over `n` values, in units of sigma2, from a long impulse response. */
function factorByDefinition(n: number, ar: number[], ma: number[]): number[][] {
  const impulse: number[] = [];
  for (let k = 0; k < 4_000; k++) {
    const own = k === 0 ? 1 : (ma[k - 1] ?? 0);
    impulse.push(ar.reduce((sum, phi, i) => sum + phi * (impulse[k - 1 - i] ?? 0), own));
  }
  const covariance = Array.from({ length: n }, (_, lag) =>
    impulse.reduce((sum, response, k) => sum + response * (impulse[k + lag] ?? 0), 0),
  );
  const factor: number[][] = [];
  for (let i = 0; i < n; i++) {
    const row: number[] = [];
    for (let j = 0; j <= i; j++) {
      let sum = covariance[i - j]!;
      for (let k = 0; k < j; k++) sum -= row[k]! * (j === i ? row[k]! : factor[j]![k]!);
      row.push(j === i ? Math.sqrt(sum) : sum / factor[j]![j]!);
    }
    factor.push(row);
  }
  return factor;
}

/** The values in terms of independent ones: factor times these is w. */
function whitened(w: Float64Array, factor: number[][]): number[] {
  const solved: number[] = [];
  w.forEach((value, i) => {
    const known = solved.reduce((sum, earlier, k) => sum + factor[i]![k]! * earlier, 0);
    solved.push((value - known) / factor[i]![i]!);
  });
  return solved;
}

/** The density of a multivariate normal by its definition. */
function logLikelihoodByDefinition(w: Float64Array, ar: number[], ma: number[]): number {
  const factor = factorByDefinition(w.length, ar, ma);
  const squares = whitened(w, factor).reduce((sum, value) => sum + value * value, 0);
  const logDeterminant = factor.reduce((sum, row, i) => sum + 2 * Math.log(row[i]!), 0);
  return -0.5 * (w.length * Math.log((2 * Math.PI * squares) / w.length) + logDeterminant + w.length);
}

describe("the exact likelihood", () => {
  it("is statsmodels' at fixed parameters of the airline model", () => {
    const fit = evaluateArima(logAir, AIRLINE, [-0.4, -0.55]);
    expect(Math.abs(logLikelihoodAt(fit, 0.00135) - 244.69154804637208)).toBeLessThan(1e-9);
  });

  it.each([
    { name: "ARMA(2,2)", shape: order(2, 0, 2), coefficients: [0.5, -0.3, 0.4, 0.25] },
    { name: "AR(3) near a unit root", shape: order(3, 0, 0), coefficients: [1.2, -0.1, -0.11] },
    { name: "MA(1) on the unit circle", shape: order(0, 0, 1), coefficients: [1] },
    { name: "(1,0,1)(1,0,1)[4]", shape: order(1, 0, 1, 1, 0, 1, 4), coefficients: [0.6, 0.3, 0.5, -0.4] },
    { name: "(2,0,1)(0,0,1)[12]", shape: order(2, 0, 1, 0, 0, 1, 12), coefficients: [0.3, 0.2, -0.5, 0.7] },
  ])("is the density of a multivariate normal by its definition: $name", ({ shape, coefficients }) => {
    const normal = seededNormal(11);
    const w = Float64Array.from({ length: 90 }, () => normal());
    const fit = evaluateArima(w, shape, coefficients);
    const { ar, ma } = expanded(shape, coefficients);
    const centred = w.map((value) => value - fit.coefficients.mean!);
    expect(fit.logLikelihood).toBeCloseTo(logLikelihoodByDefinition(centred, ar, ma), 6);
  });

  it("is largest at the mean it names", () => {
    const fit = evaluateArima(nile, order(1, 0, 0), [0.5]);
    const at = (mean: number) =>
      logLikelihoodByDefinition(
        nile.map((value) => value - mean),
        [0.5],
        [],
      );
    const mean = fit.coefficients.mean!;
    expect(at(mean)).toBeGreaterThan(at(mean + 0.5));
    expect(at(mean)).toBeGreaterThan(at(mean - 0.5));
  });

  it("does not depend on the unit of the data but by its logarithm", () => {
    const plain = evaluateArima(airPassengers, order(2, 1, 2), [0.3, 0.1, -0.2, 0.3]);
    const scaled = evaluateArima(
      airPassengers.map((value) => value * 1e9),
      order(2, 1, 2),
      [0.3, 0.1, -0.2, 0.3],
    );
    expect(scaled.logLikelihood).toBeCloseTo(plain.logLikelihood - 143 * Math.log(1e9), 6);
  });
});

function expanded({ p, q, P, Q, m }: ArimaOrder, all: number[]) {
  const multiply = (a: number[], b: number[]) => {
    const out = new Array<number>(a.length + b.length - 1).fill(0);
    a.forEach((x, i) => {
      b.forEach((y, j) => {
        out[i + j]! += x * y;
      });
    });
    return out;
  };
  const seasonal = (coefficients: number[]) => {
    const out = new Array<number>(coefficients.length * m + 1).fill(0);
    out[0] = 1;
    coefficients.forEach((value, i) => {
      out[(i + 1) * m] = value;
    });
    return out;
  };
  const minus = (values: number[]) => values.map((value) => -value);
  const ar = multiply([1, ...minus(all.slice(0, p))], seasonal(minus(all.slice(p + q, p + q + P))));
  const ma = multiply([1, ...all.slice(p, p + q)], seasonal(all.slice(p + q + P, p + q + P + Q)));
  return { ar: minus(ar.slice(1)), ma: ma.slice(1) };
}

describe("a fit", () => {
  it("finds the airline model of R and statsmodels", () => {
    const fit = fitArima(logAir, AIRLINE);
    expect(fit.converged).toBe(true);
    expect(fit.logLikelihood).toBeCloseTo(244.69648661503186, 5);
    expect(fit.coefficients.ma[0]).toBeCloseTo(-0.4018, 3);
    expect(fit.coefficients.sma[0]).toBeCloseTo(-0.5569, 3);
    expect(fit.sigma2).toBeCloseTo(0.001348053930403993, 6);
    expect(fit.aic).toBeCloseTo(-483.3929732300637, 4);
    expect(fit.aicc).toBeCloseTo(-483.20399685211095, 4);
    expect(fit.bic).toBeCloseTo(-474.76738126046024, 4);
  });

  it("finds the higher maximum of (2,1,2) on AirPassengers that R misses from its only start", () => {
    const fit = fitArima(airPassengers, order(2, 1, 2));
    expect(fit.converged).toBe(true);
    // R: -688.7047, statsmodels (not converged): -671.6733.
    expect(fit.logLikelihood).toBeGreaterThan(-671.674);
  });

  it.each([
    // Columns: log-likelihood of R, its tolerance for R's diffuse prior, coefficients, sigma2 divided by n - k.
    {
      name: "Nile (1,1,1)",
      series: nile,
      shape: order(1, 1, 1),
      logLikelihood: -630.627381776559,
      coefficients: { ar: [0.2544], ma: [-0.8741] },
      sigma2: 20176.915987277,
    },
    {
      name: "AirPassengers (2,1,1)(0,1,0)[12]",
      series: airPassengers,
      shape: order(2, 1, 1, 0, 1, 0, 12),
      logLikelihood: -504.923852570008,
      coefficients: { ar: [0.596, 0.2143], ma: [-0.9819] },
      sigma2: 132.344669084842,
    },
    {
      name: "Nile (1,0,0) with mean",
      series: nile,
      shape: order(1, 0, 0),
      logLikelihood: -639.952158807602,
      coefficients: { ar: [0.5063], ma: [] },
      mean: 919.55,
      sigma2: 21555.9514885108,
    },
    {
      name: "log10(lynx) (2,0,2) with mean",
      series: logLynx,
      shape: order(2, 0, 2),
      logLikelihood: 8.2086078823562,
      coefficients: { ar: [1.4765, -0.8033], ma: [-0.166, -0.1097] },
      mean: 2.9027,
      sigma2: 0.0518045925245161,
    },
  ])("agrees with R: $name", ({ series, shape, logLikelihood, coefficients, mean, sigma2 }) => {
    const fit = fitArima(series, shape);
    expect(fit.converged).toBe(true);
    expect(Math.abs(fit.logLikelihood - logLikelihood)).toBeLessThan(3e-4);
    fit.coefficients.ar.forEach((value, i) => {
      expect(value).toBeCloseTo(coefficients.ar[i]!, 3);
    });
    fit.coefficients.ma.forEach((value, i) => {
      expect(value).toBeCloseTo(coefficients.ma[i]!, 3);
    });
    if (mean === undefined) expect(fit.coefficients.mean).toBeNull();
    else expect(Math.abs(fit.coefficients.mean! / mean - 1)).toBeLessThan(1e-4);
    expect(Math.abs(fit.sigma2Adjusted / sigma2 - 1)).toBeLessThan(1e-4);
  });

  it("counts n after differencing and sigma2 among the parameters", () => {
    // R, AirPassengers (2,1,1)(0,1,0)[12].
    const fit = fitArima(airPassengers, order(2, 1, 1, 0, 1, 0, 12));
    expect(fit.residuals.length).toBe(131);
    expect(fit.aic).toBeCloseTo(1017.84770514002, 2);
    expect(fit.aicc).toBeCloseTo(1018.16516545748, 2);
    expect(fit.bic).toBeCloseTo(1029.34849443282, 2);
  });

  it("stops at its budget of evaluations and says so", () => {
    const fit = fitArima(airPassengers, order(2, 1, 2), { maxEvaluations: 40 });
    expect(fit.budgetSpent).toBe(true);
    expect(fit.evaluations).toBeLessThan(60);
    expect(Number.isFinite(fit.logLikelihood)).toBe(true);
  });

  it("by the conditional sum of squares is near the exact one and no better", () => {
    const exact = fitArima(logLynx, order(2, 0, 2));
    const conditional = fitArima(logLynx, order(2, 0, 2), { method: "css" });
    expect(conditional.logLikelihood).toBeLessThan(exact.logLikelihood);
    expect(conditional.logLikelihood).toBeGreaterThan(exact.logLikelihood - 1);
    expect(conditional.coefficients.ar[0]).toBeCloseTo(exact.coefficients.ar[0]!, 1);
  });

  it("holds for ten thousand values", () => {
    const normal = seededNormal(5);
    const values = new Float64Array(10_000);
    for (let t = 1; t < values.length; t++) values[t] = 0.7 * values[t - 1]! + normal();
    const fit = fitArima(values, order(1, 0, 0));
    expect(fit.coefficients.ar[0]).toBeCloseTo(0.7, 1);
    expect(fit.sigma2).toBeCloseTo(1, 1);
  });

  it("holds for a state of 170", () => {
    const normal = seededNormal(6);
    const values = Float64Array.from(
      { length: 700 },
      (_, t) => 5 * Math.sin((2 * Math.PI * t) / 168) + normal(),
    );
    const fit = fitArima(values, order(1, 0, 1, 1, 0, 0, 168), { searches: 1, maxEvaluations: 150 });
    expect(forecast(fit, 24).mean.every(Number.isFinite)).toBe(true);
  });
});

describe("a fit refuses", () => {
  const codeOf = (work: () => unknown): string => {
    try {
      work();
    } catch (error) {
      return (error as { failure?: { code: string } }).failure?.code ?? String(error);
    }
    return "none";
  };

  it("what it cannot estimate, by a code and never by a trap", () => {
    expect(codeOf(() => fitArima(Float64Array.of(1, 2, 3), order(2, 1, 2)))).toBe("not_enough_data");
    expect(codeOf(() => fitArima(new Float64Array(0), order(0, 0, 0)))).toBe("not_enough_data");
    expect(codeOf(() => fitArima(nile, order(1, 0, 0, 2, 0, 0, 400)))).toBe("invalid_request");
    expect(codeOf(() => fitArima(nile, order(-1, 0, 0)))).toBe("invalid_request");
    expect(codeOf(() => fitArima(new Float64Array(50).fill(3), order(1, 0, 0)))).toBe("malformed_data");
    expect(
      codeOf(() =>
        fitArima(
          nile.map((value, i) => (i === 7 ? Number.POSITIVE_INFINITY : value)),
          order(1, 0, 0),
        ),
      ),
    ).toBe("malformed_data");
    expect(codeOf(() => evaluateArima(nile, order(1, 0, 0), [1.5]))).toBe("invalid_request");
    expect(codeOf(() => fitArima(new Float64Array(5_000_000), order(1, 0, 0)))).toBe("work_budget_exceeded");
  });

  it("and works again afterwards", () => {
    expect(fitArima(nile, order(1, 0, 0)).logLikelihood).toBeCloseTo(-639.9521586, 4);
  });
});

describe("a forecast", () => {
  it("is R's for the airline model", () => {
    const predicted = forecast(fitArima(logAir, AIRLINE), 24);
    // R: forecast_mean, lower95 and upper95, steps 1 to 4.
    const means = [6.11018571095261, 6.0537752994215, 6.17171502730403, 6.1993004052916];
    const lower = [6.03760716215881, 5.96920304058644, 6.07665037998877, 6.0947915162857];
    const upper = [6.18276425974641, 6.13834755525695, 6.26677967461929, 6.30380929429751];
    means.forEach((mean, h) => {
      expect(predicted.mean[h]).toBeCloseTo(mean, 4);
      // R's sigma2 holds its diffuse prior: its intervals are 0.1 % wider.
      expect(predicted.lower[h]).toBeCloseTo(lower[h]!, 3);
      expect(predicted.upper[h]).toBeCloseTo(upper[h]!, 3);
    });
    // statsmodels' 24th step.
    expect(predicted.mean[23]).toBeCloseTo(6.264269471802432, 4);
  });

  it("is statsmodels' for log10(lynx), intervals too once sigma2 is divided by n", () => {
    const fit = fitArima(logLynx, order(2, 0, 2));
    const predicted = forecast(fit, 4);
    const ratio = Math.sqrt(fit.sigma2 / fit.sigma2Adjusted);
    const means = [3.367036631496252, 3.0680382568797917, 2.7738324916298978, 2.5796149593980955];
    const lower = [2.930839186874196, 2.3489780624531384, 1.9277874631602856, 1.710470312332129];
    means.forEach((mean, h) => {
      expect(predicted.mean[h]).toBeCloseTo(mean, 3);
      expect(predicted.mean[h]! - ratio * (predicted.mean[h]! - predicted.lower[h]!)).toBeCloseTo(
        lower[h]!,
        3,
      );
    });
  });

  it("of Nile (1,1,1) is R's to six digits", () => {
    const predicted = forecast(fitArima(nile, order(1, 1, 1)), 10);
    expect(predicted.mean[0]! / 816.181166479783).toBeCloseTo(1, 5);
    expect(predicted.mean[9]! / 842.17).toBeCloseTo(1, 5);
    expect(predicted.lower[0]! / 537.777158078753).toBeCloseTo(1, 5);
    expect(predicted.upper[3]! / 1150.18371968046).toBeCloseTo(1, 5);
  });

  it("of a random walk is its last value, with an error that grows with the root of the step", () => {
    const normal = seededNormal(3);
    let level = 50;
    const values = Float64Array.from({ length: 200 }, () => {
      level += normal();
      return level;
    });
    const fit = fitArima(values, order(0, 1, 0));
    const predicted = forecast(fit, 9, 0.8);
    expect(Array.from(predicted.mean)).toEqual(new Array(9).fill(values[199]));
    expect(predicted.standardError[8]! / predicted.standardError[0]!).toBeCloseTo(3, 9);
    expect((predicted.upper[0]! - predicted.mean[0]!) / predicted.standardError[0]!).toBeCloseTo(
      1.2815515655446,
      9,
    );
  });

  it("has errors of twice summed white noise with d = 2", () => {
    const predicted = forecast(fitArima(airPassengers, order(0, 2, 0)), 3);
    const ratio = (h: number) => (predicted.standardError[h]! / predicted.standardError[0]!) ** 2;
    expect(ratio(1)).toBeCloseTo(1 + 4, 9);
    expect(ratio(2)).toBeCloseTo(1 + 4 + 9, 9);
  });

  it("is the same whether the filter has settled or not", () => {
    // A moving average close to the unit circle does not settle within the sample; the same by the definition:
    // the variance of the next value given all before is the last ratio of determinants.
    const w = differenced(nile, order(0, 1, 0)).subarray(0, 30);
    const fit = evaluateArima(w, order(0, 0, 1), [-0.99]);
    const predicted = forecast(fit, 2);
    const variance = (predicted.standardError[0]! ** 2 / fit.sigma2Adjusted) as number;
    // MA(1): F_n = (1 + ... + theta^(2n+2)) / (1 + ... + theta^(2n)).
    const sum = (terms: number) => (1 - 0.99 ** (2 * terms)) / (1 - 0.99 ** 2);
    expect(variance).toBeCloseTo(sum(32) / sum(31), 9);
  });

  it.each([
    { name: "settled", shape: order(2, 0, 1), coefficients: [0.5, 0.2, 0.3] },
    { name: "not settled", shape: order(1, 0, 1, 0, 0, 1, 4), coefficients: [0.7, -0.98, -0.97] },
    {
      name: "a state longer than the horizon",
      shape: order(1, 0, 0, 1, 0, 1, 12),
      coefficients: [0.3, 0.8, -0.9],
    },
  ])("is the conditional distribution by its definition: $name", ({ shape, coefficients }) => {
    const normal = seededNormal(4);
    const n = 60;
    const horizon = 7;
    const w = Float64Array.from({ length: n }, () => normal());
    const fit = evaluateArima(w, shape, coefficients);
    const predicted = forecast(fit, horizon);
    const { ar, ma } = expanded(shape, coefficients);
    const factor = factorByDefinition(n + horizon, ar, ma);
    const mean = fit.coefficients.mean!;
    const known = whitened(
      w.map((value) => value - mean),
      factor,
    );
    for (let h = 0; h < horizon; h++) {
      const row = factor[n + h]!;
      const point = mean + known.reduce((sum, value, k) => sum + row[k]! * value, 0);
      const variance = row.slice(n).reduce((sum, entry) => sum + entry * entry, 0);
      expect(predicted.mean[h]).toBeCloseTo(point, 6);
      expect(predicted.standardError[h]! ** 2 / fit.sigma2Adjusted).toBeCloseTo(variance, 6);
    }
  });

  it("of a fit applied to a longer series begins where that ends", () => {
    const fit = fitArima(nile.slice(0, 80), order(1, 1, 1));
    const applied = applyArima(fit, nile);
    expect(applied.coefficients.ar).toEqual(fit.coefficients.ar);
    expect(applied.values.length).toBe(100);
    expect(forecast(applied, 1).mean[0]).not.toBe(forecast(fit, 1).mean[0]);
  });
});
