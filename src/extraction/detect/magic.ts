import { fail } from "../../core/errors";

/** What can be told by first bytes. An XLSX is a ZIP too, which its entries tell. */
export type Magic = "pdf" | "zip" | "gzip" | "compound";

const MAGIC: readonly (readonly [Magic, readonly number[]])[] = [
  ["pdf", [0x25, 0x50, 0x44, 0x46, 0x2d]],
  ["zip", [0x50, 0x4b, 0x03, 0x04]],
  ["zip", [0x50, 0x4b, 0x05, 0x06]],
  ["gzip", [0x1f, 0x8b]],
  // OLE2, in which old workbooks are, and workbooks under a password.
  ["compound", [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]],
];

// Told so that the refusal names them.
const REFUSED: readonly (readonly [string, readonly number[]])[] = [
  ["a PNG image", [0x89, 0x50, 0x4e, 0x47]],
  ["a JPEG image", [0xff, 0xd8, 0xff]],
  ["a GIF image", [0x47, 0x49, 0x46, 0x38]],
  ["a Parquet file", [0x50, 0x41, 0x52, 0x31]],
  ["Zstandard data", [0x28, 0xb5, 0x2f, 0xfd]],
  ["bzip2 data", [0x42, 0x5a, 0x68]],
  ["XZ data", [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ["a SQLite database", [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65, 0x20]],
];

export const TAKEN =
  "CSV, JSON, NDJSON, workbooks, PDF and plain text are taken, also packed by gzip or zip.";

const begins = (bytes: Uint8Array, magic: readonly number[]): boolean =>
  magic.every((byte, i) => bytes[i] === byte);

/** Null: text, as far as the first bytes say. Throws `unrecognised_format` for kinds that are known and not taken. */
export function magicOf(bytes: Uint8Array): Magic | null {
  for (const [name, magic] of REFUSED)
    if (begins(bytes, magic)) throw fail("unrecognised_format", `The data are ${name}. ${TAKEN}`);
  const magic = MAGIC.find(([, first]) => begins(bytes, first))?.[0];
  if (magic) return magic;
  // A PDF may have lines of other bytes before its header, within the first kilobyte (ISO 32000-1, Annex H.3.4.1).
  for (let at = 1; at < Math.min(bytes.length, 1_024); at++)
    if (bytes[at - 1] === 0x0a && bytes[at] === 0x25 && begins(bytes.subarray(at), MAGIC[0]![1]))
      return "pdf";
  return null;
}
