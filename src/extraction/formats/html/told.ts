import { encodingOf } from "../../detect/text";
import { isMultipart } from "./multipart";

const HEAD_BYTES = 4_096;
/** What a page or a part of one begins with, behind comments and instructions. */
const BEGINS =
  /^\s{0,500}(?:<(?:\?|!--)[^>]{0,2000}>\s{0,500}){0,8}<(?:!doctype\s{1,20}html|(?:html|head|body|table|meta|title|style|link|base|div|center|font|h[1-6]|p|b|span|form|script|br|hr|thead|tbody|tr)[\s/>])/i;
/** Bytes that are looked through at once for a table, and how many of them again: a tag may be cut in two. */
const PIECE_BYTES = 65_536;
const OVERLAP_BYTES = 16;

/** Whether bytes are a page with a table in it. One without is text like any other. */
export function isHtml(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, HEAD_BYTES);
  if (isMultipart(head)) return true;
  const encoding = encodingOf(head, true);
  const decode = (part: Uint8Array) =>
    new TextDecoder(encoding.startsWith("utf-16") ? encoding : "latin1").decode(part);
  if (!BEGINS.test(decode(head).replace(/^(?:\ufeff|\u00ef\u00bb\u00bf)/, ""))) return false;
  const wanted = [/<table[\s>]/i, /<tr[\s>]/i, /<t[dh][\s>]/i];
  for (let at = 0; at < bytes.length && wanted.length > 0; at += PIECE_BYTES) {
    const piece = decode(bytes.subarray(Math.max(0, at - OVERLAP_BYTES), at + PIECE_BYTES));
    while (wanted.length > 0 && wanted[0]!.test(piece)) wanted.shift();
  }
  return wanted.length === 0;
}
