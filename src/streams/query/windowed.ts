import type { SeriesReader } from "../reader";
import { addCells, addFinished, cellsOf } from "./cells";
import { placeOf } from "./cursor";
import { pointsRead } from "./lines";
import { PageBuilder } from "./page-builder";
import { checkCells, checkRaw, type Plan, planWindows, tooMuch } from "./plan";
import { QUERY_LIMITS, type QueryPage, type QuerySpec } from "./spec";
import { edgesOf, type Grid } from "./windows";

/** Windows times series computed at once while a page is filled. */
const CHUNK_CELLS = 200_000;
const GROWTH = 4;

/** A page of windows by time, then group. A window's time is its start. */
export function windowPage(reader: SeriesReader, spec: QuerySpec): QueryPage {
  const plan = planWindows(reader, spec);
  const after = spec.cursor === null ? null : placeOf(spec.cursor);
  const page = new PageBuilder(spec.maxPoints === null ? spec.limit : QUERY_LIMITS.sampledRows, after);
  // What was asked for is filled also where there is nothing.
  if (plan.series === 0 || (plan.start >= plan.end && spec.fill === "none"))
    return page.page(false, plan.columns);
  const more = !addWindows(page, reader, plan, spec);
  if (more && spec.maxPoints !== null)
    throw tooMuch("The downsampled answer is larger than a page. Ask for fewer series or max_points.");
  return page.page(more, plan.columns);
}

/** Returns whether all rows found room. */
function addWindows(page: PageBuilder, reader: SeriesReader, plan: Plan, spec: QuerySpec): boolean {
  const { grid, start, end } = plan;
  if (grid === null) {
    const edges = Float64Array.of(start, end);
    checkRaw(pointsRead(reader, plan, edges), QUERY_LIMITS.pagePoints);
    return addCells(page, [spec.startMicros ?? start], cellsOf(reader, plan, edges));
  }
  if (spec.fill === "none" && spec.maxPoints === null) return addChunks(page, reader, plan, grid);
  return addWhole(page, reader, plan, grid, spec);
}

/**
 * Computes windows from the page's place on until it is full, or has cost as much as a page may: then it ends where it
 * is, also without a row.
 */
function addChunks(page: PageBuilder, reader: SeriesReader, plan: Plan, grid: Grid): boolean {
  checkCells(grid.count(plan.start, plan.end), plan.series, QUERY_LIMITS.cells);
  const most = Math.max(1, Math.floor(CHUNK_CELLS / plan.series));
  let from = Math.max(plan.start, page.from);
  let windows = Math.min(most, Math.ceil((page.room + 1) / plan.groups.length));
  for (let cost = 0; from < plan.end; ) {
    const { edges, points } = affordable(reader, plan, edgesOf(grid, from, plan.end, windows));
    if (cost > 0 && cost + points > QUERY_LIMITS.pagePoints) {
      page.goOnBefore(from);
      return false;
    }
    cost += points;
    if (!addCells(page, edges.subarray(0, -1), cellsOf(reader, plan, edges))) return false;
    from = edges.at(-1)!;
    windows = Math.min(most, windows * GROWTH);
  }
  return true;
}

/** Fewer of the windows where all together have more points than can be read at once; and about how many those are. */
function affordable(reader: SeriesReader, plan: Plan, edges: Float64Array) {
  for (let kept = edges; ; kept = kept.subarray(0, Math.ceil(kept.length / 2))) {
    const points = pointsRead(reader, plan, kept);
    if (points <= QUERY_LIMITS.rawValues) return { edges: kept, points };
    if (kept.length > 2) continue;
    checkRaw(points, QUERY_LIMITS.pagePoints);
    return { edges: kept, points };
  }
}

/** Computes all windows: filling and downsampling look at a whole line. */
function addWhole(page: PageBuilder, reader: SeriesReader, plan: Plan, grid: Grid, spec: QuerySpec): boolean {
  const start = spec.fill === "none" ? plan.start : (spec.startMicros ?? plan.start);
  const end = spec.fill === "none" ? plan.end : (spec.endMicros ?? plan.end);
  if (start >= end) return true;
  checkCells(grid.count(start, end), plan.series, QUERY_LIMITS.wholeCells);
  const edges = edgesOf(grid, start, end, QUERY_LIMITS.wholeCells);
  checkRaw(pointsRead(reader, plan, edges), QUERY_LIMITS.pagePoints);
  return addFinished(page, edges, cellsOf(reader, plan, edges), spec);
}
