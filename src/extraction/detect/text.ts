import { fail } from "../../core/errors";
import { EXTRACTION_LIMITS } from "../limits";
import { TAKEN } from "./binary";

export interface DetectedText {
  text: string;
  encoding: string;
}

const unreadable = (detail: string) => fail("unrecognised_format", detail);

/**
 * The text of a body with `\n` for every line break. UTF-8 with or without a mark, UTF-16 in both orders, and
 * Windows-1252 where the bytes are no UTF-8. Throws `unrecognised_format` for what is no text.
 */
export function decodeText(body: Uint8Array | string): DetectedText {
  if (typeof body === "string") return finish(body, "utf-8");
  if (body.length === 0) throw unreadable("The body is empty.");
  if (body.length > EXTRACTION_LIMITS.inlineChars * 2) throw tooLarge();
  const marked = encodingByMark(body);
  if (marked) return finish(decodeAs(body, marked), marked);
  const strict = strictUtf8(body);
  return strict === null ? finish(decodeAs(body, "windows-1252"), "windows-1252") : finish(strict, "utf-8");
}

/**
 * The encoding of a text by its head and whether all of it is UTF-8. A single byte that is none makes the whole text
 * Windows-1252, wherever it stands: a text has one encoding.
 */
export const encodingOf = (head: Uint8Array, isUtf8: boolean): string =>
  encodingByMark(head) ?? (isUtf8 ? "utf-8" : "windows-1252");

function encodingByMark(body: Uint8Array): string | null {
  if (body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf) return "utf-8-bom";
  if (body[0] === 0xff && body[1] === 0xfe) return "utf-16le";
  if (body[0] === 0xfe && body[1] === 0xff) return "utf-16be";
  return unmarkedUtf16(body);
}

/** Text with `\n` for every line break, from bytes that come in pieces. */
export class TextStream {
  private readonly decoder: TextDecoder;
  /** The last character was a carriage return, and a line feed may follow. */
  private returned = false;

  /** `encoding` as {@link encodingOf} gives it. In the middle of a text a byte order mark is a character. */
  constructor(encoding: string, isMiddle = false) {
    this.decoder = new TextDecoder(labelOf(encoding), { fatal: false, ignoreBOM: isMiddle });
  }

  push(bytes: Uint8Array): string {
    return this.clean(this.decoder.decode(bytes, { stream: true }));
  }

  end(): string {
    return this.clean(this.decoder.decode()) + (this.returned ? "\n" : "");
  }

  private clean(raw: string): string {
    let text = this.returned ? `\r${raw}` : raw;
    this.returned = text.endsWith("\r");
    if (this.returned) text = text.slice(0, -1);
    return normalText(text);
  }
}

const labelOf = (encoding: string): string => (encoding === "utf-8-bom" ? "utf-8" : encoding);

const tooLarge = () =>
  fail(
    "payload_too_large",
    `Text of at most ${EXTRACTION_LIMITS.inlineChars} characters is understood in one piece.`,
  );

const decodeAs = (body: Uint8Array, encoding: string): string =>
  new TextDecoder(labelOf(encoding)).decode(body);

function strictUtf8(body: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(body);
  } catch {
    return null;
  }
}

const PIECE_BYTES = 65_536;

/** Whether all bytes are UTF-8, in pieces: none of the text is kept. */
export function isUtf8(bytes: Uint8Array): boolean {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  try {
    for (let at = 0; at < bytes.length; at += PIECE_BYTES)
      decoder.decode(bytes.subarray(at, at + PIECE_BYTES), { stream: true });
    decoder.decode();
    return true;
  } catch {
    return false;
  }
}

/** UTF-16 of mostly Latin text has a zero in every other byte. */
function unmarkedUtf16(body: Uint8Array): "utf-16le" | "utf-16be" | null {
  const size = Math.min(body.length, 2_000) & ~1;
  if (size < 8) return null;
  let even = 0;
  let odd = 0;
  for (let i = 0; i < size; i += 2) {
    if (body[i] === 0) even++;
    if (body[i + 1] === 0) odd++;
  }
  const half = size / 2;
  if (odd > half * 0.7 && even < half * 0.1) return "utf-16le";
  return even > half * 0.7 && odd < half * 0.1 ? "utf-16be" : null;
}

function finish(raw: string, encoding: string): DetectedText {
  if (raw.length > EXTRACTION_LIMITS.inlineChars) throw tooLarge();
  const text = raw.replace(/^\ufeff/, "");
  checkText(text);
  return { text: normalText(text), encoding };
}

/** Text with `\n` for every line break. A NUL can be stored nowhere as text; a few stray ones do not spoil a file. */
export function normalText(text: string): string {
  const lines = text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
  return lines.includes("\0") ? lines.replaceAll("\0", "") : lines;
}

/** Tab, line feed, form feed, carriage return; and what parts fields: the unit separator, and 1 in files of Hive. */
const CONTROLS_OF_TEXT: ReadonlySet<number> = new Set([9, 10, 12, 13, 0x1f, 1]);

/** Throws `unrecognised_format` where the head of a text says that it is none. */
export function checkText(text: string): void {
  if (text.trim() === "") throw unreadable("The body is empty.");
  const sample = text.slice(0, 20_000);
  let controls = 0;
  for (let i = 0; i < sample.length; i++) {
    const code = sample.charCodeAt(i);
    // ESC [ begins the colours of a terminal.
    const colour = code === 0x1b && sample[i + 1] === "[";
    if ((code < 32 && !colour && !CONTROLS_OF_TEXT.has(code)) || code === 0xfffd) controls++;
  }
  if (controls > sample.length * 0.02) throw unreadable(`The data are binary of no known kind. ${TAKEN}`);
}
