import type { TimestampPlan } from "../contract";
import type { SourceTable } from "../formats/source-table";
import { type ColumnProfile, usableCells } from "./columns";
import { isQuantityName, labelledName } from "./names";
import { readRowTime } from "./row-time";

/** What a column's role follows from beside its own cells. */
export interface TableContext {
  /** The table has a time, of which other columns may repeat a piece. */
  timed: boolean;
  headerless: boolean;
  /** Columns of digits of which another one holds the words ("class", "class_name"), by index. */
  labelled: ReadonlySet<number>;
  /** Columns of years that say again what the time says ("season", "cycle"), by index. */
  repeatedYears: ReadonlySet<number>;
  /** Columns of digits that are texts where other columns are numbers, by index. */
  quoted: ReadonlySet<number>;
}

export const ALONE: TableContext = {
  timed: false,
  headerless: false,
  labelled: new Set(),
  repeatedYears: new Set(),
  quoted: new Set(),
};

/** `time`: the plan of the table's time, and the indices of its columns. */
export function contextOf(
  table: SourceTable,
  profiles: readonly ColumnProfile[],
  time: { timestamp: TimestampPlan | null; columns: readonly number[] },
): TableContext {
  return {
    timed: time.timestamp !== null,
    headerless: table.headerless,
    labelled: labelledColumns(profiles),
    repeatedYears: time.timestamp ? repeatedYears(table, profiles, time.timestamp, time.columns) : new Set(),
    quoted: table.recordPath === undefined ? new Set() : quotedColumns(profiles, time.columns),
  };
}

const MOST_LABELS = 40;

/**
 * Whole numbers between quotes that come back, in records whose other numbers have none: whoever wrote them took them for
 * labels. Not where measures are quoted too.
 */
function quotedColumns(profiles: readonly ColumnProfile[], timeColumns: readonly number[]): Set<number> {
  const others = profiles.filter(({ index, numeric }) => numeric > 0 && !timeColumns.includes(index));
  const isQuoted = (one: ColumnProfile) => one.typed === 0 && one.numeric === usableCells(one);
  const quoted = others.filter(isQuoted);
  if (quoted.length === others.length || quoted.some(({ integers }) => !integers)) return new Set();
  const comesBack = ({ name, distinct, filled }: ColumnProfile) =>
    !isQuantityName(name) && distinct <= Math.min(MOST_LABELS, filled / 2);
  return new Set(quoted.filter(comesBack).map(({ index }) => index));
}

/** Whole numbers beside a column of as many words, named alike but for "name" or "description". */
function labelledColumns(profiles: readonly ColumnProfile[]): Set<number> {
  const labels = new Map<string, ColumnProfile>();
  for (const one of profiles) {
    const base = one.numeric === 0 && usableCells(one) > 0 ? labelledName(one.name) : null;
    if (base !== null) labels.set(base, one);
  }
  if (labels.size === 0) return new Set();
  return new Set(
    profiles
      .filter((one) => {
        const label = one.integers ? labels.get(one.name.trim().toLowerCase()) : undefined;
        // One name a number: names of what is counted come back under many numbers.
        return label !== undefined && one.distinct <= label.distinct * 1.1 + 1;
      })
      .map(({ index }) => index),
  );
}

const COMPARED = 2_000;
/** A season begins in one year and ends in the next. */
const APART = 1;

function repeatedYears(
  table: SourceTable,
  profiles: readonly ColumnProfile[],
  timestamp: TimestampPlan,
  timeColumns: readonly number[],
): Set<number> {
  const candidates = profiles.filter(
    ({ index, integers, min, max }) =>
      integers && min >= 1_500 && max <= 2_200 && !timeColumns.includes(index),
  );
  if (candidates.length === 0) return new Set();
  const seen = new Map(candidates.map(({ index }) => [index, { years: 0, repeated: 0 }]));
  let compared = 0;
  for (const { cells } of table.rows) {
    if (++compared > COMPARED) break;
    const micros = readRowTime(
      timeColumns.map((at) => cells[at] ?? null),
      timestamp,
    );
    if (micros === null) continue;
    const year = new Date(micros / 1_000).getUTCFullYear();
    for (const [index, count] of seen) {
      const cell = cells[index] ?? "";
      if (cell === "") continue;
      count.years++;
      if (Math.abs(Number(cell) - year) <= APART) count.repeated++;
    }
  }
  return new Set(
    [...seen].flatMap(([index, { years, repeated }]) =>
      years > 0 && repeated >= years * 0.95 ? [index] : [],
    ),
  );
}
