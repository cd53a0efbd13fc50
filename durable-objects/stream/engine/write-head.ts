import { CHUNK_KINDS } from "../../../src/streams/block/block";
import type { Part } from "../../../src/streams/engine/merge";
import { ROLLUP_TIERS } from "../../../src/streams/reader";
import type { BlockWriter } from "./block-writer";
import type { Series } from "./catalog";
import type { Engine } from "./engine";
import { hasTier, kindOfTier } from "./rollups";

type Parts = Pick<Engine, "catalog" | "points" | "rollups" | "unsealed">;

const EVER = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;

/** What the head holds, in the order of a run: points, the buckets that must be written anew for them, texts. */
export function writeHead(parts: Parts, writer: BlockWriter): void {
  const { catalog, points } = parts;
  const { head, texts } = points;
  const buckets: Map<number, Part>[] = ROLLUP_TIERS.map(() => new Map());
  for (const series of catalog.series) freshBuckets(parts, series, buckets);
  for (const id of head.ids()) {
    const part = head.whole(id);
    writer.points(CHUNK_KINDS.raw, id, part);
    const series = catalog.series[id]!;
    series.sealedLast = Math.max(series.sealedLast, part.times[part.to - 1]!);
  }
  for (const [tier, fresh] of buckets.entries())
    for (const [id, part] of fresh) writer.points(kindOfTier(tier), id, part);
  for (const id of texts.ids()) writer.texts(id, texts.rows(id, ...EVER));
}

/** Adds a series' new buckets of each tier to `buckets`; a tier that the series now is dense enough for begins. */
function freshBuckets(parts: Parts, series: Series, buckets: Map<number, Part>[]): void {
  const { rollups } = parts;
  const { deleted, head } = parts.points;
  const begun = rollups.worthwhile(series);
  const hasOld = series.tiers !== 0 && (deleted.length > 0 || head.has(series.id));
  if (begun.length === 0 && !hasOld) return;
  const unsealed = parts.unsealed(series, ...EVER);
  const finer = new Map<number, Part>();
  for (const tier of ROLLUP_TIERS.keys()) {
    const isNew = begun.includes(tier);
    if (!isNew && !hasTier(series.tiers, tier)) continue;
    const part = rollups.fresh(series, tier, unsealed, isNew, finer);
    series.tiers |= 1 << tier;
    finer.set(tier, part);
    if (part.to > 0) buckets[tier]!.set(series.id, part);
  }
}
