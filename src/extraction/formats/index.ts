import type { FormatId } from "../contract";
import { readCsv } from "./csv";
import { readJson, readNdjson } from "./json";
import type { ReadTables } from "./source-table";
import { readText } from "./text";

/** Every format behind one signature: text in, tables out. A new one is a file and a line here. */
export const FORMATS: Record<FormatId, ReadTables> = {
  csv: readCsv,
  json: readJson,
  ndjson: readNdjson,
  text: readText,
};
