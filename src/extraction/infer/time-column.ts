import type { Ambiguity, DateOrder, TimestampPlan } from "../contract";
import type { SourceTable } from "../formats/source-table";
import { timeText } from "./cell-values";
import { type ColumnProfile, usableCells } from "./columns";
import { COMPARED_ROWS, decideYear, yearAmbiguity } from "./decide-year";
import { plausibleEpochUnit, readEpoch } from "./epoch";
import { isYearName, timeNameWeight } from "./names";
import { type Candidate, candidateOf } from "./time-candidates";
import { joinParts, shortYearParts, unnamedParts } from "./time-parts";
import { decideZone, type ZoneDecision } from "./zone-column";

/** Which columns are the time of a row. */
export interface TimeDecision {
  timestamp: TimestampPlan | null;
  /** Indices of the columns that make it. */
  columns: number[];
  certainty: number;
  ambiguities: Ambiguity[];
  warnings: string[];
}

/** What came with the data and may tell the year of times that have none. */
export interface Arrival {
  /** Names and descriptions. */
  context: readonly string[];
  /** Milliseconds since the epoch; absent: nobody knows. */
  receivedAt?: number | undefined;
}

export function decideTime(
  profiles: readonly ColumnProfile[],
  table: SourceTable,
  arrival: Arrival = { context: [] },
): TimeDecision {
  const candidates = profiles
    .flatMap((profile) => candidateOf(profile, table) ?? [])
    .sort((a, b) => b.score - a.score);
  const best = written(finest(candidates), candidates, profiles);
  if (!best) {
    const parts = shortYearParts(profiles) ?? unnamedParts(profiles, table);
    if (parts) return { ...NO_TIME, timestamp: parts.plan, columns: parts.columns, certainty: UNTOLD_PARTS };
    return { ...NO_TIME, certainty: certaintyOfNone(profiles), warnings: clockWarnings(profiles) };
  }
  const second = candidates.find((one) => one !== best);
  const joined = joinParts(best, profiles) ?? { plan: best.plan, columns: [best.profile.index] };
  const rivalry = second && second.score > best.score - 0.08 && second.plan.kind === "calendar" ? 0.85 : 1;
  const calendar = best.plan.kind === "calendar" ? best.profile.calendar : null;
  const { yearless } = best.profile;
  const zoneless = calendar
    ? (calendar.precision === "time" || hasClock(joined.plan)) && !calendar.zoned
    : (best.plan.kind === "serial_day" && !best.profile.integers) ||
      (yearless !== null && (yearless.timed || joined.columns.length > 1) && !yearless.zoned);
  const times = joined.columns.map((at) => profiles.find(({ index }) => index === at)!);
  const zone = zoneless ? decideZone(times, profiles, table) : NO_ZONE;
  const warnings = [...zone.warnings];
  if (calendar && calendar.contradicted > 0)
    warnings.push(
      `${calendar.contradicted} time(s) in "${best.profile.name}" are times only in another order of day and month.`,
    );
  const decision = {
    timestamp: { ...joined.plan, ...zone.plan },
    columns: joined.columns,
    certainty: best.certainty * rivalry * zone.certainty,
    ambiguities: [...orderAmbiguity(best.profile), ...zone.ambiguities],
    warnings,
  };
  return yearless ? inTheirYear(decision, profiles, table, arrival) : decision;
}

/** Two digits for a year, of which the century is not told, or parts of a date without names. */
const UNTOLD_PARTS = 0.88;

/** A time of day in a column of its own, or the hour among the parts of a date. */
const hasClock = ({ kind, fields, formats }: TimestampPlan): boolean =>
  kind === "calendar" ? fields.length > 1 : kind === "parts" && formats.includes("%H");

/** Times that say their zone, and days, which have none. */
const NO_ZONE: ZoneDecision = { plan: { zone: "UTC" }, certainty: 1, ambiguities: [], warnings: [] };
const NO_TIME: TimeDecision = { timestamp: null, columns: [], certainty: 0, ambiguities: [], warnings: [] };

/** A time of which the year is decided too. Nothing tells it: the rows have none. */
function inTheirYear(
  decision: TimeDecision,
  profiles: readonly ColumnProfile[],
  table: SourceTable,
  { context, receivedAt }: Arrival,
): TimeDecision {
  const [at] = decision.columns as [number];
  const others = profiles.filter(
    ({ calendar, index }) =>
      index !== at && calendar && !calendar.bareDigits && /day|time/.test(calendar.precision),
  );
  const cells: string[] = [];
  const dated = others.map(({ name, index }) => ({ name, index, cells: [] as (string | null)[] }));
  let last = Number.NEGATIVE_INFINITY;
  for (const row of table.rows) {
    // Rows that tell something may stand a second time behind the others.
    if (row.row <= last) continue;
    last = row.row;
    cells.push(timeText(row.cells[at] ?? null));
    if (cells.length > COMPARED_ROWS) continue;
    for (const other of dated) {
      const cell = row.cells[other.index] ?? null;
      other.cells.push(cell === null ? null : timeText(cell));
    }
  }
  const { name } = profiles.find(({ index }) => index === at)!;
  const { order } = decision.timestamp!;
  const decided = decideYear({ cells, order, found: table.firstYear, dated, context, receivedAt });
  if (!decided)
    return {
      ...NO_TIME,
      certainty: NO_YEAR,
      warnings: [`The times in "${name}" have no year, and nothing tells it: the rows have no time.`],
    };
  const { yearless, because } = decided;
  const said = `The times in "${name}" have no year: the first is read as of ${yearless.year}, ${because}.`;
  return {
    ...decision,
    timestamp: { ...decision.timestamp!, yearless },
    certainty: decision.certainty * decided.certainty,
    ambiguities: [...decision.ambiguities, ...yearAmbiguity(name, decided)],
    warnings: [...decision.warnings, said],
  };
}

/** A time that is seen and cannot be had. */
const NO_YEAR = 0.6;

/** Times of day without a date are no times. */
const clockWarnings = (profiles: readonly ColumnProfile[]): string[] =>
  profiles
    .filter((one) => one.timesOfDay > 0 && one.timesOfDay >= usableCells(one) * 0.9 && !one.calendar)
    .slice(0, 1)
    .map(({ name }) => `"${name}" has times of day without a date: the rows have no time.`);

/**
 * The best candidate; where that is a column of years, the dates whose first and last year are the same: the years
 * were taken from them.
 */
function finest(candidates: readonly Candidate[]): Candidate | undefined {
  const [best] = candidates;
  const years = best?.profile.calendar;
  if (!best || years?.precision !== "year" || best.plan.kind !== "calendar") return best;
  const yearOf = (micros: number) => new Date(micros / 1_000).getUTCFullYear();
  const finer = candidates.find(({ profile: { calendar, filled } }) => {
    if (!calendar || calendar.precision === "year" || calendar.bareDigits) return false;
    const same = (a: number, b: number) => yearOf(a) === yearOf(b);
    return (
      filled >= best.profile.filled * 0.8 &&
      same(calendar.earliest, years.earliest) &&
      same(calendar.latest, years.latest)
    );
  });
  return finer ?? best;
}

/** Further apart than any zone and summer time puts two writings of one moment. */
const ANOTHER_TIME = 2 * 86_400e6;

/**
 * Where the best is an epoch and the rows write a date with its time of day too, of other days: the written one. Clocks of
 * devices count from years of their own (2000, 1904, when they were switched on).
 */
function written(
  best: Candidate | undefined,
  candidates: readonly Candidate[],
  profiles: readonly ColumnProfile[],
): Candidate | undefined {
  if (best?.plan.kind !== "epoch") return best;
  const { min, filled } = best.profile;
  const counted = readEpoch(min, best.plan.epoch_unit ?? "s");
  const dated = candidates.find((one) => {
    const { calendar } = one.profile;
    if (one.plan.kind !== "calendar" || !calendar || calendar.bareDigits || counted === null) return false;
    const isTimed = calendar.precision === "time" || joinParts(one, profiles) !== null;
    const isRows = one.profile.filled >= filled && timeNameWeight(one.profile.name) >= 0.6;
    return isTimed && isRows && Math.abs(calendar.earliest - counted) > ANOTHER_TIME;
  });
  return dated ?? best;
}

/**
 * Texts with digits under the name of a time may be times that are not known here, and years may lie outside of what
 * can be stored; words and small numbers are none.
 */
function certaintyOfNone(profiles: readonly ColumnProfile[]): number {
  const doubtful = profiles.some(
    (one) =>
      timeNameWeight(one.name) >= 0.6 &&
      usableCells(one) > 0 &&
      one.numeric < usableCells(one) * 0.5 &&
      one.withDigits > usableCells(one) * 0.8 &&
      one.timesOfDay < usableCells(one) * 0.9 &&
      one.distinct > 2,
  );
  const years = profiles.some(
    (one) => isYearName(one.name) && one.numeric > 0 && one.min >= 1_000 && one.max <= 2_600,
  );
  if (doubtful || years) return 0.45;
  // Seconds since 1980 under no name of a time may be just that.
  const epochs = profiles.some(
    (one) =>
      one.integers && one.sameDigits && one.distinct > 2 && plausibleEpochUnit(one.min, one.max) !== null,
  );
  return epochs ? 0.85 : 0.95;
}

export const READING: Record<DateOrder, string> = { dmy: "day first", mdy: "month first", ymd: "year first" };

function orderAmbiguity(profile: ColumnProfile): Ambiguity[] {
  const calendar = profile.calendar ?? profile.yearless;
  if (!calendar || calendar.alternatives.length === 0) return [];
  const examples = profile.calendar ? EXAMPLE : YEARLESS_EXAMPLE;
  const reading = (order: DateOrder, chosen: boolean) => ({
    reading: READING[order],
    example: examples[order],
    chosen,
  });
  return [
    {
      field: profile.name,
      question: `Are the dates in "${profile.name}" written ${[calendar.order, ...calendar.alternatives].map((one) => READING[one]).join(" or ")}?`,
      readings: [
        reading(calendar.order, true),
        ...calendar.alternatives.map((order) => reading(order, false)),
      ],
    },
  ];
}

const EXAMPLE: Record<DateOrder, string> = {
  dmy: "03/04/05 is 3 April 2005",
  mdy: "03/04/05 is 4 March 2005",
  ymd: "03/04/05 is 5 April 2003",
};
const YEARLESS_EXAMPLE: Record<DateOrder, string> = {
  dmy: "03/04 is 3 April",
  mdy: "03/04 is 4 March",
  ymd: "03/04 is 4 March",
};
