// Reads `{series: [{id, m, scoreFrom, values}]}` and writes `{id: [score]}`, one in [0, 1] a value; 0.5 is the alert level.
// The values have no times, so they are given those at which m steps make a season: a week of days, or a day.
import { resolve } from "node:path";
import { FORM, report, scoresOf, writeScores } from "./detection.mjs";
import { readJson } from "./input.mjs";
import { parse, UsageError } from "./usage.mjs";

const DAY_MICROS = 86_400_000_000;

export const detect = { usage: "detect IN OUT [--form full|compact]", run };

async function run(args) {
  const { positionals, form } = parse(args, { names: ["IN", "OUT"], options: FORM });
  // npm runs scripts in the project's folder; paths are meant from where it was called.
  const [input, output] = positionals.map((path) => resolve(process.env.INIT_CWD ?? "", path));
  const judged = await scoresOf(await timedSeries(input), form);
  await writeScores(output, judged);
  report(judged);
  return 0;
}

/** Its series as they are, each with times. */
export async function timedSeries(input) {
  const series = (await readJson(input))?.series;
  if (!Array.isArray(series)) throw new UsageError(`${input} has no list "series".`);
  for (const [i, one] of series.entries()) {
    const wrong = whatIsWrong(one);
    if (wrong) throw new UsageError(`${input}: series ${one?.id ?? `number ${i + 1}`} ${wrong}.`);
  }
  return series.map((one) => ({ ...one, times: one.values.map((_, i) => i * stepMicros(one.m)) }));
}

function whatIsWrong(one) {
  if (typeof one?.id !== "string") return "has no id";
  if (!Number.isSafeInteger(one.m) || one.m < 1) return "needs a season m, a whole number from 1 on";
  if (!Array.isArray(one.values) || !one.values.every(Number.isFinite))
    return "needs values, a list of numbers";
  return null;
}

const stepMicros = (m) => Math.round((m === 7 ? 7 * DAY_MICROS : DAY_MICROS) / m);
