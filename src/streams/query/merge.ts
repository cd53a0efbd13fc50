import { badCursor, comparePlaces, type Place, placeText } from "./cursor";
import { PageBuilder } from "./page-builder";
import type { QueryColumns, QueryPage } from "./spec";

/** Where a shard goes on: after a place, from the start (null), or no more. */
export type ShardPosition = { after: string | null } | "done";

const DONE = ".";

/** The positions that a merged cursor holds, one for each shard; null: all from the start. */
export function shardPositions(cursor: string | null, shards: number): ShardPosition[] {
  if (cursor === null) return Array.from({ length: shards }, () => ({ after: null }));
  const parts = cursor.split("~");
  if (parts.length !== shards) throw badCursor();
  return parts.map((part) => (part === DONE ? "done" : { after: part === "" ? null : part }));
}

/**
 * One page out of those of several shards, each asked from its position with the same limit (null: it was done). A tag
 * set lives in one shard only, so rows never fall together; rows of one time come in the order of the shards. For rows,
 * and for windows without `group_by`; others are merged from their sums (partials.ts).
 */
export function mergePages(
  pages: readonly (QueryPage | null)[],
  positions: readonly ShardPosition[],
  limit: number,
): QueryPage {
  const taken = pages.map(() => 0);
  const page = new PageBuilder(limit);
  for (let shard = nextShard(pages, taken); shard !== null; shard = nextShard(pages, taken)) {
    const { points, places } = pages[shard]!;
    const at = taken[shard]!;
    if (!page.add(points[at]!, places[2 * at]!, places[2 * at + 1]!)) break;
    taken[shard] = at + 1;
  }
  const cursors = pages.map((one, shard) => cursorAfter(one, taken[shard]!, positions[shard]!));
  const more = cursors.some((cursor) => cursor !== DONE);
  return { ...page.page(false, columnsOfAll(pages)), next: more ? cursors.join("~") : null };
}

/**
 * The shard whose next row is first. Null where no row is left that is known to be next: a shard that used up its page
 * and has another may hold earlier rows there than all that the others have.
 */
function nextShard(pages: readonly (QueryPage | null)[], taken: readonly number[]): number | null {
  let best: { shard: number; place: Place } | null = null;
  for (const [shard, page] of pages.entries()) {
    if (!page) continue;
    const at = taken[shard]!;
    if (at === page.points.length) {
      if (page.next !== null) return null;
      continue;
    }
    const place = { timeMicros: page.points[at]!.timeMicros, tagSet: shard, ordinal: 0 };
    if (!best || comparePlaces(place, best.place) < 0) best = { shard, place };
  }
  return best?.shard ?? null;
}

function cursorAfter(page: QueryPage | null, taken: number, position: ShardPosition): string {
  if (!page) return DONE;
  if (taken === page.points.length) return page.next ?? DONE;
  if (taken === 0) return position === "done" ? DONE : (position.after ?? "");
  const { points, places } = page;
  const last = taken - 1;
  return placeText({
    timeMicros: points[last]!.timeMicros,
    tagSet: places[2 * last]!,
    ordinal: places[2 * last + 1]!,
  });
}

function columnsOfAll(pages: readonly (QueryPage | null)[]): QueryColumns | null {
  const named = pages.flatMap((page) => page?.columns ?? []);
  if (named.length === 0) return null;
  const union = (of: (columns: QueryColumns) => string[]) => [...new Set(named.flatMap(of))].sort();
  return { fields: union(({ fields }) => fields), tags: union(({ tags }) => tags) };
}
