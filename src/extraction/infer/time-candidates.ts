import type { SourceTable } from "../formats/source-table";
import { type ColumnProfile, usableCells } from "./columns";
import { type EpochUnit, plausibleEpochUnit } from "./epoch";
import { isDateName, isIdentifierName, isYearName, timeNameWeight } from "./names";
import type { TimeCandidate } from "./time-parts";

/** A column that may be the time of its table, weighed against others. */
export interface Candidate extends TimeCandidate {
  /** How much speaks for this column against others. */
  score: number;
  certainty: number;
}

/** How much a column speaks for being the time, or null where it cannot be. */
export function candidateOf(profile: ColumnProfile, table: SourceTable): Candidate | null {
  const filled = usableCells(profile);
  if (filled === 0) return null;
  const name = table.timeColumn === profile.source ? 1 : timeNameWeight(profile.name);
  const presence = profile.filled / Math.max(1, profile.rows);
  // One time for all rows is that of the export.
  const moving = profile.distinct > 1 || profile.filled < 5 ? 0 : -0.4;
  const base = 0.5 + name * 0.4 + presence * 0.2 - Math.min(profile.index, 10) * 0.01 + moving;
  const calendar = profile.calendar;
  if (calendar) {
    const share = calendar.readable / filled;
    const belief = calendar.bareDigits ? beliefInDigits(profile, name, table) : name >= 0.6 ? 0.99 : 0.95;
    if (belief > 0 && share >= (name >= 0.6 ? 0.6 : 0.8)) {
      const bonus = { year: 0, quarter: 0.03, month: 0.05, week: 0.05, day: 0.1, time: 0.13 }[
        calendar.precision
      ];
      return {
        profile,
        score: base + bonus + (calendar.bareDigits ? -0.05 : 0.05),
        certainty: belief * calendar.orderCertainty * (0.7 + 0.3 * share),
        plan: {
          fields: [profile.name],
          kind: "calendar",
          formats: calendar.formats,
          order: calendar.order,
          zone: "UTC",
        },
      };
    }
  }
  const { yearless } = profile;
  const share = (yearless?.readable ?? 0) / filled;
  if (yearless && share >= (name >= 0.6 ? 0.6 : 0.8))
    return {
      profile,
      score: base + (yearless.timed ? 0.13 : 0.1),
      certainty: (name >= 0.6 ? 0.99 : 0.93) * yearless.orderCertainty * (0.7 + 0.3 * share),
      plan: {
        fields: [profile.name],
        kind: "calendar",
        formats: yearless.formats,
        order: yearless.order,
        zone: "UTC",
      },
    };
  return (
    decimalYearCandidate(profile, table, name, base) ??
    epochCandidate(profile, name, base) ??
    serialDayCandidate(profile, name, base)
  );
}

/**
 * Years with fractions (1949.083), as statistics packages write series: only in order, and under a name of time or, where
 * they are quarters or months all along, as the names of the rows.
 */
function decimalYearCandidate(
  profile: ColumnProfile,
  table: SourceTable,
  name: number,
  base: number,
): Candidate | null {
  const { integers, monotone, numeric, min, max } = profile;
  if (integers || !monotone || numeric < usableCells(profile) || min < 1_500 || max > 2_200) return null;
  if (name < 0.6 && !namesPeriods(profile, table)) return null;
  return {
    profile,
    score: base,
    certainty: name < 0.6 ? 0.8 : 0.85,
    plan: {
      fields: [profile.name],
      kind: "decimal_year",
      formats: ["decimal year"],
      order: "ymd",
      zone: "UTC",
    },
  };
}

/** Whether a column without a name in front of all others holds as many quarters or months, each the next. */
function namesPeriods(
  { index, source, distinct, filled, min, max }: ColumnProfile,
  table: SourceTable,
): boolean {
  if (table.headerless || index !== 0 || source !== "col1" || filled < 4 || distinct < filled) return false;
  return [4, 12].some((perYear) => Math.abs((max - min) * perYear - (filled - 1)) < 0.1);
}

/** Ten digits: hours of days, or seconds since 1970. */
const HOURS = "%Y%m%d%H";

/** How far bare digits are to be believed as dates, by name, range and order. */
function beliefInDigits(profile: ColumnProfile, name: number, table: SourceTable): number {
  const [format = ""] = profile.calendar!.formats;
  if (format === "%Y") {
    if (profile.min < 1500 || profile.max > 2200) return 0;
    if (isYearName(profile.name)) return 0.96;
    if (name >= 0.6) return 0.9;
    const sorted = profile.monotone && profile.distinct >= 3 && profile.min >= 1700 && profile.max <= 2100;
    return sorted && profile.index === 0 && (table.headerless || profile.distinct === profile.filled)
      ? 0.7
      : 0;
  }
  if (format === "%Y%m%d") {
    if (profile.min < 17_000_101 || profile.max > 21_001_231) return 0;
    return name >= 0.6
      ? 0.98
      : isIdentifierName(profile.name)
        ? 0
        : profile.distinct > 1 || profile.filled === 1
          ? 0.8
          : 0.5;
  }
  if (format === HOURS) {
    if (name < 0.6 && isIdentifierName(profile.name)) return 0;
    return name >= 0.6 ? 0.97 : profile.monotone && profile.index <= 1 ? 0.75 : 0;
  }
  if (format.startsWith("%Y%m%d%H")) return name >= 0.6 ? 0.98 : 0.75;
  // 201601, or 2016.01: as likely a plain number.
  return name >= 0.6 ? 0.93 : 0;
}

function epochCandidate(profile: ColumnProfile, name: number, base: number): Candidate | null {
  if (profile.numeric < usableCells(profile) * 0.95 || profile.numeric === 0) return null;
  const unit = plausibleEpochUnit(profile.min, profile.max);
  const { calendar } = profile;
  // Seconds of the years from 2030 on, of which each would be an hour of our days by chance.
  const areHours = calendar?.formats[0] === HOURS && calendar.readable >= usableCells(profile) * 0.98;
  if (!unit || areHours) return null;
  const ordered = profile.monotone && profile.integers && profile.distinct > 2 && profile.index <= 1;
  if (name < 0.6 && !((ordered || isFineEpoch(profile, unit)) && !isIdentifierName(profile.name)))
    return null;
  return {
    profile,
    score: base + 0.13,
    certainty: name >= 0.6 ? 0.97 : 0.75,
    plan: {
      fields: [profile.name],
      kind: "epoch",
      formats: [`epoch_${unit}`],
      order: "ymd",
      epoch_unit: unit,
      zone: "UTC",
    },
  };
}

/** 1980 and 2050 as spreadsheets count days. */
const FIRST_SERIAL = 29_221;
const LAST_SERIAL = 54_789;

/** Dates that lost their format on the way out of a spreadsheet: nothing but their name tells them from a measure. */
function serialDayCandidate(profile: ColumnProfile, name: number, base: number): Candidate | null {
  const { numeric, min, max, unit, integers, monotone } = profile;
  if (name < 0.6 || !isDateName(profile.name) || unit !== null || !(integers || monotone)) return null;
  if (numeric < usableCells(profile) * 0.95 || numeric === 0 || min < FIRST_SERIAL || max > LAST_SERIAL)
    return null;
  return {
    profile,
    score: base,
    certainty: 0.9,
    plan: { fields: [profile.name], kind: "serial_day", formats: ["serial day"], order: "ymd", zone: "UTC" },
  };
}

/**
 * Whole milliseconds or microseconds of one time span: few measures have thirteen or sixteen digits, and identifiers
 * of as many spread over more than so little of their range.
 */
function isFineEpoch({ integers, sameDigits, min, max, distinct }: ColumnProfile, unit: EpochUnit): boolean {
  return integers && sameDigits && distinct > 1 && (unit === "ms" || unit === "us") && max - min <= max * 0.2;
}
