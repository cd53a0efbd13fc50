import { newId } from "../../../../src/core/ids";
import { type Block, CHUNK_KINDS, type Directory, openBlock } from "../../../../src/streams/block/block";
import { type Part, type Range, withoutRanges } from "../../../../src/streams/engine/merge";
import { blockCache, directoryCache } from "./cache";
import { partOf, type TextPart, textPartOf, widened } from "./chunk-parts";
import {
  type BlockMeta,
  type ChunkAt,
  type ChunkPlace,
  firstWith,
  keyOf,
  kindOfKey,
  type NewBlock,
  type Run,
  type Tombstone,
} from "./runs";
import { BlockTable } from "./table";

/** What a directory takes in memory. */
const DIRECTORY_BYTES = 500;
const ENTRY_BYTES = 29;

/** The sealed blocks of a stream, as runs, oldest first, and the ranges deleted from them. */
export class BlockStore {
  runs: Run[] = [];
  tombstones: Tombstone[] = [];
  private nextRun = 1;
  private nextBlock = 1;
  /** Blocks are cached under it: an object that was wiped gives its ids anew. */
  private readonly incarnation = newId("engine");

  private readonly table: BlockTable;

  constructor(sql: SqlStorage) {
    this.table = new BlockTable(sql);
  }

  /** Reads what is there, but for the output of a compaction that never ended, `building`: that is removed. */
  load(building: number | null): void {
    if (building !== null) this.table.deleteRun(building);
    this.runs = this.table.runs();
    this.tombstones = this.table.tombstones();
    for (const { id, blocks } of this.runs) {
      this.nextRun = Math.max(this.nextRun, id + 1);
      for (const block of blocks) this.nextBlock = Math.max(this.nextBlock, block.id + 1);
    }
  }

  /** A run that holds nothing yet; {@link adopt} it when it is whole. */
  newRun(level: number, rank: number): Run {
    return { id: this.nextRun++, level, rank, blocks: [], bytes: 0 };
  }

  /** The rank of what is written next: a tombstone may outlive the runs that it was for, and must not mask what comes. */
  nextRank(): number {
    const ranks = this.tombstones.map(({ upToRank }) => upToRank);
    return Math.max(this.runs.at(-1)?.rank ?? 0, ...ranks) + 1;
  }

  /** Writes the next block of a run. */
  append(run: Run, block: NewBlock): void {
    run.blocks.push(this.insert(run, block));
    run.bytes += block.data.byteLength;
  }

  private insert(run: Run, block: NewBlock): BlockMeta {
    return this.table.insert(this.nextBlock++, run, block);
  }

  /** Puts a run in the place of others. */
  adopt(run: Run, inPlaceOf: readonly Run[] = []): void {
    const gone = new Set(inPlaceOf.map(({ id }) => id));
    this.runs = this.runs.filter(({ id }) => !gone.has(id));
    if (run.blocks.length > 0) this.runs.push(run);
    this.runs.sort((a, b) => a.rank - b.rank);
  }

  deleteRun(id: number): void {
    this.table.deleteRun(id);
  }

  /** Puts `made` in a block's place, in its run and on disk. */
  rewrite(run: Run, meta: BlockMeta, made: readonly NewBlock[]): void {
    this.table.delete(meta.id);
    run.blocks.splice(run.blocks.indexOf(meta), 1, ...made.map((block) => this.insert(run, block)));
    run.bytes = run.blocks.reduce((sum, { bytes }) => sum + bytes, 0);
    if (run.blocks.length === 0) this.runs = this.runs.filter(({ id }) => id !== run.id);
  }

  addTombstone({ start, end }: Range, seq: number): void {
    const upToRank = this.runs.at(-1)?.rank ?? 0;
    if (this.overlapping({ start, end, upToRank }).next().done) return;
    const id = (this.tombstones.at(-1)?.id ?? 0) + 1;
    const tombstone = { id, start, end, upToRank, seq };
    this.table.insertTombstone(tombstone);
    this.tombstones.push(tombstone);
  }

  dropTombstone(id: number): void {
    this.table.deleteTombstone(id);
    this.tombstones = this.tombstones.filter((tombstone) => tombstone.id !== id);
  }

  /** Blocks in which a deleted range may still lie, or a bucket that it cuts: that one begins before the range. */
  *overlapping(range: Range & { upToRank: number }): Generator<{ run: Run; meta: BlockMeta }> {
    for (const run of [...this.runs]) {
      if (run.rank > range.upToRank) continue;
      for (const meta of [...run.blocks]) {
        const widest = Math.min(CHUNK_KINDS.day, kindOfKey(meta.lastKey));
        const { start, end } = widened(range, widest);
        if (meta.minMicros < end && meta.maxMicros >= start) yield { run, meta };
      }
    }
  }

  open(meta: BlockMeta): Block {
    const key = `${this.incarnation}/${meta.id}`;
    const cached = blockCache.get(key);
    if (cached) return cached;
    const data = this.table.data(meta.id);
    const block = openBlock(data);
    blockCache.put(key, block, data.byteLength);
    directoryCache.put(key, block.directory(), DIRECTORY_BYTES + block.entries * ENTRY_BYTES);
    return block;
  }

  directory(meta: BlockMeta): Directory {
    return directoryCache.get(`${this.incarnation}/${meta.id}`) ?? this.open(meta);
  }

  /**
   * One source a run, oldest first: the key's points in chunks that touch [start, end), without what was deleted. Of
   * `width` columns, or 0: only where points stand, which takes a tenth of the time.
   */
  sources(kind: number, id: number, width: number, start: number, end: number): Generator<Part>[] {
    const key = keyOf(kind, id);
    const found: Generator<Part>[] = [];
    for (const run of this.runs) {
      const from = firstWith(run.blocks, key);
      const first = run.blocks[from];
      if (!first || first.firstKey > key) continue;
      found.push(this.source(run, from, kind, id, width, start, end));
    }
    return found;
  }

  /** The same of texts. */
  textSources(tagSet: number, start: number, end: number): Generator<TextPart>[] {
    const key = keyOf(CHUNK_KINDS.text, tagSet);
    return this.runs.map((run) => this.textSource(run, key, tagSet, start, end));
  }

  /** Deleted ranges that hold for chunks of a kind in a run: of rollups every bucket that they touch. */
  masksOf(rank: number, kind: number, upToSeq = Number.POSITIVE_INFINITY): Range[] {
    return this.tombstones
      .filter((tombstone) => rank <= tombstone.upToRank && tombstone.seq <= upToSeq)
      .map(({ start, end }) => widened({ start, end }, kind));
  }

  private *source(
    run: Run,
    from: number,
    kind: number,
    id: number,
    width: number,
    start: number,
    end: number,
  ): Generator<Part> {
    const masks = this.masksOf(run.rank, kind);
    for (const chunk of this.chunks(run, from, kind, id, start, end))
      yield* withoutRanges([partOf(chunk, width, end)], masks);
  }

  private *textSource(run: Run, key: number, id: number, start: number, end: number): Generator<TextPart> {
    const masks = this.masksOf(run.rank, CHUNK_KINDS.text);
    for (const chunk of this.chunks(run, firstWith(run.blocks, key), CHUNK_KINDS.text, id, start, end))
      yield* withoutRanges([textPartOf(chunk)], masks);
  }

  /** The key's chunks of a run that touch [start, end). */
  private *chunks(
    run: Run,
    from: number,
    kind: number,
    id: number,
    start: number,
    end: number,
  ): Generator<Uint8Array> {
    const key = keyOf(kind, id);
    for (let i = from; i < run.blocks.length && run.blocks[i]!.firstKey <= key; i++) {
      const meta = run.blocks[i]!;
      if (meta.minMicros >= end || meta.maxMicros < start) continue;
      const directory = this.directory(meta);
      const [first, last] = directory.find(kind, id);
      for (let at = first; at < last; at++)
        if (directory.min[at]! < end && directory.max[at]! >= start) yield this.open(meta).chunk(at);
    }
  }

  /** Where the key's chunks lie, block by block, those that reach the latest times first. */
  *fromNewest(kind: number, id: number): Generator<ChunkPlace[]> {
    const blocks = [...this.blocksOf(keyOf(kind, id))].sort((a, b) => b.meta.maxMicros - a.meta.maxMicros);
    for (const { run, meta } of blocks) yield [...this.placesIn(run, meta, kind, id)];
  }

  private *blocksOf(key: number): Generator<{ run: Run; meta: BlockMeta }> {
    for (const run of this.runs) for (const meta of this.withKey(run, key)) yield { run, meta };
  }

  /** The blocks of a run that may hold the key, in order. */
  *withKey({ blocks }: Run, key: number): Generator<BlockMeta> {
    for (let i = firstWith(blocks, key); i < blocks.length && blocks[i]!.firstKey <= key; i++)
      yield blocks[i]!;
  }

  private *placesIn(run: Run, meta: BlockMeta, kind: number, id: number): Generator<ChunkPlace> {
    const directory = this.directory(meta);
    const { min, max, points } = directory;
    const [first, last] = directory.find(kind, id);
    for (let at = first; at < last; at++)
      yield { run, meta, at, min: min[at]!, max: max[at]!, points: points[at]! };
  }

  chunkAt(meta: BlockMeta, at: number): ChunkAt {
    return { meta, at, key: `${this.incarnation}/${meta.id}/${at}` };
  }

  bytesOf({ meta, at }: ChunkAt): Uint8Array {
    return this.open(meta).chunk(at);
  }
}
