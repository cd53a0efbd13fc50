import { fail } from "../../core/errors";
import { type Zone, zoneOf } from "../../core/zones";
import type { SeriesReader } from "../reader";
import { type Group, groupSeries } from "./group";
import { columnsOf, selectNumbers } from "./select";
import { type Aggregate, QUERY_LIMITS, type QueryColumns, type QuerySpec } from "./spec";
import { type Grid, gridOf } from "./windows";

/** What a query over windows computes, before any point is read. */
export interface Plan {
  groups: Group[];
  /** Series of all groups. */
  series: number;
  agg: Aggregate;
  /** Null: one window over the whole range. */
  grid: Grid | null;
  /** The range that can have points, within the one asked for. Empty where start >= end. */
  start: number;
  end: number;
  columns: QueryColumns | null;
}

export function planWindows(reader: SeriesReader, spec: QuerySpec): Plan {
  const selected = selectNumbers(reader, spec);
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { firstMicros, lastMicros } of selected) {
    first = Math.min(first, firstMicros);
    last = Math.max(last, lastMicros);
  }
  return {
    groups: groupSeries(selected, spec.groupBy),
    series: selected.length,
    agg: spec.agg ?? "mean",
    grid: gridFor(spec),
    start: Math.max(first, spec.startMicros ?? first),
    end: Math.min(last + 1, spec.endMicros ?? last + 1),
    columns: spec.columns ? columnsOf(selected, spec.groupBy) : null,
  };
}

/** The grid of a query's windows; null without `every`. */
export function gridFor(spec: Pick<QuerySpec, "every" | "zone">): Grid | null {
  if (spec.every === null) return null;
  const grid = gridOf(spec.every, spec.zone === null ? null : zoneFor(spec.zone));
  if (grid) return grid;
  const message = "in a zone, hours past a day are whole days";
  throw fail("invalid_request", `every: ${message}.`, { errors: [{ pointer: "#/query/every", message }] });
}

function zoneFor(name: string): Zone {
  const zone = zoneOf(name);
  if (zone) return zone;
  const message = "not a zone of the IANA time zone database, such as Europe/Berlin";
  throw fail("invalid_request", `tz is ${message}.`, { errors: [{ pointer: "#/query/tz", message }] });
}

/** Fails with `work_budget_exceeded` where a range has too many windows for its series. */
export function checkCells(windows: number, series: number, most: number): void {
  if (windows * series <= most) return;
  throw tooMuch(
    `${windows} windows of ${series} series are asked for, together at most ${most}. ${LESS} or wider windows.`,
  );
}

export const checkRaw = (points: number, most: number = QUERY_LIMITS.rawValues): void => {
  if (points <= most) return;
  throw tooMuch(`About ${Math.round(points)} points must be read at once, at most ${most}. ${LESS}.`);
};

const LESS = "Ask for a shorter range, fewer series";

export const tooMuch = (detail: string) => fail("work_budget_exceeded", detail);
