import { CHUNK_KINDS } from "../../../src/streams/block/block";
import type { Part } from "../../../src/streams/engine/merge";
import { ROLLUP_TIERS } from "../../../src/streams/reader";
import type { Run } from "./blocks/runs";
import type { BlockStore } from "./blocks/store";
import { BlockWriter } from "./blocks/writer";
import type { Catalog, Series } from "./catalog";
import type { Points } from "./points";
import { hasTier, kindOfTier, type Rollups } from "./rollups";

interface Parts {
  catalog: Catalog;
  points: Points;
  rollups: Rollups;
  blocks: BlockStore;
}

const EVER = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;

/** Writes what the head holds as a run: points, the buckets that must be written anew for them, texts. */
export function writeHead(parts: Parts): Run {
  const { catalog, points, blocks } = parts;
  const run = blocks.newRun(0, blocks.nextRank());
  const writer = new BlockWriter((block) => blocks.append(run, block));
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
  writer.flush();
  return run;
}

/** Adds a series' new buckets of each tier to `buckets`; a tier that the series now is dense enough for begins. */
function freshBuckets(parts: Parts, series: Series, buckets: Map<number, Part>[]): void {
  const { rollups } = parts;
  const { deleted, head } = parts.points;
  const begun = rollups.worthwhile(series);
  const hasOld = series.tiers !== 0 && (deleted.length > 0 || head.has(series.id));
  if (begun.length === 0 && !hasOld) return;
  const unsealed = parts.points.unsealed(series, ...EVER);
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
