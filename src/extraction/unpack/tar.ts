import { fail } from "../../core/errors";

const BLOCK = 512;
const NAME_BYTES = 10_000;
const FILE_TYPES = new Set(["0", "\0", "7"]);
const LINK_TYPES = new Set(["1", "2"]);

export interface TarEntry {
  name: string;
  isLink: boolean;
  bytes: Uint8Array;
}

/** Whether the bytes begin with a header of tar: the mark of POSIX and GNU, and a checksum that is right. */
export const isTar = (bytes: Uint8Array): boolean =>
  bytes.length >= BLOCK && ascii(bytes, 257, 5) === "ustar" && hasChecksum(bytes, 0);

const damaged = (what: string) => fail("malformed_data", `The tar archive is damaged: ${what}.`);

/**
 * The files and links of a tar archive (POSIX.1-2017, pax: ustar Interchange Format; long names of pax and GNU). Throws
 * `malformed_data` for a wrong checksum or a cut end, and `payload_too_large` past `maxEntries`.
 */
export function readTar(bytes: Uint8Array, maxEntries: number): TarEntry[] {
  const entries: TarEntry[] = [];
  let longName: string | null = null;
  for (let at = 0; at + BLOCK <= bytes.length && !isEmpty(bytes, at); ) {
    if (!hasChecksum(bytes, at)) throw damaged("a header's checksum is wrong");
    const size = sizeAt(bytes, at + 124);
    const start = at + BLOCK;
    if (start + size > bytes.length) throw damaged("it is cut off");
    const content = bytes.subarray(start, start + size);
    const type = String.fromCharCode(bytes[at + 156]!);
    if (type === "L") longName = text(content.subarray(0, NAME_BYTES)).replace(/\0.*$/s, "");
    else if (type === "x") longName = paxPath(content) ?? longName;
    else {
      if (FILE_TYPES.has(type) || LINK_TYPES.has(type))
        entries.push({ name: longName ?? nameAt(bytes, at), isLink: LINK_TYPES.has(type), bytes: content });
      if (entries.length > maxEntries)
        throw fail("payload_too_large", `Archives of at most ${maxEntries} entries are taken.`, {
          extra: { limit_entries: maxEntries },
        });
      longName = null;
    }
    at = start + Math.ceil(size / BLOCK) * BLOCK;
  }
  return entries;
}

/** The sum of the header's bytes, with its own field taken for blanks. */
function hasChecksum(bytes: Uint8Array, at: number): boolean {
  let sum = 0;
  for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 32 : bytes[at + i]!;
  return sum === Number.parseInt(ascii(bytes, at + 148, 8), 8);
}

const isEmpty = (bytes: Uint8Array, at: number): boolean =>
  bytes.subarray(at, at + BLOCK).every((byte) => byte === 0);

/** Octal digits; GNU's binary form is for files of 8 GB and more. */
function sizeAt(bytes: Uint8Array, at: number): number {
  const digits = ascii(bytes, at, 12).trim();
  if (!/^[0-7]{1,12}$/.test(digits)) throw damaged("it names a size that cannot be");
  return Number.parseInt(digits, 8);
}

function nameAt(bytes: Uint8Array, at: number): string {
  const name = until0(bytes, at, 100);
  const prefix = until0(bytes, at + 345, 155);
  // GNU's older header has times where POSIX has the prefix.
  return prefix === "" || ascii(bytes, at + 257, 8) === "ustar  " ? name : `${prefix}/${name}`;
}

/** Records of "length key=value\n"; the length counts itself. */
function paxPath(content: Uint8Array): string | null {
  return /(?:^|\n)\d+ path=([^\n]+)\n/.exec(text(content.subarray(0, NAME_BYTES)))?.[1] ?? null;
}

const until0 = (bytes: Uint8Array, at: number, most: number): string =>
  text(bytes.subarray(at, at + most)).replace(/\0.*$/s, "");

const ascii = (bytes: Uint8Array, at: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(at, at + length)).replace(/\0+$/, "");

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
