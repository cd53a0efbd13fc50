import { fail } from "../../../core/errors";
import type { ReadBinary } from "../source-table";
import type { Sheet } from "../xlsx/sheet";
import { workbookTables } from "../xlsx/workbook-tables";

/** What a file holds that is sheets without a package around them, and what is to be said of it. */
export interface Sheeted {
  sheets: Sheet[];
  notes: string[];
}

/** The file as it was sent; cells and texts that are read of it have a limit of their own. */
const MOST_BYTES = 20_000_000;

/** A reader of tables from a reader of sheets. Throws `payload_too_large` and `no_valid_rows`, too. */
export const sheetedReader =
  (read: (bytes: Uint8Array) => Sheeted): ReadBinary =>
  async (bytes, asked) => {
    if (bytes.length > MOST_BYTES)
      throw fail("payload_too_large", `Files of at most ${MOST_BYTES} bytes are read.`);
    const { sheets, notes } = read(bytes);
    const tables = workbookTables({ sheets, charts: [] }, asked);
    tables[0]!.notes.push(...notes);
    return tables;
  };
