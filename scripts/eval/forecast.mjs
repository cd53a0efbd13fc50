// Reads `{series: [{id, group, freq, m, h, train}]}` and writes `{id: {mean, lo95, hi95}}`, h values each: m is the season
// (1: none), h the horizon, lo95 and hi95 bound a central 95% interval. Budgets are unlimited unless one is given.
import { access, constants, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { table } from "../lib/chart.mjs";
import { readSeries } from "./series.mjs";
import { spread } from "./spread.mjs";
import { countOf, jobsOf, parse, requireOneOf, UsageError } from "./usage.mjs";

const STRATEGIES = ["auto", "arima", "hybrid"];

export const forecast = {
  usage: `forecast IN OUT [--strategy ${STRATEGIES.join("|")}] [--jobs N] [--budget UNITS]`,
  run,
};

async function run(args) {
  const { positionals, strategy, jobs, budget } = readArguments(args);
  const [input, output] = positionals;
  const series = await readSeries(input);
  await access(dirname(output), constants.W_OK).catch(() => {
    throw new UsageError(`${output} cannot be written: its folder is not there or not ours.`);
  });
  const started = performance.now();
  const answers = await spread(series, {
    script: new URL("forecast-worker.mjs", import.meta.url),
    jobs,
    workerData: { strategy, budget },
  });
  const seconds = (performance.now() - started) / 1_000;
  const answered = series.flatMap(({ id }, i) => (answers[i].error ? [] : [[id, answers[i].prediction]]));
  await writeFile(output, JSON.stringify(Object.fromEntries(answered)));
  report(series, answers, { seconds, jobs, strategy });
  return answered.length === series.length ? 0 : 1;
}

function readArguments(args) {
  const { positionals, ...options } = parse(args, {
    names: ["IN", "OUT"],
    options: {
      strategy: { type: "string", default: "auto" },
      jobs: { type: "string" },
      budget: { type: "string" },
    },
  });
  requireOneOf("strategy", options.strategy, STRATEGIES);
  return {
    // npm runs scripts in the project's folder; paths are meant from where it was called.
    positionals: positionals.map((path) => resolve(process.env.INIT_CWD ?? "", path)),
    strategy: options.strategy,
    jobs: jobsOf(options.jobs),
    budget: countOf("budget", options.budget, Number.POSITIVE_INFINITY),
  };
}

function report(series, answers, { seconds, jobs, strategy }) {
  const groups = Map.groupBy(series.keys(), (i) => series[i].group ?? "");
  const rowOf = (name, indices) => {
    const done = indices.map((i) => answers[i]).filter(({ error }) => !error);
    const ms = done.map((answer) => answer.ms);
    const units = done.map((answer) => answer.spent);
    const longest = done.length > 0 ? Math.max(...ms).toFixed(1) : "";
    return [name, indices.length, median(ms)?.toFixed(1) ?? "", longest, median(units)?.toFixed(0) ?? ""];
  };
  const rows = [...groups].map(([name, indices]) => rowOf(name, indices));
  rows.push(rowOf("all", [...series.keys()]));
  console.log(table(["group", "series", "median ms", "longest ms", "median units"], rows));
  console.log(`${series.length} series, strategy ${strategy}: ${seconds.toFixed(1)} s in ${jobs} worker(s).`);
  const failures = series.flatMap(({ id }, i) => (answers[i].error ? [`  ${id}: ${answers[i].error}`] : []));
  if (failures.length === 0) return;
  console.error(`${failures.length} without a forecast:`);
  for (const line of failures) console.error(line);
}

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1];
}
