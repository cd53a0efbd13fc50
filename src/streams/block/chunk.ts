import { BitWriter } from "./bit-writer";
import { BitReader } from "./bits";
import { readColumn, readSingleColumn, writeColumn } from "./column";
import { readTimes, type TimeForm, writeTimes } from "./times";

/** Points of one chunk, at most: what one read decodes and one merge rewrites for a single late point. */
export const MAX_CHUNK_POINTS = 8192;

/** The first byte: the form of the times in bits 0 and 1, bit 2 for ordinals, a small count in the high five. */
const ORDINALS = 4;
const COUNT_SHIFT = 3;
const SMALL_COUNT = 31;

export interface Chunk {
  /** Microseconds, ascending. */
  times: Float64Array<ArrayBuffer>;
  columns: Float64Array<ArrayBuffer>[];
  /** Which of several points at one time each is; null: 0 everywhere. */
  ordinals: Uint32Array<ArrayBuffer> | null;
}

/** Where decodeChunkInto writes: arrays with room for the chunk. */
export interface ChunkTarget {
  times: Float64Array;
  /** One entry a column; null: the column is not wanted and not decoded. */
  columns: readonly (Float64Array | null)[];
  /** Filled, with 0 where the chunk has none, when it is given. */
  ordinals?: Uint32Array | null;
}

const writer = new BitWriter();
const reader = new BitReader();

/**
 * Points `from` to `to` (1 to MAX_CHUNK_POINTS of them) as bytes. `times` are integers, microseconds, |t| < 2^53,
 * ascending, equal ones allowed; `columns` (1 to 15) hold any doubles and come back bit by bit, -0 and NaN included.
 */
export function encodeChunk(
  times: Float64Array,
  columns: readonly Float64Array[],
  ordinals: Uint32Array | null,
  from: number,
  to: number,
): Uint8Array<ArrayBuffer> {
  const count = to - from;
  if (count < 1 || count > MAX_CHUNK_POINTS)
    throw new Error(`a chunk has 1 to ${MAX_CHUNK_POINTS} points, not ${count}`);
  writer.reset();
  writer.byte(0);
  if (count > SMALL_COUNT) writer.varint(count);
  const form = writeTimes(writer, times, from, to);
  const withOrdinals = ordinals?.subarray(from, to).some((ordinal) => ordinal !== 0) ?? false;
  writer.bytes[0] = form | (withOrdinals ? ORDINALS : 0) | (count <= SMALL_COUNT ? count << COUNT_SHIFT : 0);
  if (withOrdinals) writeColumn(writer, [Float64Array.from(ordinals!.subarray(from, to))], 0, 0, count);
  if (columns.length === 1) writeColumn(writer, columns, 0, from, to);
  else writeColumns(columns, from, to);
  return writer.copy();
}

/**
 * How many of a chunk's values are wanted, from the first on, now that its times are known; 0: none. A column of a chunk
 * with several is read whole or not at all, and any of one may be.
 */
export type Wanted = (times: Float64Array, count: number) => number;

/**
 * The points in `bytes`, which encodeChunk wrote with `columnCount` columns; values that are not `wanted` may be 0. Throws
 * an Error where they are corrupt.
 */
export function decodeChunk(bytes: Uint8Array, columnCount: number, wanted?: Wanted): Chunk {
  const { count, ordinals: withOrdinals } = open(bytes);
  const times = new Float64Array(count);
  const columns = Array.from({ length: columnCount }, () => new Float64Array(count));
  const ordinals = withOrdinals ? new Uint32Array(count) : null;
  decodeChunkInto(bytes, columnCount, { times, columns, ordinals }, 0, wanted);
  return { times, columns, ordinals };
}

/**
 * Decodes to `target` from index `at` on and returns how many points that were. Values that are not `wanted` may stay what
 * they were. Throws an Error as decodeChunk.
 */
export function decodeChunkInto(
  bytes: Uint8Array,
  columnCount: number,
  target: ChunkTarget,
  at: number,
  wanted?: Wanted,
): number {
  const { count, form, ordinals: withOrdinals } = open(bytes);
  if (at + count > target.times.length) throw new Error(`${count} points do not fit behind ${at}`);
  readTimes(reader, form, target.times, at, count);
  if (withOrdinals) {
    const ordinals = new Float64Array(count);
    readSingleColumn(reader, ordinals, 0, count);
    target.ordinals?.set(ordinals, at);
  } else target.ordinals?.fill(0, at, at + count);
  reader.assertWithin();
  const values = wanted ? wanted(target.times, count) : count;
  if (values === 0) return count;
  if (columnCount === 1) {
    const column = target.columns[0];
    if (column) readSingleColumn(reader, column, at, count, values);
  } else readColumns(columnCount, target.columns, at, count);
  reader.assertWithin();
  return count;
}

function open(bytes: Uint8Array): { count: number; form: TimeForm; ordinals: boolean } {
  reader.load(bytes);
  const head = reader.byte();
  const count = head >> COUNT_SHIFT || reader.varint();
  if (count > MAX_CHUNK_POINTS) throw new Error(`a chunk of ${count} points`);
  return { count, form: (head & 3) as TimeForm, ordinals: (head & ORDINALS) !== 0 };
}

/** Several columns: the size of each but the last, then each, so that a reader takes only those it wants. */
function writeColumns(columns: readonly Float64Array[], from: number, to: number): void {
  const start = writer.at;
  const sizes: number[] = [];
  for (let i = 0; i < columns.length; i++) {
    const before = writer.at;
    writeColumn(writer, columns, i, from, to);
    sizes.push(writer.at - before);
  }
  const written = writer.bytes.slice(start, writer.at);
  writer.rewind(start);
  for (const size of sizes.slice(0, -1)) writer.varint(size);
  writer.append(written);
}

function readColumns(
  columnCount: number,
  targets: readonly (Float64Array | null)[],
  at: number,
  count: number,
): void {
  const starts = [0];
  for (let i = 1; i < columnCount; i++) starts.push(starts[i - 1]! + reader.varint());
  const base = reader.at;
  for (let i = 0; i < columnCount; i++) {
    const target = targets[i];
    if (!target) continue;
    reader.seek(base + starts[i]!);
    const original = readColumn(reader, target, at, count);
    if (original < 0) continue;
    if (original >= i) throw new Error("a column copies a later one");
    const source = targets[original];
    if (source) target.set(source.subarray(at, at + count), at);
    else {
      reader.seek(base + starts[original]!);
      readColumn(reader, target, at, count);
    }
  }
}
