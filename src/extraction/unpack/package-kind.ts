import { readDirectory } from "../zip/directory";

/**
 * A document that is a ZIP by itself. "workbook": Office Open XML or OpenDocument with sheets; "document": a text, a
 * presentation, a program, a book, of which the parts are no data files.
 */
export type PackageKind = "workbook" | "document";

/** Entries looked at; a workbook has a part for each sheet, drawing and setting. */
export const MOST_PARTS = 10_000;

/** Parts by which a package is told (ECMA-376 part 2, OpenDocument 1.3 part 2, JAR), and what it then is. */
const PARTS: readonly (readonly [PackageKind, RegExp])[] = [
  ["workbook", /^xl\/workbook[^/]*\.(?:xml|bin)$/i],
  ["document", /^(?:word|ppt|visio)\/[^/]+\.xml$|^META-INF\/(?:MANIFEST\.MF|container\.xml)$/i],
];

/** What kind of document a ZIP is, told by its entries' names alone; null for an archive of files. */
export function packageKind(bytes: Uint8Array): PackageKind | null {
  const names = readDirectory(bytes, MOST_PARTS).map(({ name }) => name.replaceAll("\\", "/"));
  if (names.includes("mimetype") && names.includes("META-INF/manifest.xml")) return openDocumentKind(bytes);
  return PARTS.find(([, part]) => names.some((name) => part.test(name)))?.[0] ?? null;
}

/** OpenDocument packages say what they are in their first entry, stored as it is (part 2, section 3.3). */
const openDocumentKind = (bytes: Uint8Array): PackageKind =>
  new TextDecoder("windows-1252").decode(bytes.subarray(0, 200)).includes("opendocument.spreadsheet")
    ? "workbook"
    : "document";
