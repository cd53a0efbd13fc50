import { knownEncoding } from "../../detect/encoding-label";
import { encodingOf, isUtf8 } from "../../detect/text";

/** Bytes that are decoded at once: a page is never whole as text. */
export const PIECE_BYTES = 65_536;
/** Bytes in which a page says its encoding (HTML Living Standard, 13.2.3.2). */
const TOLD_WITHIN = 4_096;

/**
 * The encoding of a page as a label that `TextDecoder` knows: its mark, what was said beside it (`charset`), what it says
 * itself, and else UTF-8 where all of it is, or Windows-1252. A page that says UTF-8 and is none is Windows-1252.
 */
export function pageEncoding(page: Uint8Array, charset: string | null): string {
  const marked = encodingOf(page.subarray(0, TOLD_WITHIN), true);
  if (marked !== "utf-8") return marked === "utf-8-bom" ? "utf-8" : marked;
  const head = new TextDecoder("latin1").decode(page.subarray(0, TOLD_WITHIN));
  const said = knownEncoding(charset ?? /charset\s{0,5}=\s{0,5}["']?([\w:.-]{1,40})/i.exec(head)?.[1]);
  if (said !== null && said !== "utf-8" && !said.startsWith("utf-16")) return said;
  return isUtf8(page) ? "utf-8" : "windows-1252";
}
