import { normalText } from "../../detect/text";
import type { ReadBinary } from "../source-table";
import { readDbase } from "./dbase";
import { dbaseHeader } from "./dbase-header";
import { isDif, readDif } from "./dif";
import { sheetedReader } from "./sheeted";
import { isSylk, readSylk } from "./sylk";

/** Files by which programs hand tables to each other: one sheet, no package around it. */
export type InterchangeKind = "dbf" | "sylk" | "dif";

const HEAD_BYTES = 2_048;

/** Which of them bytes are by how they begin; null where none. */
export function interchangeKind(bytes: Uint8Array): InterchangeKind | null {
  if (dbaseHeader(bytes)) return "dbf";
  const head = normalText(new TextDecoder().decode(bytes.subarray(0, HEAD_BYTES)));
  if (isSylk(head)) return "sylk";
  return isDif(head) ? "dif" : null;
}

/** Their readers. Throw `malformed_data`, `payload_too_large` or `no_valid_rows`. */
export const INTERCHANGE: Record<InterchangeKind, ReadBinary> = {
  dbf: sheetedReader(readDbase),
  sylk: sheetedReader(readSylk),
  dif: sheetedReader(readDif),
};
