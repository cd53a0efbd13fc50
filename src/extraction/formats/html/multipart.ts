import { fail } from "../../../core/errors";
import { HTML_LIMITS } from "./limits";

/** A page of several, with what is said of its encoding. */
export interface PagePart {
  bytes: Uint8Array;
  charset: string | null;
}

const HEAD_BYTES = 4_096;

const latin1 = (bytes: Uint8Array): string => new TextDecoder("latin1").decode(bytes);

/** Whether bytes are a page saved with its parts in one file (RFC 2557), by the header of a message they begin with. */
export function isMultipart(bytes: Uint8Array): boolean {
  const head = latin1(bytes.subarray(0, HEAD_BYTES)).trimStart();
  const [fields = ""] = head.split(/\r?\n\r?\n/, 1);
  return (
    /^[A-Za-z][\w-]{0,40}:/.test(fields) &&
    /^MIME-Version:/im.test(fields) &&
    /^Content-Type:\s{0,20}multipart\/related/im.test(fields)
  );
}

/** The parts that are HTML (RFC 2046, section 5.1). Throws `malformed_data` and `payload_too_large`. */
export function htmlParts(bytes: Uint8Array): PagePart[] {
  if (bytes.length > HTML_LIMITS.multipartBytes)
    throw fail("payload_too_large", `Saved pages of at most ${HTML_LIMITS.multipartBytes} bytes are read.`);
  // A character a byte, so that places in one are places in the other.
  const source = latin1(bytes);
  const boundary = fieldOf(source.slice(0, HEAD_BYTES), "boundary");
  if (boundary === null) throw fail("malformed_data", "The saved page does not say where its parts end.");
  const mark = `\n--${boundary}`;
  const found: PagePart[] = [];
  let at = source.indexOf(mark);
  for (let count = 0; at >= 0 && !source.startsWith("--", at + mark.length); count++) {
    if (count === HTML_LIMITS.parts)
      throw fail("payload_too_large", `The saved page has more than ${HTML_LIMITS.parts} parts.`);
    const next = source.indexOf(mark, at + mark.length);
    const part = partOf(source, bytes, at + mark.length, next < 0 ? source.length : next);
    if (part) found.push(part);
    at = next;
  }
  return found;
}

function partOf(source: string, bytes: Uint8Array, from: number, to: number): PagePart | null {
  const head = source.slice(from, Math.min(to, from + HEAD_BYTES * 2));
  const blank = /\r?\n\r?\n/.exec(head);
  if (!blank) return null;
  const fields = head.slice(0, blank.index);
  if (!/^Content-Type:\s{0,20}text\/html/im.test(fields)) return null;
  const encoding = /^Content-Transfer-Encoding:\s{0,20}([\w-]{1,40})/im.exec(fields)?.[1]?.toLowerCase();
  const begin = from + blank.index + blank[0].length;
  const isEncoded = encoding === "base64" || encoding === "quoted-printable";
  const content = isEncoded ? bytesOf(decoded(source.slice(begin, to), encoding)) : bytes.subarray(begin, to);
  return { bytes: content, charset: fieldOf(fields, "charset") };
}

/** What was encoded as text (RFC 2045, section 6), a character a byte. */
function decoded(body: string, encoding: "base64" | "quoted-printable"): string {
  if (encoding === "base64") {
    try {
      return atob(body.replace(/[^A-Za-z\d+/]/g, ""));
    } catch {
      throw fail("malformed_data", "A part of the saved page is cut.");
    }
  }
  return body
    .replace(/[ \t]{0,80}=[ \t]{0,80}\r?\n/g, "")
    .replace(/=([\dA-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

const bytesOf = (text: string): Uint8Array =>
  Uint8Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));

/** A parameter of a header field, with or without quotes. */
function fieldOf(fields: string, name: string): string | null {
  const pattern = new RegExp(`${name}\\s{0,5}=\\s{0,5}(?:"([^"\\r\\n]{1,100})"|([^\\s;"]{1,100}))`, "i");
  const match = pattern.exec(fields);
  return match ? (match[1] ?? match[2]!) : null;
}
