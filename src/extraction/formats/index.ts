import type { BinaryFormatId, TextFormatId } from "../contract";
import { openCsv, readCsv } from "./csv";
import { readHtml } from "./html";
import { INTERCHANGE } from "./interchange";
import { readJson } from "./json";
import { JsonLines, readNdjson } from "./json/lines";
import { readLotus } from "./lotus";
import { readPdf } from "./pdf";
import type { ReadBinary, TextFormat } from "./source-table";
import { openTextByHead, readText } from "./text";
import { readWorkbook } from "./xlsx";

/** Formats of text. A new one is a folder and a line here. */
export const TEXT_FORMATS: Record<TextFormatId, TextFormat> = {
  csv: { read: readCsv, open: openCsv },
  json: { read: readJson },
  ndjson: { read: readNdjson, open: () => new JsonLines(), grows: true },
  text: { read: readText, open: openTextByHead },
};

/** The others. */
export const BINARY_FORMATS: Record<BinaryFormatId, ReadBinary> = {
  xlsx: readWorkbook,
  xlsb: readWorkbook,
  xls: readWorkbook,
  ods: readWorkbook,
  spreadsheetml: readWorkbook,
  html: readHtml,
  ...INTERCHANGE,
  lotus: readLotus,
  pdf: readPdf,
};

export const isTextFormat = (format: string): format is TextFormatId => Object.hasOwn(TEXT_FORMATS, format);
