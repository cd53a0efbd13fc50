// Reads labelled data of many families, made by seed, through the code of the Worker: how much is read rightly, and whether
// answers are right as often as their confidence says. The odds of the confidence are fitted on half of the families and
// judged on the other half, and the other way round: no family has a say in what is said of it.
import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { table } from "../lib/chart.mjs";
import { FAMILIES } from "./extraction/families.mjs";
import { fitOdds, probabilityOf } from "./extraction/fit.mjs";
import { readCases } from "./extraction/read.mjs";
import { halfOf } from "./halves.mjs";
import { binTable, groupTable, reliabilityOf } from "./reliability-table.mjs";
import { countOf, parse, UsageError } from "./usage.mjs";

/** Of each family. */
const CASES = 24;

export const extraction = {
  usage: "extraction [--seed N] [--cases N] [--fit] [--json FILE]",
  run,
};

async function run(args) {
  const options = parse(args, {
    names: [],
    options: {
      seed: { type: "string", default: "1" },
      cases: { type: "string" },
      fit: { type: "boolean", default: false },
      json: { type: "string" },
    },
  });
  const started = performance.now();
  const results = await readCases({ seed: options.seed, perFamily: countOf("cases", options.cases, CASES) });
  const seconds = (performance.now() - started) / 1_000;
  const answers = heldOut(results.filter(({ error }) => error === undefined));
  report(results, answers);
  if (options.fit) reportFit(answers);
  console.log(
    `${results.length} readings of ${Object.keys(FAMILIES).length} families, seed ${options.seed}; ${seconds.toFixed(1)} s.`,
  );
  if (options.json !== undefined)
    await write(options.json, { seed: options.seed, answers: results.map(withoutBody) });
  return results.some(({ swapped }) => swapped) ? 1 : 0;
}

const withoutBody = ({ body: _, ...result }) => result;

/** npm runs scripts in the project's folder; paths are meant from where it was called. */
async function write(path, content) {
  const file = resolve(process.env.INIT_CWD ?? "", path);
  await writeFile(file, JSON.stringify(content)).catch((error) => {
    throw new UsageError(`${file} cannot be written: ${error.code ?? error.message}`);
  });
}

/** Each answer with the confidence that it would have by odds fitted on the other half of the families. */
export function heldOut(answers) {
  const halves = Object.groupBy(answers, ({ family }) => halfOf(family));
  return ["first", "second"].flatMap((half) => {
    const [own, others] = half === "first" ? [halves.first, halves.second] : [halves.second, halves.first];
    const odds = fitOdds(others);
    // What becomes of the plan's confidence once its rows are read holds for both.
    return own.map((answer) => ({
      ...answer,
      half,
      fitted: Math.min(
        0.99,
        probabilityOf(odds, answer.doubts) * (answer.said > 0 ? answer.confidence / answer.said : 1),
      ),
    }));
  });
}

const mean = (list, of) => list.reduce((sum, one) => sum + Number(of(one)), 0) / Math.max(1, list.length);
const percent = (share) => (100 * share).toFixed(1);
const shown = (value) => (value === null ? "" : value.toFixed(3));

const HEAD = [
  "",
  "data",
  "refused",
  "rows",
  "time",
  "value F1",
  "category",
  "cells",
  "all right",
  "swapped",
  "said",
  "Brier",
  "held out",
];

/** How much of a group of readings is right; what was refused is wrong in everything. */
function rowOf(name, results, answers) {
  const share = (of) => percent((mean(answers, of) * answers.length) / results.length);
  return [
    name,
    results.length,
    results.length - answers.length,
    share(({ rows }) => rows),
    share(({ time }) => time),
    share(({ f1 }) => f1),
    share(({ recall }) => recall),
    share(({ cells }) => cells),
    share(({ right }) => right),
    answers.filter(({ swapped }) => swapped).length,
    percent(mean(answers, ({ confidence }) => confidence)),
    shown(reliabilityOf(answers).brier),
    shown(reliabilityOf(answers, ({ fitted }) => fitted).brier),
  ];
}

function report(results, answers) {
  const groups = [...Object.keys(FAMILIES).map((family) => [family, (one) => one.family === family])];
  const parts = [
    ["first half", ({ family }) => halfOf(family) === "first"],
    ["second half", ({ family }) => halfOf(family) === "second"],
    ["all", () => true],
  ];
  const rows = [...groups, ...parts].map(([name, isIn]) =>
    rowOf(name, results.filter(isIn), answers.filter(isIn)),
  );
  console.log(`Shares that are right, in per cent:\n${table(HEAD, rows)}\n`);
  console.log(`As answered:\n${binTable(reliabilityOf(answers))}\n`);
  console.log(`${groupTable("half", answers, ({ half }) => half)}\n`);
  const fitted = answers.map((answer) => ({ ...answer, confidence: answer.fitted }));
  console.log(`By odds fitted on the other half:\n${binTable(reliabilityOf(fitted))}\n`);
  console.log(`${groupTable("half", fitted, ({ half }) => half)}\n`);
}

function reportFit(answers) {
  const of = (half) => fitOdds(answers.filter((answer) => half === "both" || answer.half === half));
  const fits = ["first", "second", "both"].map((half) => [half, of(half)]);
  const names = Object.keys(fits[0][1]);
  console.log("ODDS of src/extraction/infer/confidence.ts, by the half of the families they are fitted on:");
  console.log(
    `${table(
      ["half", ...names],
      fits.map(([half, odds]) => [half, ...names.map((name) => odds[name].toFixed(2))]),
    )}\n`,
  );
}
