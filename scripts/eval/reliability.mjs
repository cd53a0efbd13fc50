// Reads `{series: [{id, group, freq, m, h, train, test?}]}`, lets a strategy answer from several origins of each series,
// its values up to there alone, and writes whether each answer came true: `{answers: [{id, group, known, steps, action,
// strength, confidence, right}]}`. A half is of the series, by a hash of their ids, so that parameters chosen on one can be
// judged on the other.
import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { HALVES, halfOf, isIn } from "./halves.mjs";
import { binTable, groupTable, reliabilityOf } from "./reliability-table.mjs";
import { isColumn, readSeries, whatIsWrong } from "./series.mjs";
import { spread } from "./spread.mjs";
import { countOf, jobsOf, parse, requireOneOf, UsageError } from "./usage.mjs";

/** What each is asked: its defaults, but for what would refuse short series. */
const CONFIGS = {
  moving_average: () => ({ auto: true }),
  arima_prediction: (steps) => ({ steps, minDataPoints: 3 }),
  hybrid_arima_ma: (steps) => ({ arimaConfig: { steps, minDataPoints: 3 } }),
  auto_analysis: (steps) => ({ steps }),
};
/** The default of the strategies. */
const STEPS = 5;
/** Of the moving average, which has no other. */
const FIXED_STEPS = { moving_average: 5 };
const ORIGINS = 4;
/** An origin knows at least so much. */
const FEWEST_KNOWN = 10;

export const reliability = {
  usage: `reliability IN OUT [--strategy ${Object.keys(CONFIGS).join("|")}] [--config JSON] [--steps N|own] [--origins N] [--half ${HALVES.join("|")}] [--jobs N]`,
  run,
};

async function run(args) {
  const { input, output, ...options } = readArguments(args);
  const { strategy, half, jobs } = options;
  const series = (await readSeries(input, wrongSeries)).filter(({ id }) => isIn(half, id));
  const cases = series.map((one) => caseOf(one, options));
  const started = performance.now();
  const done = await spread(cases, {
    script: new URL("reliability-worker.mjs", import.meta.url),
    jobs,
    workerData: { strategy },
  });
  const seconds = (performance.now() - started) / 1_000;
  const all = done.flatMap(({ answers = [] }, i) =>
    answers.map((answer) => ({ id: series[i].id, group: series[i].group ?? "", ...answer })),
  );
  const answers = all.filter(({ refused }) => refused === undefined);
  await writeFile(output, JSON.stringify({ strategy, answers })).catch((error) => {
    throw new UsageError(`${output} cannot be written: ${error.code ?? error.message}`);
  });
  report(answers);
  const refused = all.length - answers.length;
  console.log(
    `${strategy}: ${answers.length} answers on ${series.length} series, ${refused} refused as too short; ` +
      `${seconds.toFixed(1)} s in ${jobs} worker(s).`,
  );
  const failures = done.flatMap(({ error }, i) => (error ? [`  ${series[i].id}: ${error}`] : []));
  for (const line of failures) console.error(line);
  return failures.length === 0 ? 0 : 1;
}

function readArguments(args) {
  const { positionals, ...options } = parse(args, {
    names: ["IN", "OUT"],
    options: {
      strategy: { type: "string", default: "arima_prediction" },
      config: { type: "string", default: "{}" },
      steps: { type: "string", default: String(STEPS) },
      origins: { type: "string" },
      half: { type: "string", default: "both" },
      jobs: { type: "string" },
    },
  });
  requireOneOf("strategy", options.strategy, Object.keys(CONFIGS));
  requireOneOf("half", options.half, HALVES);
  // npm runs scripts in the project's folder; paths are meant from where it was called.
  const [input, output] = positionals.map((path) => resolve(process.env.INIT_CWD ?? "", path));
  return {
    input,
    output,
    strategy: options.strategy,
    half: options.half,
    config: configOf(options.config),
    steps: options.steps === "own" ? null : countOf("steps", options.steps, STEPS),
    origins: countOf("origins", options.origins, ORIGINS),
    jobs: jobsOf(options.jobs),
  };
}

function configOf(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`--config is no JSON: ${error.message}`);
  }
}

const wrongSeries = (one) =>
  whatIsWrong(one) ??
  (one.test === undefined || isColumn(one.test) ? null : "has a test that is no list of numbers");

/** Origins a horizon apart, the last with its whole horizon before the end. */
function caseOf({ freq, h, train, test = [] }, { strategy, config, steps: wanted, origins }) {
  const values = [...train, ...test];
  const steps = FIXED_STEPS[strategy] ?? wanted ?? h;
  const asked = Array.from({ length: origins }, (_, k) => values.length - (k + 1) * steps)
    .filter((known) => known >= FEWEST_KNOWN)
    .map((known) => ({ known, config: merged(CONFIGS[strategy](steps), config) }));
  return { freq, values, asked };
}

const merged = (base, own) => {
  const inner = Object.keys(own).filter((key) => isObject(base[key]) && isObject(own[key]));
  return { ...base, ...own, ...Object.fromEntries(inner.map((key) => [key, { ...base[key], ...own[key] }])) };
};
const isObject = (value) => typeof value === "object" && value !== null;

function report(answers) {
  console.log(`${binTable(reliabilityOf(answers))}\n`);
  console.log(`${groupTable("action", answers, ({ action }) => action)}\n`);
  console.log(`${groupTable("series", answers, ({ group }) => group)}\n`);
  console.log(`${groupTable("half", answers, ({ id }) => halfOf(id))}\n`);
}
