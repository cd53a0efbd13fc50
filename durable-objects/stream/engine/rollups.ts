import { CHUNK_KINDS } from "../../../src/streams/block/block";
import { BUCKET_WIDTH, BucketList, bucketsOf, joined, touchedBy } from "../../../src/streams/engine/buckets";
import { inRanges, mergeParts, type Part, type Range, within } from "../../../src/streams/engine/merge";
import { ROLLUP_TIERS } from "../../../src/streams/reader";
import type { BlockStore } from "./blocks/store";
import type { Series } from "./catalog";

/** A tier is kept of a series that has this many points a bucket or more, looked at once it has so many points. */
const WORTH = { pointsPerBucket: 16, points: 1_024, mostPoints: 5_000_000 };
const KINDS = [CHUNK_KINDS.minute, CHUNK_KINDS.hour, CHUNK_KINDS.day];

export const kindOfTier = (tier: number): number => KINDS[tier]!;

/**
 * Points between the first and the last of the ranges that are read at once, and between one of them and the next, about:
 * those of eight chunks, and of one.
 */
const READ_AT_ONCE = { points: 65_536, gap: 8_192 };

/** What is not yet in the sealed buckets of a series: the head's points, and ranges from which points were deleted. */
export interface Unsealed {
  head: Part | null;
  deleted: readonly Range[];
  /** The series' points, the head's among them. */
  points(start: number, end: number): Iterable<Part>;
}

/**
 * Buckets of a minute, an hour and a day. They are sealed like points, under kinds of their own: a bucket that a late point
 * touches is computed anew, and the later one wins. Until then the buckets that the head touches come from the points.
 */
export class Rollups {
  constructor(private readonly blocks: BlockStore) {}

  /** The tiers that the series is dense enough for, beyond those that it has. */
  worthwhile({ count, first, last, tiers }: Series): number[] {
    if (count < WORTH.points || count > WORTH.mostPoints) return [];
    return ROLLUP_TIERS.flatMap((width, tier) => {
      const buckets = (last - first) / width;
      const isWorth = buckets >= 1 && count / buckets >= WORTH.pointsPerBucket;
      return isWorth && !hasTier(tiers, tier) ? [tier] : [];
    });
  }

  /** Buckets of a tier that must be written anew, computed from the next finer tier or from the points. */
  fresh(series: Series, tier: number, unsealed: Unsealed, isNew: boolean, finer: Map<number, Part>): Part {
    const width = ROLLUP_TIERS[tier]!;
    const all = { start: Math.floor(series.first / width) * width, end: series.last + 1 };
    return this.computed(series, tier, unsealed, isNew ? [all] : dirtyRanges(unsealed, width), finer);
  }

  private computed(
    series: Series,
    tier: number,
    unsealed: Unsealed,
    ranges: readonly Range[],
    finer: Map<number, Part>,
  ): Part {
    const width = ROLLUP_TIERS[tier]!;
    const source = finerTier(series.tiers, tier);
    const list = new BucketList();
    for (const batch of batchesOf(ranges, series)) {
      const start = batch[0]!.start;
      const { end } = batch.at(-1)!;
      const parts =
        source === null
          ? unsealed.points(start, end)
          : this.parts(series, source, start, end, finer.get(source));
      bucketsOf(inRanges(parts, batch), width, source === null, list);
    }
    return list.part();
  }

  /**
   * All buckets of a tier in [start, end), whole buckets, as if everything were sealed. `unsealed` is of this range: a page
   * asks for many narrow ones, and each must not cost what the whole head does.
   */
  *read(series: Series, tier: number, unsealed: Unsealed, start: number, end: number): Generator<Part> {
    const finer = new Map<number, Part>();
    let newest: Part | undefined;
    for (let t = 0; t <= tier; t++) {
      if (!hasTier(series.tiers, t)) continue;
      const ranges = dirtyRanges(unsealed, ROLLUP_TIERS[t]!)
        .map((range) => ({ start: Math.max(range.start, start), end: Math.min(range.end, end) }))
        .filter((range) => range.start < range.end);
      newest = this.computed(series, t, unsealed, ranges, finer);
      finer.set(t, newest);
    }
    yield* within(this.parts(series, tier, start, end, newest), start, end);
  }

  private parts(
    series: Series,
    tier: number,
    start: number,
    end: number,
    newest: Part | undefined,
  ): Generator<Part> {
    const sealed: Iterable<Part>[] = this.blocks.sources(
      kindOfTier(tier),
      series.id,
      BUCKET_WIDTH,
      start,
      end,
    );
    return mergeParts(newest && newest.to > 0 ? [...sealed, [newest]] : sealed);
  }
}

export const hasTier = (tiers: number, tier: number): boolean => (tiers & (1 << tier)) !== 0;

/** Whole buckets that the head's points touch, and those that a deleted range cuts. */
function dirtyRanges({ head, deleted }: Unsealed, width: number): Range[] {
  const edges = deleted.flatMap(({ start, end }) =>
    [start, end - 1].map((time) => {
      const bucket = Math.floor(time / width) * width;
      return { start: bucket, end: bucket + width };
    }),
  );
  return joined([...touchedBy(head, width), ...edges]);
}

/**
 * Ranges in order, those near each other together, to be read at once: late points lie in many buckets, and a chunk is
 * decoded whole for each that is read alone.
 */
function* batchesOf(ranges: readonly Range[], { count, first, last }: Series): Generator<Range[]> {
  const microsPerPoint = Math.max(1, last - first) / Math.max(1, count);
  let batch: Range[] = [];
  for (const range of ranges) {
    const isFar =
      batch.length > 0 &&
      (range.end - batch[0]!.start > READ_AT_ONCE.points * microsPerPoint ||
        range.start - batch.at(-1)!.end > READ_AT_ONCE.gap * microsPerPoint);
    if (isFar) {
      yield batch;
      batch = [];
    }
    batch.push(range);
  }
  if (batch.length > 0) yield batch;
}

function finerTier(tiers: number, tier: number): number | null {
  for (let t = tier - 1; t >= 0; t--) if (hasTier(tiers, t)) return t;
  return null;
}
