import { BitWriter } from "./bit-writer";
import { BitReader } from "./bits";
import { readSingleColumn, writeColumn } from "./column";
import { HEADER_BYTES, unwrapEnvelope, writeEnvelope } from "./envelope";

/** What a chunk holds. Its columns: 1 (raw), 6 (minute, hour, day: count, sum, min, max, first, last), text rows. */
export const CHUNK_KINDS = { raw: 0, minute: 1, hour: 2, day: 3, text: 4 } as const;
export type ChunkKind = (typeof CHUNK_KINDS)[keyof typeof CHUNK_KINDS];

/** A block is finished about here, small against the megabyte that it may have: a chunk is read together with its block. */
export const BLOCK_BYTES = 256_000;

const TAG = "SMB1";
/** Entries and bytes of the directory, two uint32 behind the envelope. */
const PREFIX_BYTES = 8;
/** Of an entry, at most, where 10,000 short chunks lie within an hour; only an estimate while a block grows. */
const ENTRY_BYTES = 10;
const COLUMNS = 6;

/** Collects chunks in the order of (kind, id, minMicros). */
export class BlockBuilder {
  private readonly chunks: Uint8Array[] = [];
  private readonly columns: number[][] = Array.from({ length: COLUMNS }, () => []);
  private chunkBytes = 0;
  private last: [kind: number, id: number, minMicros: number] = [0, 0, Number.NEGATIVE_INFINITY];

  get entries(): number {
    return this.chunks.length;
  }

  /** About the size of the block if it were finished now. */
  get bytes(): number {
    return HEADER_BYTES + PREFIX_BYTES + this.chunkBytes + ENTRY_BYTES * this.entries;
  }

  /**
   * Adds a chunk; it is not copied before `finish`. `kind` fits a byte, `id` and `points` a uint32, the times are
   * integers, microseconds. Throws an Error out of order.
   */
  add(
    kind: number,
    id: number,
    chunk: Uint8Array,
    points: number,
    minMicros: number,
    maxMicros: number,
  ): void {
    const [lastKind, lastId, lastMin] = this.last;
    const order = kind - lastKind || id - lastId || minMicros - lastMin;
    if (order < 0) throw new Error("chunks of a block are added in the order of kind, id and time");
    this.last = [kind, id, minMicros];
    this.chunks.push(chunk);
    this.chunkBytes += chunk.length;
    const entry = [kind, id, points, chunk.length, minMicros, maxMicros - minMicros];
    for (let i = 0; i < COLUMNS; i++) this.columns[i]!.push(entry[i]!);
  }

  /** The block, in its envelope. */
  finish(): Uint8Array<ArrayBuffer> {
    const directory = new BitWriter();
    if (this.entries > 0) {
      for (const column of this.columns)
        writeColumn(directory, [Float64Array.from(column)], 0, 0, this.entries);
    }
    const start = HEADER_BYTES + PREFIX_BYTES;
    const bytes = new Uint8Array(start + directory.at + this.chunkBytes);
    const view = new DataView(bytes.buffer);
    view.setUint32(HEADER_BYTES, this.entries, true);
    view.setUint32(HEADER_BYTES + 4, directory.at, true);
    bytes.set(directory.bytes.subarray(0, directory.at), start);
    let at = start + directory.at;
    for (const chunk of this.chunks) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    writeEnvelope(TAG, bytes);
    return bytes;
  }
}

/** What a block has, as columns, 29 bytes an entry. */
export interface Directory {
  readonly entries: number;
  readonly kinds: Uint8Array;
  readonly ids: Uint32Array;
  /** Points, or text rows, of each chunk. */
  readonly points: Uint32Array;
  /** Earliest time of each chunk, microseconds. */
  readonly min: Float64Array;
  /** Latest time of each chunk, microseconds. */
  readonly max: Float64Array;
  /** Entries `from` to `to` are the chunks of `id`, in the order of their times; none: both are equal. */
  find(kind: number, id: number): [from: number, to: number];
}

/** An open block: its directory, and the bytes it was opened from. */
export interface Block extends Directory {
  /** The bytes of one chunk: a view into the block. */
  chunk(index: number): Uint8Array;
  /** The directory alone, which does not hold on to the bytes. */
  directory(): Directory;
}

const reader = new BitReader();

/** Opens what BlockBuilder wrote, without a copy of the chunks. Throws an Error where it is corrupt. */
export function openBlock(bytes: Uint8Array): Block {
  const payload = unwrapEnvelope(TAG, bytes);
  if (payload.length < PREFIX_BYTES) throw new Error("a block ends before its directory");
  const view = new DataView(payload.buffer, payload.byteOffset);
  const entries = view.getUint32(0, true);
  const start = PREFIX_BYTES + view.getUint32(4, true);
  // An entry has a chunk of at least one byte: a corrupt count must not become an allocation.
  if (start + entries > payload.length) throw new Error("a block ends before its chunks");
  const [kinds, ids, points, sizes, mins, spans] = readDirectory(
    payload.subarray(PREFIX_BYTES, start),
    entries,
  );
  const offsets = new Uint32Array(entries + 1);
  const max = spans!;
  offsets[0] = start;
  for (let i = 0; i < entries; i++) {
    offsets[i + 1] = offsets[i]! + sizes![i]!;
    max[i] = mins![i]! + spans![i]!;
  }
  if (offsets[entries] !== payload.length) throw new Error("the chunks of a block do not add up to it");
  return new OpenBlock(payload, offsets, {
    kinds: new Uint8Array(kinds!),
    ids: new Uint32Array(ids!),
    points: new Uint32Array(points!),
    min: mins!,
    max,
  });
}

function readDirectory(bytes: Uint8Array, entries: number): Float64Array<ArrayBuffer>[] {
  const columns = Array.from({ length: COLUMNS }, () => new Float64Array(entries));
  if (entries === 0) return columns;
  reader.load(bytes);
  for (const column of columns) readSingleColumn(reader, column, 0, entries);
  reader.assertWithin();
  return columns;
}

type Columns = Pick<Directory, "kinds" | "ids" | "points" | "min" | "max">;

class OpenDirectory implements Directory {
  readonly entries: number;
  readonly kinds: Uint8Array;
  readonly ids: Uint32Array;
  readonly points: Uint32Array;
  readonly min: Float64Array;
  readonly max: Float64Array;

  constructor({ kinds, ids, points, min, max }: Columns) {
    this.entries = kinds.length;
    this.kinds = kinds;
    this.ids = ids;
    this.points = points;
    this.min = min;
    this.max = max;
  }

  find(kind: number, id: number): [from: number, to: number] {
    return [this.firstFrom(kind, id), this.firstFrom(kind, id + 1)];
  }

  /** The first entry that does not stand before (kind, id). */
  private firstFrom(kind: number, id: number): number {
    let low = 0;
    let high = this.entries;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const order = this.kinds[middle]! - kind || this.ids[middle]! - id;
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

class OpenBlock extends OpenDirectory implements Block {
  constructor(
    private readonly payload: Uint8Array,
    private readonly offsets: Uint32Array,
    columns: Columns,
  ) {
    super(columns);
  }

  chunk(index: number): Uint8Array {
    if (!(index >= 0 && index < this.entries))
      throw new Error(`a block of ${this.entries} has no chunk ${index}`);
    return this.payload.subarray(this.offsets[index]!, this.offsets[index + 1]!);
  }

  directory(): Directory {
    return new OpenDirectory(this);
  }
}
