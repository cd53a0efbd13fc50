import { CHUNK_KINDS } from "../../../../src/streams/block/block";
import { MAX_CHUNK_POINTS } from "../../../../src/streams/block/chunk";
import { BUCKET_WIDTH } from "../../../../src/streams/engine/buckets";
import { mergeParts, type Part, type Range, withoutRanges } from "../../../../src/streams/engine/merge";
import type { RowTexts } from "../../../../src/streams/reader";
import { type TextPart, textPartOf } from "../blocks/chunk-parts";
import { type ChunkPlace, keyOf, kindOfKey, type NewBlock, type Run } from "../blocks/runs";
import type { BlockStore } from "../blocks/store";
import { BlockWriter } from "../blocks/writer";
import { ChunkWalk, clustersOf } from "./chunk-walk";
import { GOOD_CHUNK_POINTS, PendingPoints } from "./pending-points";
import { ChunkScratch } from "./scratch";

/** Runs of one level that become one of the next. */
export const FAN_IN = 8;
/** Work of one step, in points: other requests wait for no more than that, some milliseconds. */
const STEP_COST = 4 * MAX_CHUNK_POINTS;
/** What a part and a chunk cost beside their points: late points among old ones make parts of one point. */
const COST = { part: 16, chunk: 100 };

/**
 * Runs as one, sorted by series: what a query reads of a series then lies together. Reads and writes block by block;
 * memory holds one block of each run and a chunk of each.
 */
export class Compaction {
  private readonly made: NewBlock[] = [];
  private readonly writer = new BlockWriter((block) => this.made.push(block));
  private readonly work: Generator<void>;
  private readonly scratch = new ChunkScratch();
  private spent = 0;
  /** One a width: ten thousand series must not make ten thousand of them. */
  private readonly pending = new Map<number, PendingPoints>();

  constructor(
    private readonly blocks: BlockStore,
    readonly runs: readonly Run[],
    /** Ranges deleted later than this log entry are left for the next time. */
    private readonly upToSeq: number,
  ) {
    this.work = this.merge();
  }

  /** The next blocks, or none yet: well compressed points are many to a block. Null when all is written. */
  next(): NewBlock[] | null {
    const isDone = this.work.next().done === true;
    const blocks = this.made.splice(0);
    return isDone && blocks.length === 0 ? null : blocks;
  }

  /** Whether it is time to let others go on. */
  private spend(cost: number): boolean {
    this.spent += cost;
    if (this.spent < STEP_COST) return false;
    this.spent = 0;
    return true;
  }

  private *merge(): Generator<void> {
    const heads = this.runs.map((run) => new ChunkWalk(this.blocks, run));
    for (;;) {
      let key = Number.POSITIVE_INFINITY;
      for (const head of heads) key = Math.min(key, head.key);
      if (key === Number.POSITIVE_INFINITY) break;
      const kind = kindOfKey(key);
      const id = key - keyOf(kind, 0);
      // In the order of the runs' ranks: the last wins.
      const refs = heads.map((head) => head.take(key));
      if (kind === CHUNK_KINDS.text) yield* this.texts(id, refs);
      else yield* this.points(kind, id, refs);
    }
    this.writer.flush();
  }

  private *points(kind: number, id: number, refs: ChunkPlace[][]): Generator<void> {
    const width = kind === CHUNK_KINDS.raw ? 1 : BUCKET_WIDTH;
    const pending = this.pending.get(width) ?? new PendingPoints(width);
    this.pending.set(width, pending);
    pending.put = (part) => this.writer.points(kind, id, part);
    for (const cluster of clustersOf(refs)) {
      const [only] = cluster;
      if (cluster.length === 1 && this.isGood(only!, kind) && pending.isGoodOrEmpty()) {
        pending.flush();
        this.writer.chunk(kind, id, this.bytesOf(only!), only!.points, only!.min, only!.max);
      } else {
        for (const part of mergeParts(this.sources(cluster, kind, this.scratch.reader(width)))) {
          pending.add(part);
          if (this.spend(part.to - part.from + COST.part)) yield;
        }
      }
      if (this.spend(COST.chunk)) yield;
    }
    pending.flush();
  }

  private *texts(id: number, refs: ChunkPlace[][]): Generator<void> {
    for (const cluster of clustersOf(refs)) {
      let rows: RowTexts[] = [];
      for (const part of mergeParts<TextPart>(this.sources(cluster, CHUNK_KINDS.text, () => textPartOf))) {
        for (let i = part.from; i < part.to; i++) rows.push(part.rows[i]!);
        if (rows.length < 1_000) continue;
        this.writer.texts(id, rows);
        rows = [];
        yield;
      }
      this.writer.texts(id, rows);
      if (this.spend(rows.length * COST.part + COST.chunk)) yield;
    }
  }

  /** One source a run, in the order of ranks. */
  private sources<P extends Part>(
    cluster: ChunkPlace[],
    kind: number,
    decoderOf: (source: number) => (chunk: Uint8Array) => P,
  ): Iterable<P>[] {
    return this.runs.map((run, source) => {
      const refs = cluster.filter((ref) => ref.run === run);
      return withoutRanges(this.decoded(refs, decoderOf(source)), this.masks(run, kind));
    });
  }

  private *decoded<P extends Part>(refs: ChunkPlace[], decode: (chunk: Uint8Array) => P): Generator<P> {
    for (const ref of refs) yield decode(this.bytesOf(ref));
  }

  private isGood({ run, min, max, points }: ChunkPlace, kind: number): boolean {
    if (points < (kind === CHUNK_KINDS.raw ? GOOD_CHUNK_POINTS : 1_024)) return false;
    return !this.masks(run, kind).some(({ start, end }) => min < end && max >= start);
  }

  private masks(run: Run, kind: number): Range[] {
    return this.blocks.masksOf(run.rank, kind, this.upToSeq);
  }

  private bytesOf({ meta, at }: ChunkPlace): Uint8Array {
    return this.blocks.open(meta).chunk(at);
  }
}
