import { fail } from "../../core/errors";
import type { BinaryFormatId } from "../contract";
import { isHtml } from "../formats/html";
import { interchangeKind } from "../formats/interchange";
import { isLotus } from "../formats/lotus";
import { flatKind, isXls } from "../formats/xlsx";
import { isZip } from "../zip/directory";
import { isWorkbook, packageKind } from "../zip/package-kind";

const PDF = [0x25, 0x50, 0x44, 0x46, 0x2d];

// Told so that the refusal names them.
const REFUSED: readonly (readonly [string, readonly number[]])[] = [
  ["a PNG image", [0x89, 0x50, 0x4e, 0x47]],
  ["a JPEG image", [0xff, 0xd8, 0xff]],
  ["a GIF image", [0x47, 0x49, 0x46, 0x38]],
  ["a Parquet file", [0x50, 0x41, 0x52, 0x31]],
  ["Zstandard data", [0x28, 0xb5, 0x2f, 0xfd]],
  ["bzip2 data", [0x42, 0x5a, 0x68]],
  ["XZ data", [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ["a workbook of Quattro Pro for Windows", [0x00, 0x00, 0x02, 0x00, 0x01, 0x10]],
  ["a workbook of Quattro Pro for Windows", [0x00, 0x00, 0x02, 0x00, 0x02, 0x10]],
  ["a worksheet of Quattro Pro 5 for DOS", [0x00, 0x00, 0x02, 0x00, 0x21, 0x51]],
  ["a worksheet of Multiplan", [0x08, 0xe7]],
  ["a worksheet of Multiplan", [0x0c, 0xec]],
  ["a worksheet of Multiplan", [0x0c, 0xed]],
  ["a SQLite database", [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65, 0x20]],
];

export const TAKEN =
  "CSV, JSON, NDJSON, workbooks, PDF and plain text are taken, also packed by gzip, ZIP or tar.";

const begins = (bytes: Uint8Array, magic: readonly number[]): boolean =>
  magic.every((byte, i) => bytes[i] === byte);

/** What a file is by its first bytes; null: text whose tables are found line by line. Throws `unrecognised_format` for kinds that are known and not taken. */
export function binaryFormat(bytes: Uint8Array): BinaryFormatId | null {
  for (const [name, magic] of REFUSED)
    if (begins(bytes, magic)) throw fail("unrecognised_format", `The data are ${name}. ${TAKEN}`);
  if (isPdf(bytes)) return "pdf";
  if (isXls(bytes)) return "xls";
  if (!isZip(bytes)) return sheetFormat(bytes);
  const kind = packageKind(bytes);
  if (isWorkbook(kind)) return kind;
  if (kind === "iwork")
    throw fail(
      "unrecognised_format",
      "The data are a document of Apple Numbers, Pages or Keynote. Export its tables as Excel or CSV and send those.",
    );
  throw fail("unrecognised_format", `The data are a document that is no workbook. ${TAKEN}`);
}

/** Sheets without a package around them. */
function sheetFormat(bytes: Uint8Array): BinaryFormatId | null {
  const kind = flatKind(bytes) ?? interchangeKind(bytes);
  if (kind !== null) return kind;
  if (isLotus(bytes)) return "lotus";
  return isHtml(bytes) ? "html" : null;
}

/** A PDF may have lines of other bytes before its header, within the first kilobyte (ISO 32000-1, Annex H.3.4.1). */
function isPdf(bytes: Uint8Array): boolean {
  if (begins(bytes, PDF)) return true;
  for (let at = 1; at < Math.min(bytes.length, 1_024); at++)
    if (bytes[at - 1] === 0x0a && bytes[at] === 0x25 && begins(bytes.subarray(at), PDF)) return true;
  return false;
}
