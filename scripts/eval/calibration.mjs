// Reads what `reliability` wrote and prints the lines of src/analytics/strategies/calibrations.ts: what a stated probability
// is worth, on the scale of log odds, by maximum likelihood (Platt 1999). Several files, asked for in different ways, count
// as one.
import { resolve } from "node:path";
import { table } from "../lib/chart.mjs";
import { HALVES, isIn } from "./halves.mjs";
import { readJson } from "./input.mjs";
import { reliabilityOf } from "./reliability-table.mjs";
import { parseMany, requireOneOf, UsageError } from "./usage.mjs";

/** As in src/analytics/strategies/confidence.ts. */
const [FLOOR, CEILING] = [0.01, 0.99];
/** Answers that speak for leaving a probability as it is. */
const PRIOR_ANSWERS = 10;
const ROUNDS = 50;

export const calibration = { usage: `calibration FILE... [--half ${HALVES.join("|")}]`, run };

async function run(args) {
  const { positionals, half } = parseMany(args, {
    name: "FILE",
    options: { half: { type: "string", default: "first" } },
  });
  requireOneOf("half", half, HALVES);
  // npm runs scripts in the project's folder; paths are meant from where it was called.
  const paths = positionals.map((path) => resolve(process.env.INIT_CWD ?? "", path));
  const answers = (await Promise.all(paths.map(answersIn))).flat();
  const kinds = Object.groupBy(answers, ({ action }) => (isFlat(action) ? "flat" : "directed"));
  const rows = ["directed", "flat"].map((kind) => {
    const all = kinds[kind] ?? [];
    const line = lineThrough(all.filter(({ id }) => isIn(half, id)));
    const others = half === "both" ? all : all.filter(({ id }) => !isIn(half, id));
    const { n, ece, brier } = reliabilityOf(others, ({ strength }) => logistic(oddsOn(line, strength)));
    return [kind, line.intercept.toFixed(2), line.slope.toFixed(2), n, ece.toFixed(3), brier.toFixed(4)];
  });
  console.log(table(["kind", "intercept", "slope", "judged on", "ECE", "Brier"], rows));
  return 0;
}

async function answersIn(path) {
  const answers = (await readJson(path))?.answers;
  if (!Array.isArray(answers)) throw new UsageError(`${path} has no list "answers".`);
  return answers;
}

const isFlat = (action) => action === "HOLD" || action === "FLAT";

/** Newton's method on the log-likelihood, with a prior around the line that changes nothing. */
function lineThrough(answers) {
  const line = { intercept: 0, slope: 1 };
  for (let round = 0; round < ROUNDS; round++) {
    let [g0, g1] = [-PRIOR_ANSWERS * 0.25 * line.intercept, -PRIOR_ANSWERS * 0.25 * (line.slope - 1)];
    let [h00, h01, h11] = [PRIOR_ANSWERS * 0.25, 0, PRIOR_ANSWERS * 0.25];
    for (const { strength, right } of answers) {
      const x = logit(strength);
      const p = logistic(oddsOn(line, strength));
      const weight = p * (1 - p);
      g0 += Number(right) - p;
      g1 += (Number(right) - p) * x;
      h00 += weight;
      h01 += weight * x;
      h11 += weight * x * x;
    }
    const determinant = h00 * h11 - h01 * h01;
    line.intercept += (h11 * g0 - h01 * g1) / determinant;
    line.slope += (h00 * g1 - h01 * g0) / determinant;
  }
  return line;
}

const oddsOn = ({ intercept, slope }, strength) => intercept + slope * logit(strength);
const logistic = (odds) => 1 / (1 + Math.exp(-odds));

function logit(probability) {
  const bounded = Math.min(CEILING, Math.max(FLOOR, probability));
  return Math.log(bounded / (1 - bounded));
}
