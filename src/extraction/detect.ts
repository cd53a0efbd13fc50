import { fail } from "../core/errors";
import type { FormatId } from "./contract";
import { detectDialect, isReading } from "./formats/csv/dialect";
import { isLog, isTextOfReadings } from "./formats/text";
import { EXTRACTION_LIMITS } from "./limits";

export interface DetectedText {
  text: string;
  encoding: string;
}

// Told by their first bytes so that the refusal names them.
const KNOWN_BINARIES: readonly (readonly [string, readonly number[]])[] = [
  ["a PDF document", [0x25, 0x50, 0x44, 0x46, 0x2d]],
  ["a ZIP archive or an XLSX workbook", [0x50, 0x4b, 0x03, 0x04]],
  ["an empty ZIP archive", [0x50, 0x4b, 0x05, 0x06]],
  ["gzip data", [0x1f, 0x8b]],
  ["an old Excel workbook (XLS)", [0xd0, 0xcf, 0x11, 0xe0]],
  ["a PNG image", [0x89, 0x50, 0x4e, 0x47]],
  ["a JPEG image", [0xff, 0xd8, 0xff]],
  ["a GIF image", [0x47, 0x49, 0x46, 0x38]],
  ["a Parquet file", [0x50, 0x41, 0x52, 0x31]],
  ["Zstandard data", [0x28, 0xb5, 0x2f, 0xfd]],
  ["bzip2 data", [0x42, 0x5a, 0x68]],
  ["XZ data", [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ["a SQLite database", [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65, 0x20]],
];

const unreadable = (detail: string) => fail("unrecognised_format", detail);

/**
 * The text of a body with `\n` for every line break. UTF-8 with or without a mark, UTF-16 in both orders, and
 * Windows-1252 where the bytes are no UTF-8. Throws `unrecognised_format` for what is no text.
 */
export function decodeText(body: Uint8Array | string): DetectedText {
  if (typeof body === "string") return finish(body, "utf-8");
  if (body.length === 0) throw unreadable("The body is empty.");
  for (const [name, magic] of KNOWN_BINARIES)
    if (magic.every((byte, i) => body[i] === byte))
      throw unreadable(`The body is ${name}, which is not taken here. CSV, JSON, NDJSON and plain text are.`);
  if (body.length > EXTRACTION_LIMITS.inlineChars * 2) throw tooLarge();
  if (body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf)
    return finish(decodeAs(body, "utf-8"), "utf-8-bom");
  if (body[0] === 0xff && body[1] === 0xfe) return finish(decodeAs(body, "utf-16le"), "utf-16le");
  if (body[0] === 0xfe && body[1] === 0xff) return finish(decodeAs(body, "utf-16be"), "utf-16be");
  const wide = unmarkedUtf16(body);
  if (wide) return finish(decodeAs(body, wide), wide);
  const strict = strictUtf8(body);
  return strict === null ? finish(decodeAs(body, "windows-1252"), "windows-1252") : finish(strict, "utf-8");
}

const tooLarge = () =>
  fail(
    "payload_too_large",
    `Text of at most ${EXTRACTION_LIMITS.inlineChars} characters is understood in one piece.`,
  );

const decodeAs = (body: Uint8Array, encoding: string): string => new TextDecoder(encoding).decode(body);

function strictUtf8(body: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(body);
  } catch {
    return null;
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
  const text = raw.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n");
  if (text.trim() === "") throw unreadable("The body is empty.");
  const sample = text.slice(0, 20_000);
  let controls = 0;
  for (let i = 0; i < sample.length; i++) {
    const code = sample.charCodeAt(i);
    if ((code < 32 && code !== 9 && code !== 10 && code !== 12 && code !== 0x1f) || code === 0xfffd)
      controls++;
  }
  if (controls > sample.length * 0.02)
    throw unreadable("The body is binary data of no known kind. CSV, JSON, NDJSON and plain text are taken.");
  // A NUL can be stored nowhere as text; a few stray ones do not spoil a file.
  return { text: text.includes("\0") ? text.replaceAll("\0", "") : text, encoding };
}

/** The format of a text by what stands in it; a name or media type is believed only where the content is silent. */
export function detectFormat(
  text: string,
  hints: { filename?: string | undefined; contentType?: string | undefined } = {},
): FormatId {
  const head = text.slice(0, 4_000).trimStart();
  if (head.startsWith("{") || head.startsWith("[")) {
    const json = jsonKind(text);
    if (json) return json;
  }
  if (isTextOfReadings(text)) return "text";
  const dialect = detectDialect(text);
  if (isLog(text, dialect?.consistency ?? 0)) return "text";
  if (dialect && dialect.consistency >= 0.6 && isTabular(text, dialect.width, dialect.consistency))
    return "csv";
  if (isColumnOfReadings(text)) return "csv";
  const named = `${hints.filename ?? ""} ${hints.contentType ?? ""}`.toLowerCase();
  if (/\.(?:csv|tsv)\b|text\/csv|tab-separated/.test(named)) return "csv";
  return "text";
}

function jsonKind(text: string): FormatId | null {
  const lines = firstNonBlank(text, 3);
  const whole = (line: string) => {
    try {
      const value: unknown = line.length < 1_000_000 ? JSON.parse(line) : null;
      return typeof value === "object" && value !== null;
    } catch {
      return false;
    }
  };
  if (lines.length >= 2 && lines.filter(whole).length >= 2) return "ndjson";
  // "[2025-01-15 10:00] started" and "{x} is" begin alike and are no JSON.
  return /^\s*(?:\{\s*(?:"|\}|$)|\[\s*(?:[[{"\]]|-?\d[\d.eE+-]*\s*[,\]\n]|true\b|false\b|null\b|$))/.test(
    text.slice(0, 2_000),
  )
    ? "json"
    : null;
}

function firstNonBlank(text: string, count: number): string[] {
  const found: string[] = [];
  for (let at = 0; at < text.length && found.length < count; ) {
    const end = text.indexOf("\n", at);
    const line = text.slice(at, end < 0 ? undefined : end).trim();
    if (line !== "") found.push(line);
    at = end < 0 ? text.length : end + 1;
  }
  return found;
}

/** Commas stand in sentences too: a table has many lines of one width, or readings in a single one. */
function isTabular(text: string, width: number, consistency: number): boolean {
  const lines = firstNonBlank(text, 40);
  if (lines.length >= 3 && consistency >= 0.8) return width > 2 || !looksLikeProse(lines);
  if (lines.length >= 3) return width > 2;
  return width >= 3 || lines.some((line) => line.split(/[,;\t|]/).filter(isReading).length >= 1);
}

const looksLikeProse = (lines: readonly string[]): boolean =>
  lines.filter((line) => line.split(/\s+/).length > 8 && !/\d/.test(line)).length > lines.length / 2;

function isColumnOfReadings(text: string): boolean {
  const lines = firstNonBlank(text, 200);
  return lines.length >= 2 && lines.slice(1).filter(isReading).length >= (lines.length - 1) * 0.8;
}
