import { daysFromCivil, daysInMonth } from "../../core/timestamps";
import type { TimestampPlan } from "../contract";
import type { SourceTable } from "../formats/source-table";
import { type ColumnProfile, usableCells } from "./columns";
import { monthNumber } from "./months";
import {
  isDayName,
  isDayOfYearName,
  isHourName,
  isMonthName,
  isQuarterName,
  isTimeName,
  isTimeOfDayName,
  isWeekName,
  isYearName,
  nameWords,
} from "./names";
import { asUnit } from "./units";

/** A column that may be the time, and how it would be read. */
export interface TimeCandidate {
  profile: ColumnProfile;
  plan: TimestampPlan;
}

/** Date and time of day, or year, month and day, that stand in columns of their own. */
export function joinParts(
  best: TimeCandidate,
  profiles: readonly ColumnProfile[],
): { plan: TimestampPlan; columns: number[] } | null {
  const { calendar, yearless } = best.profile;
  const precision = yearless ? (yearless.timed ? "time" : "day") : calendar?.precision;
  if (best.plan.kind !== "calendar" || precision === undefined) return null;
  const others = profiles.filter(
    (one) =>
      one.index !== best.profile.index && one.filled >= best.profile.filled * 0.9 && usableCells(one) > 0,
  );
  if (precision === "day") {
    const clock = others.find((one) => isTimeOfDay(one, best.profile.index));
    return clock ? joinedPlan(best, [best.profile, clock]) : null;
  }
  if (precision !== "year") return null;
  const month =
    others.find((one) => isMonthName(one.name) && isMonth(one)) ??
    others.find((one) => one.periodCodes === "month");
  if (!month) {
    const quarter =
      others.find(
        (one) =>
          isQuarterName(one.name) && (isWithin(one, 1, 4) || (one.distinct <= 4 && one.withDigits > 0)),
      ) ?? others.find((one) => one.periodCodes === "quarter");
    return quarter ? joinedPlan(best, [best.profile, quarter], ["%Y", "%q"]) : countedPlan(best, others);
  }
  const day = others.find((one) => isDayName(one.name) && isWithin(one, 1, 31));
  const hour = day && hourAmong(others);
  const parts = [best.profile, month, ...(day ? [day] : []), ...(hour ? [hour] : [])];
  return joinedPlan(best, parts, ["%Y", "%m", "%d", "%H"].slice(0, parts.length));
}

const hourAmong = (others: readonly ColumnProfile[]): ColumnProfile | undefined =>
  others.find((one) => isHourName(one.name) && (isWithin(one, 0, 24) || isWithin(one, 0, 2400)));

/** A year whose days or weeks another column counts. Days past the 31st are of the year, whatever they are called. */
function countedPlan(best: TimeCandidate, others: readonly ColumnProfile[]) {
  const day = others.find(
    (one) => isWithin(one, 1, 366) && (isDayOfYearName(one.name) || (isDayName(one.name) && one.max > 31)),
  );
  const hour = day && hourAmong(others);
  if (day && hour) return joinedPlan(best, [best.profile, day, hour], ["%Y", "%j", "%H"]);
  if (day) return joinedPlan(best, [best.profile, day], ["%Y", "%j"]);
  const week = others.find((one) => isWeekName(one.name) && isWithin(one, 1, 53));
  return week ? joinedPlan(best, [best.profile, week], ["%Y", "%V"]) : null;
}

/**
 * A year of two digits and a month in columns of their own. Alone such digits are as likely a count, and no time.
 */
export function shortYearParts(
  profiles: readonly ColumnProfile[],
): { plan: TimestampPlan; columns: number[] } | null {
  const year = profiles.find(
    (one) => isYearName(one.name) && isWithin(one, 0, 99) && one.maxLength <= 2 && usableCells(one) > 0,
  );
  const months = profiles.find((one) => isMonthName(one.name) && isMonth(one));
  if (!year || !months || months.filled < year.filled * 0.9) return null;
  const day = profiles.find((one) => isDayName(one.name) && isWithin(one, 1, 31));
  const parts = [year, months, ...(day ? [day] : [])];
  const fields = parts.map(({ name }) => name);
  const formats = ["%y", "%m", "%d"].slice(0, parts.length);
  return {
    plan: { fields, kind: "parts", formats, order: "ymd", zone: "UTC" },
    columns: parts.map(({ index }) => index),
  };
}

/** Rows that must agree on what columns without names are. */
const FEWEST_DATED = 3;
const ROWS_LOOKED_AT = 2_000;
/** Of those rows, lines that are none, as a second row of names. */
const MOST_STRAYS = 0.1;

/**
 * Year, month, day and perhaps hour in neighbouring columns without names, as exchange formats of weather stations have
 * them (EPW, ISD-Lite), or a year and the name of a month: told by making days that exist and never go back.
 */
export function unnamedParts(
  profiles: readonly ColumnProfile[],
  table: SourceTable,
): { plan: TimestampPlan; columns: number[] } | null {
  const isUnnamed = (one: ColumnProfile) => table.headerless || one.source === `col${one.index + 1}`;
  for (const [at, year] of profiles.entries()) {
    const near = profiles.slice(at, at + 4);
    const unnamed = near.slice(0, near.findIndex((one) => !isUnnamed(one)) >>> 0);
    const [, month, day, hour] = unnamed;
    if (!isWithin(year, 1_800, 2_100) || !month) continue;
    const counted = isWithin(month, 1, 12) && day && isWithin(day, 1, 31);
    const lengths = [
      ...(counted && hour && isWithin(hour, 0, 24) ? [4] : []),
      ...(counted ? [3] : []),
      ...(isMonthWords(month) ? [2] : []),
    ];
    const parts = lengths.map((length) => unnamed.slice(0, length)).find((one) => areInOrder(one, table));
    if (parts)
      return {
        plan: {
          fields: parts.map(({ name }) => name),
          kind: "parts",
          formats: ["%Y", "%m", "%d", "%H"].slice(0, parts.length),
          order: "ymd",
          zone: "UTC",
        },
        columns: parts.map(({ index }) => index),
      };
  }
  return null;
}

function areInOrder(parts: readonly ColumnProfile[], table: SourceTable): boolean {
  const times = new Set<number>();
  let last = Number.NEGATIVE_INFINITY;
  let rows = 0;
  let strays = 0;
  for (const { cells } of table.rows) {
    if (rows++ >= ROWS_LOOKED_AT) break;
    const [year, monthCell, day = 1, hour = 0] = parts.map(({ index }) => cells[index] ?? null);
    const month = monthNumber(String(monthCell));
    if (month === null || !(Number(day) <= daysInMonth(Number(year), month))) {
      strays++;
      continue;
    }
    const time = daysFromCivil(Number(year), month, Number(day)) * 24 + Number(hour);
    if (time < last) return false;
    last = time;
    times.add(time);
  }
  return times.size >= FEWEST_DATED && times.size > rows / 2 && strays <= rows * MOST_STRAYS;
}

const isWithin = (one: ColumnProfile, low: number, high: number): boolean =>
  one.numeric >= usableCells(one) * 0.98 && one.integers && one.min >= low && one.max <= high;

const isMonth = (one: ColumnProfile): boolean => isWithin(one, 1, 12) || isMonthWords(one);

const isMonthWords = (one: ColumnProfile): boolean =>
  one.numeric === 0 && one.distinct <= 24 && one.maxLength <= 10 && one.distinct >= 1;

/** "response_time_ms" is how long something took. */
const isMeasured = ({ name, unit }: ColumnProfile): boolean => {
  const words = nameWords(name);
  return unit !== null || (words.length > 1 && asUnit(words.at(-1)!) !== null);
};

function isTimeOfDay(one: ColumnProfile, dateIndex: number): boolean {
  if (one.calendar && one.calendar.readable > usableCells(one) * 0.5 && !one.calendar.bareDigits)
    return false;
  const near = Math.abs(one.index - dateIndex) <= 2;
  if (one.timesOfDay >= usableCells(one) * 0.9) return near || isTimeOfDayName(one.name);
  // Of 0 and 1 alone a column is a flag, whatever its name ("full_time").
  const digits = one.numeric >= usableCells(one) * 0.98 && one.integers && one.min >= 0 && one.max > 1;
  if (!digits) return false;
  return (
    (isHourName(one.name) && one.max <= 24) ||
    (isTimeOfDayName(one.name) && one.sameDigits && one.maxLength === 6 && one.max < 240_000 && near) ||
    (isTimeName(one.name) && isTimeOfDayName(one.name) && !isMeasured(one) && one.max <= 2400 && near)
  );
}

/** `parts`: the columns are pieces of a date, each with its format; else a date and a time of day. */
function joinedPlan(best: TimeCandidate, columns: readonly ColumnProfile[], parts?: string[]) {
  const kind: TimestampPlan["kind"] = parts ? "parts" : "calendar";
  const formats = parts ?? best.plan.formats.map((one) => `${one} + time of day`);
  return {
    plan: { ...best.plan, kind, fields: columns.map(({ name }) => name), formats },
    columns: columns.map(({ index }) => index),
  };
}
