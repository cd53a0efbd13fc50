import { fail } from "../../../core/errors";
import { isWorkbook, packageKind, type WorkbookKind } from "../../zip/package-kind";
import type { SourceTable } from "../source-table";
import { readBiff } from "./biff";
import { hasOldMagic } from "./biff-records";
import { CompoundFile, hasCompoundMagic } from "./compound-file";
import { flatKind, readFlat } from "./flat";
import { WORKBOOK_LIMITS } from "./limits";
import { readOpenDocument } from "./open-document";
import { OfficePackage } from "./package";
import type { Workbook } from "./sheet";
import { readSpreadsheetMl } from "./spreadsheet-ml";
import { type AskedTable, workbookTables } from "./workbook-tables";
import { readXlsb } from "./xlsb";

/**
 * The tables of a workbook: XLSX, XLSM, XLSB, XLS (Excel 2 to 2003), OpenDocument, and those
 * of Excel and OpenDocument that are one text of XML. Formulas are never computed. With `asked`, the tables that stand at
 * those places.
 *
 * Throws `unrecognised_format` (no workbook, or one with a password), `malformed_data`, `payload_too_large` or
 * `no_valid_rows`.
 */
export async function readWorkbook(bytes: Uint8Array, asked?: readonly AskedTable[]): Promise<SourceTable[]> {
  if (bytes.length > WORKBOOK_LIMITS.bytes)
    throw fail("payload_too_large", `Workbooks of at most ${WORKBOOK_LIMITS.bytes} bytes are read.`);
  return workbookTables(await open(bytes), asked);
}

async function open(bytes: Uint8Array): Promise<Workbook> {
  if (hasCompoundMagic(bytes)) return openCompound(new CompoundFile(bytes));
  if (hasOldMagic(bytes)) return readBiff(bytes);
  const flat = flatKind(bytes);
  if (flat !== null) return readFlat(flat, bytes);
  const kind = packageKind(bytes);
  if (!isWorkbook(kind)) throw fail("unrecognised_format", "The archive is no workbook.");
  return READERS[kind](new OfficePackage(bytes));
}

function openCompound(file: CompoundFile): Workbook {
  // An encrypted package ([MS-OFFCRYPTO] 1.3.2) is a stream of its own in a compound file.
  if (file.has("EncryptedPackage"))
    throw fail(
      "unrecognised_format",
      "The workbook is encrypted. Save it without a password and send it again.",
    );
  const stream = file.stream("Workbook") ?? file.stream("Book");
  if (!stream) throw fail("unrecognised_format", "The compound file holds no workbook.");
  return readBiff(stream);
}

const READERS: Record<WorkbookKind, (source: OfficePackage) => Promise<Workbook>> = {
  xlsx: readSpreadsheetMl,
  xlsb: readXlsb,
  ods: readOpenDocument,
};

export { flatKind } from "./flat";

/** Whether bytes begin as an XLS does: as OLE2, in which new ones under a password are too, or as one of Excel 2 to 4. */
export const isXls = (bytes: Uint8Array): boolean => hasCompoundMagic(bytes) || hasOldMagic(bytes);
