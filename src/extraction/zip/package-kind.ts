import { readDirectory } from "./directory";

export type WorkbookKind = "xlsx" | "xlsb" | "ods";

/**
 * A document that is a ZIP by itself: a workbook, of Office Open XML (XLSM counts as XLSX) or OpenDocument; "iwork": of
 * Apple Numbers, Pages or Keynote; "document": a text, a presentation, a program, a book. Their parts are no data files.
 */
export type PackageKind = WorkbookKind | "iwork" | "document";

/** Entries looked at; a workbook has a part for each sheet, drawing and setting. */
export const MOST_PARTS = 10_000;

/** Parts by which a package is told (ECMA-376 part 2, JAR, EPUB), and what it then is. Some writers leave out the folder. */
const PARTS: readonly (readonly [PackageKind, RegExp])[] = [
  ["xlsb", /^xl\/workbook\.bin$/],
  ["xlsx", /(?:^|\/)workbook\d*\.xml$/],
  ["document", /^(?:word|ppt|visio)\/[^/]+\.xml$/],
];
/** The objects of a document of iWork, in its package or in a ZIP of their own within that. */
const IWORK = /(?:^|\/)index(?:\.zip|\/document\.iwa)$/;
const PROGRAM_OR_BOOK = /^meta-inf\/(?:manifest\.mf|container\.xml)$/;

/**
 * What kind of document a ZIP is, told by its entries' names and its first bytes; null for an archive of files. Throws
 * `malformed_data` and `payload_too_large`.
 */
export function packageKind(bytes: Uint8Array): PackageKind | null {
  const names = new Set(readDirectory(bytes, MOST_PARTS).map(({ name }) => plain(name)));
  const some = (pattern: RegExp) => [...names].some((name) => pattern.test(name));
  if (names.has("mimetype") && (names.has("content.xml") || names.has("meta-inf/manifest.xml")))
    return openDocumentKind(bytes);
  if (names.has("[content_types].xml")) return PARTS.find(([, part]) => some(part))?.[0] ?? null;
  if (some(IWORK)) return "iwork";
  return some(PROGRAM_OR_BOOK) ? "document" : null;
}

export const isWorkbook = (kind: PackageKind | null): kind is WorkbookKind =>
  kind !== null && kind !== "document" && kind !== "iwork";

/** Part names are compared without case (ECMA-376 part 2, 6.2.2.3), and some writers begin them with a slash. */
const plain = (name: string): string => name.replaceAll("\\", "/").replace(/^\/+/, "").toLowerCase();

/** OpenDocument packages say what they are in their first entry, stored as it is (OpenDocument 1.3 part 2, section 3.3). */
function openDocumentKind(bytes: Uint8Array): PackageKind {
  const type = /opendocument\.([a-z]+)/.exec(new TextDecoder("latin1").decode(bytes.subarray(0, 200)))?.[1];
  return type === undefined || type === "spreadsheet" ? "ods" : "document";
}
