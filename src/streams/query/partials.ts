import { tagSetKey } from "../point";
import type { SeriesReader } from "../reader";
import { emptySums, mergeSums, type Sums, valuesOf } from "./accumulate";
import { addFinished, type GroupCells } from "./cells";
import { placeOf } from "./cursor";
import { fillGaps } from "./fill";
import { lineSums, needsPoints } from "./lines";
import { PageBuilder } from "./page-builder";
import { checkCells, gridFor, planWindows, tooMuch } from "./plan";
import { QUERY_LIMITS, type QueryColumns, type QueryPage, type QuerySpec } from "./spec";
import { edgesOf } from "./windows";

/** What one shard has of a query's windows, to be put together with what others have. Plain data for RPC. */
export interface Partials {
  /** The windows' starts, side by side. */
  times: Float64Array;
  lines: { field: string; tags: Record<string, string>; sums: Sums }[];
  columns: QueryColumns | null;
}

/** Whether the answer of several shards can be put together from sums; percentiles and rates need the points. */
export const mergeable = ({ agg }: QuerySpec): boolean => agg === null || !needsPoints(agg);

/** The sums of all windows of a query, for {@link mergePartials}. Fails with `work_budget_exceeded`. */
export function runPartials(reader: SeriesReader, spec: QuerySpec): Partials {
  const plan = planWindows(reader, spec);
  const { start, end, grid } = plan;
  if (start >= end) return { times: new Float64Array(0), lines: [], columns: plan.columns };
  if (grid) checkCells(grid.count(start, end), plan.series, QUERY_LIMITS.wholeCells);
  const edges = grid ? edgesOf(grid, start, end, QUERY_LIMITS.wholeCells) : Float64Array.of(start, end);
  const lines = plan.groups.flatMap(({ tags, lines }) =>
    lines.map((line) => ({
      field: line.field,
      tags,
      sums: lineSums(reader, line, plan.agg, { edges, start, end }, true),
    })),
  );
  return { times: edges.slice(0, -1), lines, columns: plan.columns };
}

/**
 * The page of a query over shards, from the sums of each. Groups are in the order of their tags: all of it is computed
 * for every page, and a cursor names a group by its number.
 */
export function mergePartials(partials: readonly Partials[], spec: QuerySpec): QueryPage {
  const page = new PageBuilder(
    spec.maxPoints === null ? spec.limit : QUERY_LIMITS.sampledRows,
    spec.cursor === null ? null : placeOf(spec.cursor),
  );
  const columns = columnsOfAll(partials, spec);
  const held = partials.filter(({ lines }) => lines.length > 0);
  if (held.length === 0) return page.page(false, columns);
  const edges = commonEdges(held, spec);
  const lines = commonLines(held, edges, spec.every === null);
  checkCells(edges.length - 1, lines.size, QUERY_LIMITS.wholeCells);
  const more = !addFinished(page, edges, cellsOf(lines, edges, spec), {
    ...spec,
    // One window has no edges that were asked for.
    startMicros: spec.fill === "none" ? null : spec.startMicros,
    endMicros: spec.fill === "none" ? null : spec.endMicros,
  });
  if (more && spec.maxPoints !== null) throw tooMuch("The downsampled answer is larger than one page.");
  return page.page(more, columns);
}

function commonEdges(partials: readonly Partials[], spec: QuerySpec): Float64Array {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { times } of partials) {
    first = Math.min(first, times[0]!);
    last = Math.max(last, times.at(-1)!);
  }
  const grid = gridFor(spec);
  if (!grid) return Float64Array.of(spec.startMicros ?? first, last + 1);
  const start = spec.fill === "none" ? first : (spec.startMicros ?? first);
  const end = spec.fill === "none" ? last + 1 : (spec.endMicros ?? last + 1);
  checkCells(grid.count(start, end), 1, QUERY_LIMITS.wholeCells);
  return edgesOf(grid, start, end, QUERY_LIMITS.wholeCells);
}

type CommonLine = Partials["lines"][number];

function commonLines(partials: readonly Partials[], edges: Float64Array, single: boolean) {
  const lines = new Map<string, CommonLine>();
  const windowAt = new Map(Array.from(edges, (edge, i) => [edge, i]));
  for (const { times, lines: parts } of partials) {
    for (const { field, tags, sums } of parts) {
      const key = `${tagSetKey(tags)}\n${field}`;
      const line = lines.get(key) ?? { field, tags, sums: emptySums(edges.length - 1) };
      lines.set(key, line);
      for (let i = 0; i < times.length; i++) {
        const at = single ? 0 : windowAt.get(times[i]!);
        if (at !== undefined) mergeSums(line.sums, at, sums, i);
      }
    }
  }
  return lines;
}

function cellsOf(lines: ReadonlyMap<string, CommonLine>, edges: Float64Array, spec: QuerySpec): GroupCells[] {
  const groups: GroupCells[] = [];
  let last = "";
  for (const key of [...lines.keys()].sort()) {
    const { field, tags, sums } = lines.get(key)!;
    const group = key.slice(0, key.indexOf("\n"));
    if (group !== last) groups.push({ group: { id: groups.length, tags }, lines: [] });
    last = group;
    const values = valuesOf(sums, spec.agg ?? "mean");
    groups.at(-1)!.lines.push({ field, values, shown: fillGaps(values, edges, "none", null) });
  }
  return groups;
}

function columnsOfAll(partials: readonly Partials[], spec: QuerySpec): QueryColumns | null {
  if (!spec.columns) return null;
  const union = (of: (columns: QueryColumns) => string[]) =>
    [...new Set(partials.flatMap(({ columns }) => (columns ? of(columns) : [])))].sort();
  return { fields: union(({ fields }) => fields), tags: union(({ tags }) => tags) };
}
