import { pipeline } from "node:stream/promises";
import { crc32, createInflateRaw, inflateRawSync } from "node:zlib";
import { AppError, fail } from "../../core/errors";
import type { ZipEntry } from "./directory";

export const STORED = 0;
export const DEFLATED = 8;

/** Of APPNOTE 4.4.5, those that are met: named so that it can be packed again. */
const METHODS: Record<number, string> = {
  9: "Deflate64",
  12: "bzip2",
  14: "LZMA",
  93: "Zstandard",
  95: "XZ",
  98: "PPMd",
  99: "AES encryption",
};

/** The bytes of an entry, or why it cannot be read. */
export type EntryContent = { bytes: Uint8Array } | { unreadable: string };

/** What can be said without inflating: why an entry is not read, or null. */
export function whyUnread({ isEncrypted, isLink, method }: ZipEntry): string | null {
  if (isEncrypted) return "is encrypted";
  if (isLink) return "is a link";
  if (method === STORED || method === DEFLATED) return null;
  return `is packed by ${METHODS[method] ?? `method ${method}`}, which is not read,`;
}

/**
 * Inflates an entry. zlib is told the declared size as its limit, so that an entry which makes more of itself ends
 * there; size, end and checksum must then be as declared.
 */
export function readEntry(archive: Uint8Array, entry: ZipEntry): EntryContent {
  const packed = archive.subarray(entry.start, entry.start + entry.packedBytes);
  const bytes = entry.method === STORED ? packed : inflated(packed, entry.bytes);
  if (bytes === null) return { unreadable: "is damaged" };
  if (bytes.byteLength !== entry.bytes) return { unreadable: "is not as large as it declares" };
  return crc32(bytes) === entry.crc32 ? { bytes } : { unreadable: "is damaged: its checksum is wrong" };
}

function inflated(packed: Uint8Array, bytes: number): Uint8Array | null {
  try {
    // One more than declared: what is larger shows, and zlib takes no limit of 0.
    const { buffer, engine } = inflateWithInfo(packed, bytes + 1);
    return engine.bytesWritten === packed.byteLength ? buffer : null;
  } catch {
    return null;
  }
}

interface Inflated {
  buffer: Uint8Array;
  /** `bytesWritten`: what zlib took of its input. */
  engine: { bytesWritten: number };
}

/** The types of `node:zlib` leave out what its documented option `info` changes about the answer. */
const inflateWithInfo = (packed: Uint8Array, maxOutputLength: number): Inflated =>
  inflateRawSync(packed, { maxOutputLength, info: true }) as unknown as Inflated;

/** What a packed piece inflates to is held at once: 1,032 times its size at most, which is 8 MB. */
const PIECE_BYTES = 8_192;

/**
 * The bytes of an entry that {@link whyUnread} has nothing against, inflated while they are read. A piece is valid until
 * the next one. Throws `malformed_data` as soon as there are more than declared, and at the end where there are fewer,
 * their checksum is wrong or the packed bytes do not end with them.
 */
export async function* entryPieces(
  archive: Uint8Array,
  entry: ZipEntry,
): AsyncGenerator<Uint8Array, void, undefined> {
  const packed = archive.subarray(entry.start, entry.start + entry.packedBytes);
  let bytes = 0;
  let sum = 0;
  for await (const piece of entry.method === STORED ? slices(packed) : inflatedPieces(packed, entry)) {
    bytes += piece.byteLength;
    if (bytes > entry.bytes) throw damaged(entry, "is larger than it declares");
    sum = crc32(piece, sum);
    yield piece;
  }
  if (bytes !== entry.bytes) throw damaged(entry, "is not as large as it declares");
  if (sum !== entry.crc32) throw damaged(entry, "is damaged: its checksum is wrong");
}

const damaged = ({ name }: ZipEntry, why: string) =>
  fail("malformed_data", `"${name.slice(0, 100)}" in the file ${why}.`);

function* slices(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}

async function* inflatedPieces(packed: Uint8Array, entry: ZipEntry): AsyncGenerator<Uint8Array> {
  const inflating = createInflateRaw({ chunkSize: 65_536 });
  // What fails shows where the output is read.
  pipeline(slices(packed), inflating).catch(() => {});
  try {
    yield* inflating as AsyncIterable<Uint8Array>;
    if (inflating.bytesWritten !== packed.byteLength) throw damaged(entry, "has more behind its end");
  } catch (error) {
    throw error instanceof AppError ? error : damaged(entry, "is damaged");
  } finally {
    inflating.destroy();
  }
}
