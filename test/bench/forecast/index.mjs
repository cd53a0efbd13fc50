// Forecasting beside its peers: `npm run bench -- --only forecast`, or `node test/bench/forecast/index.mjs` with the same
// options. Every contestant is a process that stays up and times itself around the call; rounds are interleaved, a figure
// is the median of its rounds, and the ratio is ours by theirs: below 1 we are faster. What is not installed is said so.
//
//   fit …              coefficients and standard errors of an order, from the series. Beside R's arima() by exact and by
//                      "CSS-ML" likelihood, statsmodels' SARIMAX, and npm's arima, which has no standard errors. "log L"
//                      is our log-likelihood less theirs: a search that stops early is fast too. R's has a diffuse prior,
//                      which moves it by some thousandths.
//   likelihood …       one evaluation of the exact likelihood, repeated inside WebAssembly; beside the same algorithm in
//                      C (native/chandrasekhar.c, gcc -O3). The limit is on this ratio, and both must agree to 1e-8.
//                      CPU time of the fastest of five times as many rounds: here a disturbance is as long as the work.
//   likelihood call …  the same as one call from TypeScript: into the kernel's memory, scaled, evaluated, read again.
//   automatic ARIMA …  the search for an order and its fit, ms a series; beside R's auto.arima().
//   whole forecast …   all methods that are combined, to the prediction; beside auto.arima(), ets() and thetaf() in R,
//                      averaged. Budgets of both are unlimited here.
//
// Options: --rounds N; --match TEXT, only the cases whose name holds it; --data FILE, series as `npm run eval` reads them,
// of which five of each group are taken as well; --slow, R on long seasonal series too; --json FILE, the figures. Ends
// with 1 where a limit is missed.
import { rmSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { automaticCases, EVALUATIONS, FITS } from "./cases.mjs";
import { startField, stopField } from "./field.mjs";
import { print, summaryOf } from "./report.mjs";
import { automaticRows, evaluationRows, fitRows } from "./rows.mjs";

/** As options of the command line, all texts but `slow`. */
export const FORECAST_OPTIONS = {
  rounds: { type: "string", default: "3" },
  match: { type: "string", default: "" },
  data: { type: "string" },
  slow: { type: "boolean", default: false },
  json: { type: "string" },
};

/** Measures, prints, and returns the exit code. */
export async function forecastBench({ rounds: wanted, match, data, slow, json }) {
  const rounds = Number(wanted);
  if (!Number.isSafeInteger(rounds) || rounds < 1)
    throw new Error(`--rounds must be a whole number from 1 on, not ${wanted}.`);
  const wantedOf = (cases) => cases.filter(({ name }) => name.includes(match));
  const automatic = await automaticCases(data && fromCaller(data));
  const folder = await mkdtemp(join(tmpdir(), "stratosmesh-bench-"));
  // Also where the run is broken off.
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  let field = {};
  try {
    field = await startField(folder);
    const rows = [];
    const measureAll = async (rowsOf, cases) => {
      for (const one of wantedOf(cases)) {
        rows.push(...(await rowsOf(one, field, { rounds, slow })));
        console.error(`measured: ${one.name}`);
      }
    };
    await measureAll(fitRows, FITS);
    await measureAll(evaluationRows, EVALUATIONS);
    await measureAll(automaticRows, automatic);
    print(rows, field);
    if (json)
      await writeFile(fromCaller(json), JSON.stringify(summaryOf(rows, field, { rounds, slow }), null, 2));
    return rows.some((row) => row.isMissed) ? 1 : 0;
  } finally {
    stopField(field);
  }
}

/** npm runs scripts in the project's folder; paths are meant from where it was called. */
const fromCaller = (path) => resolve(process.env.INIT_CWD ?? "", path);

if (import.meta.main) process.exit(await forecastBench(parseArgs({ options: FORECAST_OPTIONS }).values));
