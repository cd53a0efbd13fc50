import { readJson } from "./input.mjs";
import { UsageError } from "./usage.mjs";

/** The list of `{series: [{id, group, freq, m, h, train, test?}]}`; `wrong` says what a kind of evaluation cannot take. */
export async function readSeries(path, wrong = whatIsWrong) {
  const series = (await readJson(path))?.series;
  if (!Array.isArray(series)) throw new UsageError(`${path} has no list "series".`);
  const ids = new Set();
  series.forEach((one, i) => {
    const reason = wrong(one);
    if (reason) throw new UsageError(`${path}: series ${one?.id ?? `number ${i + 1}`} ${reason}.`);
    if (ids.has(one.id)) throw new UsageError(`${path}: the id ${one.id} is there twice.`);
    ids.add(one.id);
  });
  return series;
}

export function whatIsWrong(one) {
  if (typeof one?.id !== "string") return "has no id";
  if (!Number.isSafeInteger(one.m) || one.m < 1) return "needs a season m, a whole number from 1 on";
  if (!Number.isSafeInteger(one.h) || one.h < 1) return "needs a horizon h, a whole number from 1 on";
  if (!isColumn(one.train)) return "needs train, a list of numbers";
  return null;
}

export const isColumn = (values) => Array.isArray(values) && values.every(Number.isFinite);
