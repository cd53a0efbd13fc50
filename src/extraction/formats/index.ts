import type { BinaryFormatId, TextFormatId } from "../contract";
import { readCsv } from "./csv";
import { readJson, readNdjson } from "./json";
import type { ReadBinary, ReadTables } from "./source-table";
import { readText } from "./text";
import { readWorkbook } from "./xlsx";

/** Formats of text. A new one is a folder and a line here. */
export const TEXT_FORMATS: Record<TextFormatId, ReadTables> = {
  csv: readCsv,
  json: readJson,
  ndjson: readNdjson,
  text: readText,
};

/** The others. */
export const BINARY_FORMATS: Record<BinaryFormatId, ReadBinary> = {
  xlsx: readWorkbook,
  xlsb: readWorkbook,
  xls: readWorkbook,
  ods: readWorkbook,
};

export const isTextFormat = (format: string): format is TextFormatId => Object.hasOwn(TEXT_FORMATS, format);
