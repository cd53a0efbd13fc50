import { createInflate } from "node:zlib";

/**
 * What a stream's filters (ISO 32000-1, 7.4) make of its bytes: those that only spell bytes as text are undone, those that
 * compress are counted. Counting stops a little past `most`; what is damaged counts up to the damage.
 */
export async function decodedSize(
  bytes: Uint8Array,
  filters: readonly Filter[],
  most: number,
): Promise<number> {
  const [filter, ...rest] = filters;
  switch (filter) {
    case undefined:
      return bytes.length;
    case "ascii85":
      return rest.length === 0 ? bytes.length : decodedSize(fromAscii85(bytes), rest, most);
    case "hex":
      return decodedSize(fromHex(bytes), rest, most);
    default:
      // Compressed twice, a small stream is a large one first.
      if (rest.some((other) => COMPRESSING.has(other))) return Number.POSITIVE_INFINITY;
      return COUNTS[filter](bytes, most);
  }
}

type Compression = "deflate" | "lzw" | "runs";
export type Filter = Compression | "ascii85" | "hex";

const COMPRESSING: ReadonlySet<Filter> = new Set(["deflate", "lzw", "runs"]);
const COUNTS: Record<Compression, (bytes: Uint8Array, most: number) => number | Promise<number>> = {
  deflate: inflatedSize,
  lzw: lzwSize,
  runs: runsSize,
};

const NAMES: readonly (readonly [Filter, RegExp])[] = [
  ["deflate", /^(?:FlateDecode|Fl)$/],
  ["lzw", /^(?:LZWDecode|LZW)$/],
  ["runs", /^(?:RunLengthDecode|RL)$/],
  ["ascii85", /^(?:ASCII85Decode|A85)$/],
  ["hex", /^(?:ASCIIHexDecode|AHx)$/],
];

/** The filters that a stream's dictionary names, in order; those of pictures are left out. */
export function filtersOf(dictionary: string): Filter[] {
  // A name may spell any character as #xx (7.3.5).
  const plain = dictionary.replace(/#([\da-f]{2})/gi, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
  return [...plain.matchAll(/\/([A-Za-z\d]+)/g)].flatMap(([, name]) => {
    const found = NAMES.find(([, pattern]) => pattern.test(name!));
    return found ? [found[0]] : [];
  });
}

/** Output before an error counts as well: bytes behind the end, or no deflate at all, are for the reader to see. */
function inflatedSize(compressed: Uint8Array, most: number): Promise<number> {
  return new Promise((resolve) => {
    const inflate = createInflate();
    let size = 0;
    inflate.on("data", (chunk: Uint8Array) => {
      size += chunk.byteLength;
      if (size > most) inflate.destroy();
    });
    inflate.on("error", () => resolve(size));
    inflate.on("close", () => resolve(size));
    inflate.on("end", () => resolve(size));
    inflate.end(compressed);
  });
}

const CLEAR = 256;
const END = 257;
const WIDEST = 4_096;

/** LZW with codes of 9 to 12 bits that widen one code early (7.4.4). Only how long each code's text is needs to be known. */
function lzwSize(bytes: Uint8Array, most: number): number {
  const lengths = new Uint32Array(WIDEST).fill(1);
  let next = END + 1;
  let width = 9;
  let before = 0;
  let size = 0;
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xffffff;
    bits += 8;
    if (bits < width) continue;
    bits -= width;
    const code = (held >> bits) & ((1 << width) - 1);
    if (code === END) break;
    if (code === CLEAR) {
      next = END + 1;
      width = 9;
      before = 0;
      continue;
    }
    // A code that is about to be made stands for the text before it and its first byte again.
    const length = code < next ? lengths[code]! : before + 1;
    size += length;
    if (size > most) break;
    if (before > 0 && next < WIDEST) lengths[next++] = before + 1;
    before = length;
    while (width < 12 && next + 1 >= 1 << width) width++;
  }
  return size;
}

/** Runs: a byte of length below 128 and that many bytes and one, or above and one byte that comes again (7.4.5). */
function runsSize(bytes: Uint8Array, most: number): number {
  let size = 0;
  for (let at = 0; at < bytes.length && size <= most; ) {
    const length = bytes[at]!;
    if (length === 128) break;
    size += length < 128 ? length + 1 : 257 - length;
    at += length < 128 ? length + 2 : 2;
  }
  return size;
}

/** Five characters for four bytes, "z" for four zeros, "~>" at the end (7.4.3). */
function fromAscii85(bytes: Uint8Array): Uint8Array {
  const zeros = bytes.reduce((sum, byte) => sum + Number(byte === 0x7a), 0);
  const decoded = new Uint8Array(Math.ceil(bytes.length / 5 + zeros) * 4);
  let length = 0;
  let group: number[] = [];
  const put = (digits: readonly number[], count: number) => {
    const value = digits.reduce((sum, digit) => sum * 85 + digit, 0);
    for (let i = 0; i < count; i++) decoded[length++] = Math.floor(value / 256 ** (3 - i)) % 256;
  };
  for (const byte of bytes) {
    if (byte === 0x7e) break;
    if (byte === 0x7a && group.length === 0) put([0], 4);
    if (byte < 0x21 || byte > 0x75) continue;
    group.push(byte - 0x21);
    if (group.length < 5) continue;
    put(group, 4);
    group = [];
  }
  if (group.length > 1) put([...group, 84, 84, 84, 84].slice(0, 5), group.length - 1);
  return decoded.subarray(0, length);
}

/** Two digits for a byte, ">" at the end (7.4.2). */
function fromHex(bytes: Uint8Array): Uint8Array {
  const decoded = new Uint8Array((bytes.length + 1) >> 1);
  let digits = 0;
  for (const byte of bytes) {
    if (byte === 0x3e) break;
    const digit = Number.parseInt(String.fromCharCode(byte), 16);
    if (Number.isNaN(digit)) continue;
    decoded[digits >> 1]! |= digits % 2 === 0 ? digit << 4 : digit;
    digits++;
  }
  return decoded.subarray(0, (digits + 1) >> 1);
}
