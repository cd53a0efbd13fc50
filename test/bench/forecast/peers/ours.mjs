// What the Worker runs, in Node: `node ours.mjs KERNEL_LOOP`, the file that native/compile.mjs made.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { loadModule } from "../../../../scripts/lib/load-module.mjs";
import { ROOT } from "../../../../scripts/lib/paths.mjs";
import { answerRequests, cpuTime, timed } from "./answering.mjs";

const FORECASTING = "src/analytics/forecasting";
const arima = await loadModule(`${FORECASTING}/arima`);
const kernel = await loadModule("src/analytics/kernel/arima.ts");
const { unlimited } = await loadModule(`${FORECASTING}/budget.ts`);
const ifThere = (path) => (existsSync(join(ROOT, path)) ? loadModule(path) : null);
const automatic =
  (await ifThere(`${FORECASTING}/auto-arima.ts`)) ?? (await ifThere(`${FORECASTING}/auto-arima/index.ts`));
const whole = await ifThere(`${FORECASTING}/forecast.ts`);
const loop = (await WebAssembly.instantiate(await readFile(process.argv[2]))).instance.exports;

/** With standard errors where the module has them: `withErrors` says so. */
function fit({ series, order, options = {}, leastMs }) {
  const values = Float64Array.from(series);
  const { ms, result } = timed(leastMs, () => {
    const fitted = arima.fitArima(values, order, options);
    return { fitted, errors: fitted.uncertainty?.standardErrors };
  });
  return { ms, logLikelihood: result.fitted.logLikelihood, withErrors: result.errors !== undefined };
}

const shapeOf = ({ p, q, P, Q, m }) => ({ p, q, seasonalP: P, seasonalQ: Q, season: m, hasMean: false });

/** One call after the other as the product makes them: in and out of the kernel's memory, scaling, likelihood. */
function evaluateWhole({ w, order, coefficients, leastMs }) {
  const values = Float64Array.from(w);
  const given = Float64Array.from(coefficients);
  const { ms, result } = timed(leastMs, () => kernel.evaluateArma(values, shapeOf(order), given), cpuTime);
  return { ms, logLikelihood: result.logLikelihood };
}

const IN_A_ROW = 100;

/** The likelihood alone, repeated inside WebAssembly. */
function evaluate({ w, order: { p, q, P, Q, m }, coefficients, leastMs }) {
  const n = w.length;
  const spread = Math.sqrt(w.reduce((sum, value) => sum + value * value, 0) / n);
  loop.reset();
  const series = loop.allocate(n * 8);
  const given = loop.allocate(coefficients.length * 8);
  if (!loop.prepare(p, q, P, Q, m, 0, n)) throw new Error("the kernel refuses these orders");
  new Float64Array(loop.memory.buffer, series, n).set(w.map((value) => value / spread));
  new Float64Array(loop.memory.buffer, given, coefficients.length).set(coefficients);
  // Many a call: what a call costs is not what is measured.
  const { ms, result } = timed(leastMs, () => loop.repeat(series, n, given, IN_A_ROW), cpuTime);
  const constant = Math.log(2 * Math.PI) + 1 + 2 * Math.log(spread);
  return { ms: ms / IN_A_ROW, logLikelihood: -0.5 * n * constant - n * result };
}

function auto({ series, season, leastMs }) {
  if (!automatic) return { missing: "not there yet" };
  const values = Float64Array.from(series);
  const { ms, result } = timed(leastMs, () => automatic.autoArima(values, season, {}, unlimited()));
  return { ms, model: result ? arima.nameOfArima(result.order, result.constant) : "none" };
}

function combination({ series, season, horizon, leastMs }) {
  if (!whole) return { missing: "not there yet" };
  const values = Float64Array.from(series);
  const { ms } = timed(leastMs, () =>
    whole.forecast({ values, season }, { horizon, level: 0.95 }, unlimited()),
  );
  return { ms };
}

await answerRequests(`ours, node ${process.version}`, { fit, evaluate, evaluateWhole, auto, combination });
