import { Inflate } from "fflate";
import { AppError, fail } from "../../../core/errors";
import { WORKBOOK_LIMITS } from "./limits";

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_ENTRY = 0x04034b50;
const STORED = 0;
const DEFLATED = 8;
/** A packed piece inflates to at most 1,032 times its size: 8 MB. */
const PIECE_BYTES = 8_192;

/** A part of a package, as the directory at its end tells of it. Sizes are claims until the part was read. */
export interface ZipEntry {
  name: string;
  method: number;
  encrypted: boolean;
  packedBytes: number;
  bytes: number;
  at: number;
}

const damaged = (what: string) => fail("malformed_data", `The workbook is damaged: ${what}.`);

/**
 * The directory of a ZIP file (PKWARE APPNOTE 6.3.10, section 4.3.12), checked before anything is inflated. Throws
 * `malformed_data` where it is damaged and `payload_too_large` where it declares more than is read.
 */
export function readDirectory(file: Uint8Array): ZipEntry[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const end = endOfDirectory(view);
  if (end < 0) throw damaged("its end is missing");
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  // 0xffff and 0xffffffff mean ZIP64, which only files past 4 GB or 65,535 parts need.
  if (count === 0xffff || at === 0xffffffff || count > WORKBOOK_LIMITS.parts)
    throw fail(
      "payload_too_large",
      `The workbook has more than ${WORKBOOK_LIMITS.parts} parts or is of the ZIP64 kind.`,
    );
  const entries: ZipEntry[] = [];
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== DIRECTORY_ENTRY) throw damaged("its directory is cut");
    const nameBytes = view.getUint16(at + 28, true);
    const after = at + 46 + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (after > end) throw damaged("its directory is cut");
    entries.push({
      name: new TextDecoder().decode(file.subarray(at + 46, at + 46 + nameBytes)).replaceAll("\\", "/"),
      method: view.getUint16(at + 10, true),
      encrypted: (view.getUint16(at + 8, true) & 1) === 1,
      packedBytes: view.getUint32(at + 20, true),
      bytes: view.getUint32(at + 24, true),
      at: view.getUint32(at + 42, true),
    });
    at = after;
  }
  checkSizes(entries, file.length);
  return entries;
}

/** The record stands before a comment of at most 65,535 bytes; the last one that fits the end of the file is it. */
function endOfDirectory(view: DataView): number {
  const first = Math.max(0, view.byteLength - 22 - 0xffff);
  for (let at = view.byteLength - 22; at >= first; at--)
    if (view.getUint32(at, true) === END_OF_DIRECTORY) return at;
  return -1;
}

function checkSizes(entries: readonly ZipEntry[], fileBytes: number): void {
  let bytes = 0;
  let packed = 0;
  for (const entry of entries) {
    bytes += entry.bytes;
    packed += entry.packedBytes;
  }
  if (packed > fileBytes) throw damaged("its parts overlap");
  if (bytes > WORKBOOK_LIMITS.inflatedBytes || isBomb(bytes, packed)) throw tooLarge(bytes);
}

const isBomb = (bytes: number, packed: number): boolean =>
  bytes > WORKBOOK_LIMITS.ratioFrom && bytes > packed * WORKBOOK_LIMITS.ratio;

const tooLarge = (bytes: number) =>
  fail(
    "payload_too_large",
    `The parts of the workbook inflate to more than is read (${bytes} bytes so far).`,
  );

/** Counts what all parts of one file inflate to, so that claims in the directory are not believed. */
export class InflatedBytes {
  #total = 0;
  constructor(readonly most: number = WORKBOOK_LIMITS.inflatedBytes) {}
  add(bytes: number): void {
    this.#total += bytes;
    if (this.#total > this.most) throw tooLarge(this.#total);
  }
}

/** Inflates a part piece by piece. A piece is valid until the next one. */
export function* inflateEntry(
  file: Uint8Array,
  entry: ZipEntry,
  inflated: InflatedBytes,
): Generator<Uint8Array> {
  const packed = packedPart(file, entry);
  let bytes = 0;
  const count = (piece: Uint8Array, read: number): void => {
    bytes += piece.length;
    inflated.add(piece.length);
    if (isBomb(bytes, read)) throw tooLarge(bytes);
  };
  if (entry.method === STORED) {
    for (let at = 0; at < packed.length; at += PIECE_BYTES * 8) {
      const piece = packed.subarray(at, at + PIECE_BYTES * 8);
      count(piece, Number.POSITIVE_INFINITY);
      yield piece;
    }
  } else {
    const out: Uint8Array[] = [];
    const stream = new Inflate((piece) => {
      if (piece.length > 0) out.push(piece);
    });
    for (let at = 0; at < packed.length; at += PIECE_BYTES) {
      push(stream, packed.subarray(at, at + PIECE_BYTES), at + PIECE_BYTES >= packed.length);
      for (const piece of out) {
        count(piece, at + PIECE_BYTES);
        yield piece;
      }
      out.length = 0;
    }
  }
  if (bytes !== entry.bytes) throw damaged(`"${entry.name.slice(0, 100)}" is not as long as declared`);
}

function push(stream: Inflate, piece: Uint8Array, last: boolean): void {
  try {
    stream.push(piece, last);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw damaged("a part cannot be inflated");
  }
}

function packedPart(file: Uint8Array, entry: ZipEntry): Uint8Array {
  if (entry.encrypted)
    throw fail(
      "unrecognised_format",
      "The workbook is encrypted. Save it without a password and send it again.",
    );
  if (entry.method !== STORED && entry.method !== DEFLATED)
    throw damaged(`a part is packed by method ${entry.method}, which workbooks do not use`);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (entry.at + 30 > file.length || view.getUint32(entry.at, true) !== LOCAL_ENTRY)
    throw damaged("a part is not where the directory says");
  const from = entry.at + 30 + view.getUint16(entry.at + 26, true) + view.getUint16(entry.at + 28, true);
  if (from + entry.packedBytes > file.length) throw damaged("a part is cut");
  return file.subarray(from, from + entry.packedBytes);
}
