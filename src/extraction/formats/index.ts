import type { FormatId } from "../contract";
import { readCsv } from "./csv";
import { readJson, readNdjson } from "./json";
import type { Format } from "./source-table";
import { readText } from "./text";

/** Every format behind one signature. A new one is a folder and a line here. */
export const FORMATS: Partial<Record<FormatId, Format>> = {
  csv: { takes: "text", read: readCsv },
  json: { takes: "text", read: readJson },
  ndjson: { takes: "text", read: readNdjson },
  text: { takes: "text", read: readText },
};
