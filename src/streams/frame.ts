import { fromUtf8, utf8 } from "../core/bytes";

/**
 * Rows as columns: what a Worker sends to a stream in one call. The bytes are drawn in docs/formats/column-frame.md.
 * Columns are dense; a missing value or time is NaN, which no stored value can be.
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

const MAGIC = 0x31_46_4d_53; // "SMF1", little endian
const HEADER_BYTES = 24;

interface Directory {
  tag_sets: Record<string, string>[];
  fields: { name: string; ordinals: boolean }[];
  attributes: [row: number, values: Record<string, string>][];
}

export function encodeFrame(frame: Frame): Uint8Array<ArrayBuffer> {
  const rows = frame.times.length;
  const directory: Directory = {
    tag_sets: frame.tagSets,
    fields: frame.fields.map(({ name, ordinals }) => ({ name, ordinals: ordinals !== null })),
    attributes: frame.attributes.map(({ row, values }) => [row, values]),
  };
  const text = utf8(JSON.stringify(directory));
  const ordinalColumns = frame.fields.filter((field) => field.ordinals !== null).length;
  const out = new Uint8Array(sizeOf(rows, frame.fields.length, ordinalColumns) + text.length);
  const header = new Uint32Array(out.buffer, 0, HEADER_BYTES / 4);
  header.set([MAGIC, rows, frame.fields.length, ordinalColumns, text.length, 0]);
  let at = HEADER_BYTES;
  const put = (column: Float64Array | Uint32Array) => {
    out.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), at);
    at += column.byteLength;
  };
  put(frame.times);
  for (const field of frame.fields) put(field.values);
  put(frame.tagSetOf);
  for (const field of frame.fields) if (field.ordinals) put(field.ordinals);
  out.set(text, at);
  return out;
}

/** The frame in `bytes`, or null where they are not one of this version. */
export function decodeFrame(bytes: Uint8Array): Frame | null {
  if (bytes.byteLength < HEADER_BYTES) return null;
  // Columns are read in place, and a Float64Array must start at a multiple of 8.
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
  const { buffer, byteOffset } = aligned;
  const [magic, rows, fieldCount, ordinalColumns, textBytes] = new Uint32Array(buffer, byteOffset, 5);
  if (magic !== MAGIC) return null;
  const columnBytes = sizeOf(rows!, fieldCount!, ordinalColumns!);
  if (columnBytes + textBytes! !== bytes.byteLength) return null;
  const directory = readDirectory(aligned.subarray(columnBytes), fieldCount!, ordinalColumns!);
  if (!directory) return null;
  let at = byteOffset + HEADER_BYTES;
  const floats = () => {
    const column = new Float64Array(buffer, at, rows!);
    at += column.byteLength;
    return column;
  };
  const integers = () => {
    const column = new Uint32Array(buffer, at, rows!);
    at += column.byteLength;
    return column;
  };
  const times = floats();
  const values = directory.fields.map(floats);
  const tagSetOf = integers();
  if (tagSetOf.some((index) => index >= directory.tag_sets.length)) return null;
  const fields = directory.fields.map(({ name, ordinals }, i) => ({
    name,
    values: values[i]!,
    ordinals: ordinals ? integers() : null,
  }));
  const attributes = directory.attributes.map(([row, texts]) => ({ row, values: texts }));
  return { times, tagSets: directory.tag_sets, tagSetOf, fields, attributes };
}

/** Bytes of a frame before its directory. */
export const sizeOf = (rows: number, fields: number, ordinalColumns: number): number =>
  HEADER_BYTES + rows * (8 + 8 * fields + 4 + 4 * ordinalColumns);

function readDirectory(bytes: Uint8Array, fields: number, ordinalColumns: number): Directory | null {
  try {
    // Written by encodeFrame: the counts in the header are the check that it is the whole of it.
    const directory = JSON.parse(fromUtf8(bytes)) as Directory;
    const marked = directory.fields.filter((field) => field.ordinals).length;
    return directory.fields.length === fields && marked === ordinalColumns ? directory : null;
  } catch {
    return null;
  }
}
