import { formatMicros } from "../../../core/timestamps";
import type { Band } from "../../detection/batch/method";
import type { Standing } from "../../detection/batch/standing-out";
import type { HistoryKind } from "../../detection/kinds";
import { shown } from "../result";
import type { Rows } from "./judge";

interface Told extends Band {
  kind: HistoryKind;
  field: number;
  value: number;
  standing?: readonly Standing[];
  row?: number;
  /** Readings that a flat line lasts. */
  count?: number;
}

/** An anomaly of a value in plain words: what was there, what was expected, and what else stands out. */
export function sentenceOf(rows: Rows, told: Told): string {
  const name = rows.fields[told.field]!;
  const others = (told.standing ?? []).filter(({ field }) => field !== told.field);
  const beside = others.map(
    ({ field, value, usual }) => `${rows.fields[field]!} is ${shown(value)}, usually about ${shown(usual)}`,
  );
  return [`${name} ${said(rows, told)}`, ...beside].join("; ");
}

function said(rows: Rows, told: Told): string {
  const { kind, value, field } = told;
  const expected = expectation(told);
  switch (kind) {
    case "spike":
      return `is ${shown(value)}, above ${expected}`;
    case "dip":
      return `is ${shown(value)}, below ${expected}`;
    case "level_shift":
      return `is ${shown(value)} and stays at another level than ${expected}`;
    case "trend_break":
      return `is ${shown(value)} and moves further and further away from ${expected}`;
    case "variance":
      return `is ${shown(value)} and swings more than usual, out of ${expected}`;
    case "flat_line":
      return told.count === undefined
        ? `stands still at ${shown(value)}, off ${expected}`
        : `has stayed at ${shown(value)} for ${told.count} readings, longer than it ever does`;
    case "combination": {
      const by = rows.fields.flatMap((other, f) =>
        f === field ? [] : [`${other} at ${shown(rows.columns[f]![told.row!]!)}`],
      );
      return `is ${shown(value)}, not unusual by itself, but with ${by.join(" and ")} not ${expected}`;
    }
    case "gap":
      return "comes after a silence";
  }
}

function expectation({ expected, lower, upper }: Band): string {
  if (lower !== null && upper !== null) return `the expected ${shown(lower)} to ${shown(upper)}`;
  if (upper !== null) return `${shown(upper)}, the most that was expected`;
  if (lower !== null) return `${shown(lower)}, the least that was expected`;
  return expected === null ? "what was expected" : `the expected ${shown(expected)}`;
}

export const silenceOf = (since: number, until: number, missing: number): string =>
  `No reading for ${lengthOf(until - since)}, from ${formatMicros(since)} on: ${missing} are missing`;

const UNITS = [
  { name: "day", micros: 86_400_000_000 },
  { name: "hour", micros: 3_600_000_000 },
  { name: "minute", micros: 60_000_000 },
  { name: "second", micros: 1_000_000 },
] as const;

function lengthOf(micros: number): string {
  const unit = UNITS.find((one) => micros >= 2 * one.micros) ?? UNITS[3];
  const count = Number((micros / unit.micros).toPrecision(3));
  return `${count} ${unit.name}${count === 1 ? "" : "s"}`;
}
