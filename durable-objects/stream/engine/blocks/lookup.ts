import { CHUNK_KINDS } from "../../../../src/streams/block/block";
import { decodeChunkInto, MAX_CHUNK_POINTS } from "../../../../src/streams/block/chunk";
import { boundOf, firstFrom, ordinalAt, type Part, type Range } from "../../../../src/streams/engine/merge";
import type { Places } from "../../../../src/streams/engine/places";
import { textCache, windowCache } from "./cache";
import { textPartOf } from "./chunk-parts";
import {
  type Asked,
  bytesOf,
  covering,
  cutPoints,
  cutTexts,
  extentAround,
  type Window,
  windowOf,
} from "./chunk-window";
import { type ChunkAt, keyOf, type Run } from "./runs";
import type { BlockStore } from "./store";

type Texts = Record<string, string>;
type Ask = (chunk: ChunkAt, places: Places, from: number, to: number, masks: readonly Range[]) => void;

/** Where chunks are decoded: what is kept of one is copied. */
const scratch = {
  times: new Float64Array(MAX_CHUNK_POINTS),
  ordinals: new Uint32Array(MAX_CHUNK_POINTS),
  columns: [new Float64Array(MAX_CHUNK_POINTS)] as const,
  from: 0,
  to: 0,
};

/**
 * What stands in blocks at many places: asked for all the points of a frame that are not new for sure, in one walk. A walk
 * opens each block and decodes each chunk at most once, whatever runs overlap: a thousand places of a large stream lie
 * in a thousand chunks, and in their own order they opened nearly every block for each of them.
 */
export class SealedLookup {
  private isBackward = false;

  constructor(private readonly blocks: BlockStore) {}

  /** The values at places of series, ascending by id; `put` gets what stands there. */
  values(series: readonly Places[], put: (mark: number, value: number) => void): void {
    this.walk(CHUNK_KINDS.raw, series, (chunk, places, from, to, masks) => {
      const window = windowCache.get(chunk.key);
      const kept = covering(window, places, from, to);
      if (kept) {
        const matched = matches(kept, places, from, to);
        const [values] = kept.columns;
        if (values) give(values, matched, places, masks, put);
        if (values || !matched.isAny) return;
      }
      this.decode(chunk, places, from, to, window, (matched) =>
        give(scratch.columns[0], matched, places, masks, put),
      );
    });
  }

  /** The texts of rows at places of tag sets, likewise. */
  texts(tagSets: readonly Places[], put: (mark: number, texts: Texts) => void): void {
    this.walk(CHUNK_KINDS.text, tagSets, (chunk, places, from, to, masks) => {
      const window = textCache.get(chunk.key);
      const kept = covering(window, places, from, to);
      const part = kept ?? textPartOf(this.blocks.bytesOf(chunk));
      const matched = matches(part, places, from, to);
      give(part.rows, matched, places, masks, (mark, { values }) => put(mark, values));
      if (kept) return;
      const extent = extentAround(matched, part.to, window);
      const next = windowOf(part, extent, () => cutTexts(part, extent));
      textCache.put(chunk.key, next, bytesOf(next));
    });
  }

  /** Run by run, the newest first: what is found there is looked for no further. */
  private walk(kind: number, groups: readonly Places[], ask: Ask): void {
    const { runs } = this.blocks;
    let left = groups.filter((places) => places.left > 0);
    // Of blocks that are more than the cache holds, the last of one walk are there for the next, which begins with them.
    this.isBackward = !this.isBackward;
    if (this.isBackward) left.reverse();
    for (let i = runs.length - 1; i >= 0 && left.length > 0; i--) {
      const run = runs[i]!;
      // What is older than a deletion is gone, in every older run too.
      const masks = this.blocks.masksOf(run.rank, CHUNK_KINDS.raw);
      for (const places of left) {
        this.walkRun(run, kind, places, (chunk, from, to) => ask(chunk, places, from, to, masks));
        places.close();
      }
      left = left.filter((places) => places.left > 0);
    }
  }

  private walkRun(
    run: Run,
    kind: number,
    places: Places,
    ask: (chunk: ChunkAt, from: number, to: number) => void,
  ): void {
    for (const meta of this.blocks.withKey(run, keyOf(kind, places.id))) {
      const start = places.firstFrom(meta.minMicros);
      if (start === places.left || places.timeOf(start) > meta.maxMicros) continue;
      const directory = this.blocks.directory(meta);
      const [first, end] = directory.find(kind, places.id);
      for (let at = first, from = start; from < places.left; ) {
        at = firstFrom(directory.max, at, end, places.timeOf(from));
        if (at === end) break;
        from = places.firstFrom(directory.min[at]!, from);
        const to = places.firstFrom(directory.max[at]! + 1, from);
        if (from < to) ask(this.blocks.chunkAt(meta, at), from, to);
        at++;
        // Points at one time may go on in the next chunk.
        from = at < end ? places.firstFrom(directory.min[at]!, 0) : places.left;
      }
    }
  }

  /**
   * Decodes a chunk into {@link scratch}, its values only where a point stands at one of the places, and as far as they are
   * wanted; `use` gets what matched.
   */
  private decode(
    chunk: ChunkAt,
    places: Places,
    from: number,
    to: number,
    before: Window<Part> | null,
    use: (matched: Matched) => void,
  ): void {
    let matched!: Matched;
    let extent!: ReturnType<typeof extentAround>;
    decodeChunkInto(this.blocks.bytesOf(chunk), 1, scratch, 0, (_, count) => {
      scratch.to = count;
      matched = matches(scratch, places, from, to);
      extent = extentAround(matched, count, before);
      return matched.isAny ? extent.to : 0;
    });
    use(matched);
    const next = windowOf(scratch, extent, () => cutPoints(scratch, extent, matched.isAny));
    windowCache.put(chunk.key, next, bytesOf(next));
  }
}

/** Which points of a part stand at the open places `from` to `to`, and between which points those lie. */
interface Matched extends Asked {
  from: number;
  to: number;
  isAny: boolean;
}

/** For each open place that was asked for: the index of its point, or -1. Good until the next {@link matches}. */
let indexes = new Int32Array(MAX_CHUNK_POINTS);

function matches(part: Part, places: Places, from: number, to: number): Matched {
  if (to - from > indexes.length) indexes = new Int32Array(2 * (to - from));
  let at = part.from;
  let first = -1;
  let isAny = false;
  for (let k = from; k < to; k++) {
    const time = places.timeOf(k);
    const ordinal = places.ordinalOf(k);
    at = boundOf(part, at, time, ordinal);
    const isHere = at < part.to && part.times[at] === time && ordinalAt(part, at) === ordinal;
    indexes[k - from] = isHere && !places.wasFound(k) ? at : -1;
    isAny ||= isHere;
    if (first < 0) first = at;
  }
  const end = part.to - 1;
  return { from, to, isAny, places: to - from, first: Math.min(first, end), last: Math.min(at, end) };
}

/** What matched leaves the search, with its point's entry in `column`; what was deleted is none. */
function give<T>(
  column: ArrayLike<T>,
  { from, to, isAny }: Matched,
  places: Places,
  masks: readonly Range[],
  put: (mark: number, one: T) => void,
): void {
  if (!isAny) return;
  for (let k = from; k < to; k++) {
    const at = indexes[k - from]!;
    if (at < 0) continue;
    places.found(k);
    if (!isMasked(masks, places.timeOf(k))) put(places.markOf(k), column[at]!);
  }
}

const isMasked = (masks: readonly Range[], time: number): boolean =>
  masks.some(({ start, end }) => time >= start && time < end);
