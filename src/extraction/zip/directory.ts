import { fail } from "../../core/errors";

/** An entry as the central directory has it; sizes and offsets in bytes. */
export interface ZipEntry {
  /** As written, whatever path it makes. */
  name: string;
  isDirectory: boolean;
  isLink: boolean;
  isEncrypted: boolean;
  /** 0 stored, 8 deflated; others are not read. */
  method: number;
  crc32: number;
  packedBytes: number;
  /** As declared. */
  bytes: number;
  /** Where its packed bytes begin. */
  start: number;
}

const END = 0x06054b50;
const END64_LOCATOR = 0x07064b50;
const END64 = 0x06064b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const ENCRYPTED_FLAGS = 0x2041;
const HOST_UNIX = 3;

export const isZip = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x50 &&
  bytes[1] === 0x4b &&
  ((bytes[2] === 3 && bytes[3] === 4) || (bytes[2] === 5 && bytes[3] === 6));

const damaged = (what: string) => fail("malformed_data", `The ZIP archive is damaged: ${what}.`);

/**
 * The entries of a ZIP archive (PKWARE APPNOTE 6.3.10, Zip64 among it) by its central directory, which alone is
 * believed: what a reader of local headers would find may be hidden or doubled. No data are inflated. Throws
 * `malformed_data` for a directory that is cut off, points outside, or whose entries share bytes, and
 * `payload_too_large` for one of more than `maxEntries`.
 */
export function readDirectory(bytes: Uint8Array, maxEntries: number): ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { count, offset, size, end } = endOf(view);
  if (count > maxEntries)
    throw fail("payload_too_large", `The archive has ${count} entries; at most ${maxEntries} are taken.`, {
      extra: { limit_entries: maxEntries },
    });
  // Bytes before the archive (a program that unpacks itself) shift all that it says.
  const shift = end - size - offset;
  if (shift < 0) throw damaged("its directory lies outside");
  const entries: (ZipEntry & { header: number })[] = [];
  let at = offset + shift;
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== CENTRAL) throw damaged("its directory is cut off");
    const { entry, next } = centralEntry(view, at, shift);
    if (next > end) throw damaged("its directory is cut off");
    entries.push(entry);
    at = next;
  }
  if (at !== end) throw damaged("its directory holds more than it counts");
  requireApart(entries, offset + shift);
  return entries.map(({ header: _, ...entry }) => entry);
}

interface Directory {
  count: number;
  offset: number;
  size: number;
  /** Where the directory must have ended. */
  end: number;
}

/** Section 4.3.16: the record at the end, behind which only a comment stands. */
function endOf(view: DataView): Directory {
  const last = view.byteLength - 22;
  for (let at = last; at >= Math.max(0, last - 0xffff); at--) {
    if (view.getUint32(at, true) !== END || at + 22 + view.getUint16(at + 20, true) !== view.byteLength)
      continue;
    const [count, size, offset] = [
      view.getUint16(at + 10, true),
      view.getUint32(at + 12, true),
      view.getUint32(at + 16, true),
    ];
    if (view.getUint16(at + 4, true) !== 0 && view.getUint16(at + 4, true) !== 0xffff)
      throw damaged("it is one part of several");
    const isWide = count === 0xffff || size === 0xffffffff || offset === 0xffffffff;
    return isWide ? end64Of(view, at) : { count, offset, size, end: at };
  }
  throw damaged("it is cut off, its end is not there");
}

/** Sections 4.3.14 and 4.3.15. */
function end64Of(view: DataView, endAt: number): Directory {
  const locator = endAt - 20;
  if (locator < 0 || view.getUint32(locator, true) !== END64_LOCATOR)
    throw damaged("its Zip64 end is not there");
  const at = uint64(view, locator + 8);
  if (at + 56 > locator || view.getUint32(at, true) !== END64) throw damaged("its Zip64 end is not there");
  return {
    count: uint64(view, at + 32),
    size: uint64(view, at + 40),
    offset: uint64(view, at + 48),
    end: at,
  };
}

function uint64(view: DataView, at: number): number {
  const value = Number(view.getBigUint64(at, true));
  if (!Number.isSafeInteger(value)) throw damaged("it names a size that cannot be");
  return value;
}

/** Section 4.3.12. */
function centralEntry(view: DataView, at: number, shift: number) {
  const flags = view.getUint16(at + 8, true);
  const nameBytes = view.getUint16(at + 28, true);
  const extraBytes = view.getUint16(at + 30, true);
  const next = at + 46 + nameBytes + extraBytes + view.getUint16(at + 32, true);
  if (next > view.byteLength) throw damaged("its directory is cut off");
  const nameAt = view.byteOffset + at + 46;
  const name = decodeName(new Uint8Array(view.buffer, nameAt, nameBytes));
  const attributes = view.getUint32(at + 38, true);
  const isUnix = view.getUint8(at + 5) === HOST_UNIX;
  const sizes = wideSizes(view, at, at + 46 + nameBytes, extraBytes);
  const header = sizes.header + shift;
  const entry = {
    name,
    isDirectory: /[\\/]$/.test(name),
    isLink: isUnix && ((attributes >>> 16) & 0xf000) === 0xa000,
    isEncrypted: (flags & ENCRYPTED_FLAGS) !== 0,
    method: view.getUint16(at + 10, true),
    crc32: view.getUint32(at + 16, true),
    packedBytes: sizes.packedBytes,
    bytes: sizes.bytes,
    start: dataStart(view, header),
    header,
  };
  return { entry, next };
}

/** Section 4.5.3: fields that do not fit 32 bits stand in an extra field, in this order. */
function wideSizes(view: DataView, at: number, extraAt: number, extraBytes: number) {
  const fields = [
    view.getUint32(at + 24, true),
    view.getUint32(at + 20, true),
    view.getUint32(at + 42, true),
  ];
  for (let field = extraAt; field + 4 <= extraAt + extraBytes; field += 4 + view.getUint16(field + 2, true)) {
    if (view.getUint16(field, true) !== 1) continue;
    const fieldEnd = Math.min(extraAt + extraBytes, field + 4 + view.getUint16(field + 2, true));
    let wide = field + 4;
    fields.forEach((value, index) => {
      if (value !== 0xffffffff || wide + 8 > fieldEnd) return;
      fields[index] = uint64(view, wide);
      wide += 8;
    });
  }
  return { bytes: fields[0]!, packedBytes: fields[1]!, header: fields[2]! };
}

/** Section 4.3.7: of a local header only its length is needed. */
function dataStart(view: DataView, at: number): number {
  if (at + 30 > view.byteLength || view.getUint32(at, true) !== LOCAL)
    throw damaged("its directory names data that are not there");
  return at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
}

/** Entries that share bytes make much of little (Fifield: "A better zip bomb", WOOT 2019). */
function requireApart(entries: readonly (ZipEntry & { header: number })[], directoryAt: number): void {
  const inOrder = [...entries].sort((a, b) => a.header - b.header);
  inOrder.forEach(({ start, packedBytes }, index) => {
    const next = inOrder[index + 1]?.header ?? directoryAt;
    if (start + packedBytes > next) throw damaged("its entries overlap");
  });
}

function decodeName(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // Without the flag for UTF-8 it is the code page of some old machine; the name is only a label.
    return new TextDecoder("windows-1252").decode(bytes);
  }
}
