// What is measured: `{name, task, requests, …}`, without who measures it.
import { readFile } from "node:fs/promises";
import { airPassengers, differenced, lynx, nile, simulate } from "./simulate.mjs";

const NONE = { p: 0, d: 0, q: 0, P: 0, D: 0, Q: 0, m: 1 };
const ARIMA_212 = { ...NONE, p: 2, d: 1, q: 2 };
const AIRLINE = { ...NONE, d: 1, q: 1, D: 1, Q: 1, m: 12 };
const SEASONAL_24 = { ...NONE, p: 1, q: 1, P: 1, Q: 1, m: 24 };
const logAir = Array.from(airPassengers, Math.log);
const arma22 = { ar: [0.5, -0.3], ma: [0.4, 0.25] };
const sarma = { ar: [0.6], ma: [0.3], sar: [0.5], sma: [-0.4], m: 24 };
const figure = (n) => n.toLocaleString("en");

const FITTED = [
  ...[100, 1_000, 10_000].map((n) => ({
    name: `ARIMA(2,1,2), n = ${figure(n)}`,
    request: { task: "fit", order: ARIMA_212, series: simulate({ ...arma22, d: 1, n, seed: n }) },
  })),
  { name: "airline, n = 144", request: { task: "fit", order: AIRLINE, series: logAir } },
];

/**
 * Fits of a given order, from the series to coefficients and standard errors: ours from several starts, as by default,
 * and from the conditional estimate alone, as the others do.
 */
export const FITS = [
  ...FITTED.map(({ name, request }) => ({ name: `fit ${name}`, requests: [request] })),
  ...FITTED.map(({ name, request }) => ({
    name: `fit from one start, ${name}`,
    requests: [{ ...request, options: { method: "css-ml" } }],
  })),
];

/** Evaluations of the exact likelihood of a stationary series at given coefficients: ar, ma, seasonal ar, seasonal ma. */
export const EVALUATIONS = [
  ...[1_000, 10_000].map((n) => ({
    name: `likelihood, (2,2), n = ${figure(n)}`,
    order: ARIMA_212,
    coefficients: [...arma22.ar, ...arma22.ma],
    w: simulate({ ...arma22, n, seed: n }),
  })),
  {
    name: "likelihood, airline, n = 131",
    order: AIRLINE,
    coefficients: [-0.4, -0.55],
    w: differenced(differenced(logAir, 12), 1),
  },
  {
    name: "likelihood, (1,1)(1,1)[24], n = 1,000",
    order: SEASONAL_24,
    coefficients: [...sarma.ar, ...sarma.ma, ...sarma.sar, ...sarma.sma],
    w: simulate({ ...sarma, n: 1_000, seed: 24 }),
  },
];

/** Around a level and with a trend, as yearly statistics have them. */
const yearly = (model, { level, drift, spread }) =>
  simulate(model).map((value, t) => level + drift * t + spread * value);

const monthly = simulate({ ma: [-0.4], sma: [-0.6], d: 1, D: 1, m: 12, n: 120, seed: 13 }).map((value, t) =>
  Math.exp(7 + 0.004 * t + 0.2 * Math.sin((2 * Math.PI * t) / 12) + 0.02 * value),
);
const hourly = simulate({ ar: [0.7], sma: [-0.7], D: 1, m: 24, n: 840, seed: 840 }).map(
  (value, t) => 500 - 120 * Math.cos((2 * Math.PI * t) / 24) + 10 * value,
);

/** Series without an order: searching for one is part of the work. */
const SERIES = [
  { name: "Nile, n = 100", season: 1, horizon: 6, all: [Array.from(nile)] },
  { name: "lynx, n = 114", season: 1, horizon: 6, all: [Array.from(lynx)] },
  {
    name: "3 simulated yearly, n = 30 to 60",
    season: 1,
    horizon: 6,
    all: [
      yearly({ ma: [-0.3], d: 1, n: 30, seed: 1 }, { level: 4_000, drift: 120, spread: 150 }),
      yearly({ ar: [0.6], d: 1, n: 45, seed: 2 }, { level: 2_500, drift: 0, spread: 60 }),
      yearly({ ar: [0.9, -0.3], n: 60, seed: 3 }, { level: 6_000, drift: 40, spread: 400 }),
    ],
  },
  { name: "AirPassengers, n = 144, m = 12", season: 12, horizon: 18, all: [Array.from(airPassengers)] },
  { name: "simulated monthly, n = 120, m = 12", season: 12, horizon: 18, all: [monthly] },
  { name: "simulated hourly, n = 840, m = 24", season: 24, horizon: 48, all: [hourly] },
];

/** Of each group of a file as `npm run eval` reads it. */
const SAMPLED = 5;

async function seriesOfFile(path) {
  const { series } = JSON.parse(await readFile(path, "utf8"));
  return [...Map.groupBy(series, ({ group }) => group)].map(([group, members]) => {
    const step = Math.max(1, Math.floor(members.length / SAMPLED));
    const sample = members.filter((_, i) => i % step === 0).slice(0, SAMPLED);
    const [{ m, h }] = sample;
    return {
      name: `${sample.length} of ${group}, m = ${m}`,
      season: m,
      horizon: h,
      all: sample.map(({ train }) => train),
    };
  });
}

/**
 * Searches for an order, and whole forecasts. `isSlow`: over a seasonal series of more than 400 values R's search takes
 * 10 s and more.
 */
export async function automaticCases(file) {
  const all = [...SERIES, ...(file ? await seriesOfFile(file) : [])];
  const caseOf = (task, { name, season, horizon, all: many }) => ({
    name: `${task === "auto" ? "automatic ARIMA" : "whole forecast"}, ${name}`,
    requests: many.map((series) => ({ task, series, season, horizon })),
    isSlow: season > 1 && many.some((series) => series.length > 400),
  });
  return ["auto", "combination"].flatMap((task) => all.map((one) => caseOf(task, one)));
}
