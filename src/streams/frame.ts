import { ByteReader, ByteWriter, Damaged } from "./column/bytes";
import { readIntegers, writeIntegers } from "./column/integers";
import { columnBytesAtMost, readNumbers, writeTimes, writeValues } from "./column/numbers";
import { STREAM_LIMITS } from "./contract";
import { decodeDirectory, encodeDirectory } from "./frame-directory";

/**
 * Rows as columns: what a Worker sends to a stream in one call and what the stream's log keeps. The bytes are drawn in
 * docs/formats/column-frame.md. In memory columns are dense; a missing value or time is NaN, which no stored value can be.
 */
export interface Frame {
  /** Microseconds; NaN: the row has no time and the stream gives it one. */
  times: Float64Array;
  tagSets: Record<string, string>[];
  /** Index into `tagSets` of each row. */
  tagSetOf: Uint32Array;
  fields: FrameField[];
  /** Texts of the few rows that have some, in the order of the rows. */
  attributes: { row: number; values: Record<string, string> }[];
}

export interface FrameField {
  name: string;
  values: Float64Array;
  /** Per row, how many points of this series the request had before at this time; null: none anywhere in the frame. */
  ordinals: Uint32Array | null;
}

const MAGIC = 0x32_46_4d_53; // "SMF2", little endian
const HEADER_BYTES = 16;
/** What the columns of a frame take in memory at most: ordinals may come on top of what a builder counts beforehand. */
const MEMORY_BYTES = 2 * STREAM_LIMITS.frameBytes;

/** Kept for good: what a frame of 5,000 rows and few fields takes at most while it is written. */
const SCRATCH_BYTES = 300_000;

export function encodeFrame(frame: Frame): Uint8Array<ArrayBuffer> {
  const rows = frame.times.length;
  const directory = encodeDirectory(frame);
  const columns = 2 + 2 * frame.fields.length;
  const out = new ByteWriter(scratchOf(HEADER_BYTES + directory.length + columns * columnBytesAtMost(rows)));
  out.u32(MAGIC);
  out.u32(rows);
  out.u32(frame.fields.length);
  out.u32(directory.length);
  out.put(directory);
  writeTimes(out, frame.times);
  writeIntegers(out, frame.tagSetOf);
  for (const { values, ordinals } of frame.fields) {
    writeValues(out, values);
    writeIntegers(out, ordinals);
  }
  return out.bytes.slice(0, out.at);
}

let scratch = new Uint8Array(0);

/** Bytes to write a frame into; it is copied from there, at its length, before the next one is written. */
function scratchOf(length: number): Uint8Array<ArrayBuffer> {
  if (length > SCRATCH_BYTES) return new Uint8Array(length);
  if (scratch.length === 0) scratch = new Uint8Array(SCRATCH_BYTES);
  return scratch;
}

/** The frame in `bytes`, or null where they are not one of this version or damaged. */
export function decodeFrame(bytes: Uint8Array): Frame | null {
  try {
    return readFrame(new ByteReader(bytes));
  } catch (error) {
    if (error instanceof Damaged) return null;
    throw error;
  }
}

function readFrame(from: ByteReader): Frame {
  if (from.u32() !== MAGIC) throw new Damaged("another format");
  const rows = from.u32();
  const fieldCount = from.u32();
  // Of few bytes a column is made that fills much memory: the sizes are looked at before anything is made.
  if (rows > STREAM_LIMITS.rowsPerFrame || sizeOf(rows, fieldCount, fieldCount) > MEMORY_BYTES)
    throw new Damaged("too large");
  const textBytes = from.u32();
  const start = from.take(textBytes);
  const directory = decodeDirectory(from.bytes.subarray(start, start + textBytes), rows, fieldCount);
  const times = readNumbers(from, rows);
  const tagSetOf = readIntegers(from, rows);
  if (!tagSetOf) throw new Damaged("no tag sets");
  const tagSets = directory.tag_sets;
  for (let row = 0; row < rows; row++) if (tagSetOf[row]! >= tagSets.length) throw new Damaged("tag set");
  const fields = directory.fields.map((name) => ({
    name,
    values: readNumbers(from, rows),
    ordinals: readIntegers(from, rows),
  }));
  if (from.at !== from.bytes.length) throw new Damaged("too long");
  const attributes = directory.attributes.map(([row, values]) => ({ row, values }));
  return { times, tagSets, tagSetOf, fields, attributes };
}

/** Bytes of a frame in memory, texts aside. */
export const memoryOf = ({ times, fields }: Frame): number =>
  sizeOf(times.length, fields.length, fields.filter(({ ordinals }) => ordinals !== null).length);

/** Bytes of a frame's columns in memory. */
export const sizeOf = (rows: number, fields: number, ordinalColumns: number): number =>
  rows * (8 + 8 * fields + 4 + 4 * ordinalColumns);
