import { fromUtf8, utf8 } from "../core/bytes";
import { Recent } from "../core/recent";
import { Damaged } from "./column/bytes";
import type { Frame } from "./frame";

/** The names in a frame, as JSON in it. */
export interface Directory {
  tag_sets: Record<string, string>[];
  fields: string[];
  attributes: [row: number, values: Record<string, string>][];
}

/** Memory of an isolate for directories met of late: sources send the same names in the same order again and again. */
const WRITTEN_BYTES = 1_000_000;
const READ_BYTES = 4_000_000;
/** What a directory takes in memory beside its bytes: the objects, and the keys of the tag sets. */
const MEMORY_PER_BYTE = 4;
/** Fewer tag sets are written as quickly as they are looked for. */
const FEW = 8;
/** Words that a directory is told apart by before all are compared. */
const SAMPLES = 32;

interface Written {
  tagSets: readonly Record<string, string>[];
  fields: readonly string[];
  bytes: Uint8Array;
}

/** By the first tag set itself: who makes frames has one object for a tag set. */
const written = new Recent<object, Written>(WRITTEN_BYTES);
const read = new Recent<number, { bytes: Uint8Array; directory: Directory }>(READ_BYTES);

export function encodeDirectory({ tagSets, fields, attributes }: Frame): Uint8Array {
  const names = fields.map(({ name }) => name);
  const [first] = tagSets;
  const isKept = attributes.length === 0 && first !== undefined && tagSets.length >= FEW;
  const known = isKept ? written.get(first) : undefined;
  if (known && isSame(known.tagSets, tagSets) && isSame(known.fields, names)) return known.bytes;
  const directory: Directory = {
    tag_sets: tagSets,
    fields: names,
    attributes: attributes.map(({ row, values }) => [row, values]),
  };
  const bytes = utf8(JSON.stringify(directory));
  if (isKept) written.put(first, { tagSets, fields: names, bytes }, bytes.length + 8 * tagSets.length);
  return bytes;
}

/** The directory in `bytes`. It may be that of an earlier frame, too, and must not change. Throws {@link Damaged}. */
export function decodeDirectory(bytes: Uint8Array, rows: number, fields: number): Directory {
  const key = sampleOf(bytes);
  const known = read.get(key);
  if (known && known.directory.fields.length === fields && isSameBytes(known.bytes, bytes))
    return known.directory;
  let directory: unknown;
  try {
    directory = JSON.parse(fromUtf8(bytes));
  } catch {
    throw new Damaged("directory");
  }
  if (!isDirectory(directory, rows) || directory.fields.length !== fields) throw new Damaged("directory");
  // Attributes are those of one frame alone, and their rows hold for its length.
  if (directory.attributes.length === 0)
    read.put(key, { bytes: bytes.slice(), directory }, bytes.length * (1 + MEMORY_PER_BYTE));
  return directory;
}

function isSame<T>(a: readonly T[], b: readonly T[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function sampleOf(bytes: Uint8Array): number {
  const step = Math.max(1, Math.floor(bytes.length / (4 * SAMPLES))) * 4;
  const view = viewOf(bytes);
  let hash = bytes.length;
  for (let at = 0; at + 4 <= bytes.length; at += step)
    hash = (Math.imul(hash, 0x01000193) ^ view.getInt32(at, true)) | 0;
  return hash;
}

function isSameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  const [left, right] = [viewOf(a), viewOf(b)];
  let at = 0;
  for (; at + 4 <= a.length; at += 4) if (left.getInt32(at, true) !== right.getInt32(at, true)) return false;
  for (; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function isDirectory(value: unknown, rows: number): value is Directory {
  if (typeof value !== "object" || value === null) return false;
  const { tag_sets, fields, attributes } = value as Partial<Record<keyof Directory, unknown>>;
  if (!Array.isArray(tag_sets) || !Array.isArray(fields) || !Array.isArray(attributes)) return false;
  return (
    tag_sets.every(isTexts) &&
    fields.every((name) => typeof name === "string") &&
    attributes.every(
      (entry) =>
        Array.isArray(entry) &&
        Number.isInteger(entry[0]) &&
        entry[0] >= 0 &&
        entry[0] < rows &&
        isTexts(entry[1]),
    )
  );
}

function isTexts(value: unknown): value is Record<string, string> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  for (const text of Object.values(value)) if (typeof text !== "string") return false;
  return true;
}
