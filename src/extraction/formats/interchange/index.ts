import { fail } from "../../../core/errors";
import { decodeText, normalText } from "../../detect/text";
import type { ReadBinary } from "../source-table";
import { workbookTables } from "../xlsx/workbook-tables";
import { readDbase } from "./dbase";
import { dbaseHeader } from "./dbase-header";
import { isDif, readDif } from "./dif";
import type { Sheeted } from "./sheeted";
import { isSylk, readSylk } from "./sylk";

/** Files by which programs hand tables to each other: one sheet, no package around it. */
export type InterchangeKind = "dbf" | "sylk" | "dif";

const HEAD_BYTES = 2_048;
const MOST_BYTES = 20_000_000;

/** Which of them bytes are by how they begin; null where none. */
export function interchangeKind(bytes: Uint8Array): InterchangeKind | null {
  if (dbaseHeader(bytes)) return "dbf";
  const head = normalText(new TextDecoder().decode(bytes.subarray(0, HEAD_BYTES)));
  if (isSylk(head)) return "sylk";
  return isDif(head) ? "dif" : null;
}

const tablesOf =
  (read: (bytes: Uint8Array) => Sheeted): ReadBinary =>
  async (bytes, asked) => {
    if (bytes.length > MOST_BYTES)
      throw fail("payload_too_large", `Files of at most ${MOST_BYTES} bytes are read.`);
    const { sheets, notes } = read(bytes);
    const tables = workbookTables({ sheets, charts: [] }, asked);
    tables[0]!.notes.push(...notes);
    return tables;
  };

/** Their readers. Throw `malformed_data`, `payload_too_large` or `no_valid_rows`. */
export const INTERCHANGE: Record<InterchangeKind, ReadBinary> = {
  dbf: tablesOf(readDbase),
  sylk: tablesOf((bytes) => readSylk(decodeText(bytes).text)),
  dif: tablesOf((bytes) => readDif(decodeText(bytes).text)),
};
