import { fail } from "../../../core/errors";
import type { SourceTable } from "../source-table";
import { type AskedTable, workbookTables } from "../xlsx/workbook-tables";
import { HTML_LIMITS } from "./limits";
import { htmlParts, isMultipart } from "./multipart";
import { PIECE_BYTES, pageEncoding } from "./page-encoding";
import { PageTables } from "./page-tables";
import { TagScanner } from "./tag-scanner";

export { isHtml } from "./told";

/**
 * The tables of a page, as many programs export them under the name of a workbook, or of a page that was saved with all it
 * shows (MHTML). With `asked`, the tables that stand at those places. Throws `malformed_data`, `payload_too_large` or
 * `no_valid_rows`.
 */
export async function readHtml(bytes: Uint8Array, asked?: readonly AskedTable[]): Promise<SourceTable[]> {
  if (bytes.length > HTML_LIMITS.bytes)
    throw fail("payload_too_large", `Pages of at most ${HTML_LIMITS.bytes} bytes are read.`);
  const pages = isMultipart(bytes) ? htmlParts(bytes) : [{ bytes, charset: null }];
  const tables = new PageTables();
  for (const { bytes: page, charset } of pages) {
    const scanner = new TagScanner(tables);
    const decoder = new TextDecoder(pageEncoding(page, charset));
    for (let at = 0; at < page.length; at += PIECE_BYTES)
      scanner.push(decoder.decode(page.subarray(at, at + PIECE_BYTES), { stream: true }));
    scanner.push(decoder.decode());
    scanner.end();
  }
  const sheets = tables.finish();
  if (sheets.length === 0) throw fail("no_valid_rows", "The page has no table with cells in it.");
  return workbookTables({ sheets, charts: [] }, asked);
}
