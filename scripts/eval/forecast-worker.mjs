// Forecasts one series a message; scripts/eval/forecast.mjs sends them.
import { parentPort, workerData } from "node:worker_threads";
import { loadModule } from "../lib/load-module.mjs";

const LEVEL = 0.95;

const { forecast } = await loadModule("src/analytics/forecasting/forecast.ts");
const { Budget } = await loadModule("src/analytics/forecasting/budget.ts");
const { strategy, budget: units } = workerData;

function answerTo({ m, h, freq, train }) {
  const series = {
    values: Float64Array.from(train),
    season: m,
    ...(freq === undefined ? {} : { frequency: freq }),
  };
  const options = { horizon: h, level: LEVEL, strategy };
  const budget = new Budget(units);
  const started = performance.now();
  const { mean, lower, upper } = forecast(series, options, budget);
  const ms = performance.now() - started;
  const prediction = { mean: Array.from(mean), lo95: Array.from(lower), hi95: Array.from(upper) };
  for (const [name, values] of Object.entries(prediction)) {
    if (values.length !== h) throw new Error(`${name} has ${values.length} values instead of ${h}`);
    if (!values.every(Number.isFinite)) throw new Error(`${name} has a value that is not finite`);
  }
  return { prediction, ms, spent: budget.spent };
}

parentPort.on("message", (series) => {
  let answer;
  try {
    answer = answerTo(series);
  } catch (error) {
    answer = { error: error.message };
  }
  parentPort.postMessage(answer);
});
parentPort.postMessage("ready");
