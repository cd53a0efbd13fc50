import { knownEncoding } from "../../detect/encoding-label";
import { encodingOf } from "../../detect/text";
import { readExcelXml } from "./excel-xml";
import { readFlatOpenDocument } from "./open-document";
import type { Workbook } from "./sheet";
import { type XmlHandler, XmlScanner } from "./xml";

/** Workbooks that are one text of XML: of Excel 2003, and OpenDocument without its package. */
export type FlatKind = "spreadsheetml" | "ods";

/** Bytes within which the first element ends; LibreOffice names forty namespaces in it. */
const HEAD_BYTES = 16_384;
const PIECE_BYTES = 65_536;

const EXCEL = /<(?:\w{1,20}:)?Workbook\s[^>]*urn:schemas-microsoft-com:office:spreadsheet/;
const OPEN_DOCUMENT =
  /<office:document\s[^>]*mimetype=["']application\/vnd\.oasis\.opendocument\.spreadsheet/;

/** Which workbook a text of XML is by its first element; null where it is none. */
export function flatKind(bytes: Uint8Array): FlatKind | null {
  const head = headOf(bytes);
  if (!/^\ufeff?\s{0,500}</.test(head)) return null;
  if (EXCEL.test(head)) return "spreadsheetml";
  return OPEN_DOCUMENT.test(head) ? "ods" : null;
}

/** Reads a workbook that is one text of XML, in pieces. Throws `malformed_data` and `payload_too_large`. */
export function readFlat(kind: FlatKind, bytes: Uint8Array): Workbook {
  const scan = (handler: XmlHandler) => {
    const scanner = new XmlScanner(handler, saidEncoding(bytes));
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) scanner.push(bytes.subarray(at, at + PIECE_BYTES));
    scanner.end();
  };
  return kind === "ods" ? readFlatOpenDocument(scan) : readExcelXml(scan);
}

function headOf(bytes: Uint8Array): string {
  const head = bytes.subarray(0, HEAD_BYTES);
  const encoding = encodingOf(head, true);
  return new TextDecoder(encoding.startsWith("utf-16") ? encoding : "utf-8").decode(head);
}

/** The encoding of eight bits that the declaration names; packages are always Unicode, what programs export is not. */
function saidEncoding(bytes: Uint8Array): string | null {
  const said = /^\s{0,500}<\?xml[^>]{0,200}encoding=["']([\w:.-]{1,40})/.exec(headOf(bytes))?.[1];
  const encoding = knownEncoding(said);
  return encoding?.startsWith("utf-") ? null : encoding;
}
