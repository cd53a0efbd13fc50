import type { FormatId } from "../contract";
import { detectDialect, type ScoredDialect, splitRows, WHITESPACE } from "../formats/csv/dialect";
import { isLog, isTextOfReadings } from "../formats/text";
import { isDirected } from "../formats/text/log/w3c";
import { isSentence } from "../formats/text/posts";
import { isReading } from "../infer/reading";
import { EXTRACTION_LIMITS } from "../limits";

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
  if (isJsonAmongOthers(text)) return "ndjson";
  const dialect = detectDialect(text);
  if (isDirected(firstNonBlank(text, EXTRACTION_LIMITS.preambleLines))) return "text";
  if (dialect && isHeaded(text, dialect)) return "csv";
  if (isTextOfReadings(text)) return "text";
  if (isLog(text, dialect?.consistency ?? 0)) return "text";
  if (dialect && dialect.consistency >= 0.6 && !onlyEnds(text, dialect.delimiter) && isTabular(text, dialect))
    return "csv";
  if (isColumnOfReadings(text)) return "csv";
  const named = `${hints.filename ?? ""} ${hints.contentType ?? ""}`.toLowerCase();
  if (/\.(?:csv|tsv)\b|text\/csv|tab-separated/.test(named)) return "csv";
  return "text";
}

// What a document in JSON begins with: a number in it ends at a comma, at a bracket that ends its line, or with the line.
const JSON_NUMBER = "-?(?:0|[1-9]\\d*)(?:\\.\\d+)?(?:[eE][+-]?\\d+)?";
const BEGINS_JSON = new RegExp(
  `^\\s*(?:\\{\\s*(?:"|\\}|$)|\\[\\s*(?:[[{"\\]]|${JSON_NUMBER}\\s*(?:,|\\](?=\\s*(?:[,\\]}]|$))|\\n)|true\\b|false\\b|null\\b|$))`,
);

function isJsonValue(line: string): boolean {
  try {
    const value: unknown = line.length < 1_000_000 ? JSON.parse(line) : null;
    return typeof value === "object" && value !== null;
  } catch {
    return false;
  }
}

function jsonKind(text: string): FormatId | null {
  const lines = firstNonBlank(text, 3);
  if (lines.length >= 2 && lines.filter(isJsonValue).length >= 2) return "ndjson";
  // "[2025-01-15 10:00] started", "[   0.10] up" and "{x} is" begin alike and are no JSON.
  return BEGINS_JSON.test(text.slice(0, 2_000)) ? "json" : null;
}

/** Lines that a process printed before its logger was up, or between its records. */
const OBJECTS_AMONG_LINES = 0.7;

/** Objects of JSON one a line, the first lines aside. */
function isJsonAmongOthers(text: string): boolean {
  if (!text.slice(0, 20_000).includes("\n{")) return false;
  const lines = firstNonBlank(text, 50);
  const objects = lines.filter(
    (line) => line.startsWith("{") && line.endsWith("}") && isJsonValue(line),
  ).length;
  return objects >= 2 && objects >= lines.length * OBJECTS_AMONG_LINES;
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

/** Rows of one width that may differ from it, as rows that lost their last cell do. */
const HEADED_CONSISTENCY = 0.85;
const NAME_CHARS = 60;
/** Of the rows that fill the table: groups of columns may stand above their names. */
const HEADER_WITHIN = 2;

/**
 * Rows under a row of names: neither logs nor readings in words have one, however alike their lines are. Colons part the
 * words of logs as well and are not believed here, and blanks only where most of a row are readings.
 */
function isHeaded(text: string, { delimiter, quote, width, consistency }: ScoredDialect): boolean {
  if (width < 2 || consistency < HEADED_CONSISTENCY || delimiter === ":") return false;
  const readings = delimiter === WHITESPACE ? width / 2 : 1;
  const head = text.slice(0, 20_000).replace(/\r\n?/g, "\n");
  const rows = splitRows(head, delimiter, quote, EXTRACTION_LIMITS.preambleLines);
  const isName = (cell: string) =>
    cell !== "" && cell.length <= NAME_CHARS && !isReading(cell) && /[\p{L}_]/u.test(cell);
  const full = rows.filter((cells) => cells.length >= width - 1);
  return full.slice(0, HEADER_WITHIN).some((cells, at) => {
    const names = cells.map((cell) => cell.trim());
    const below = full[at + 1];
    return (
      // An index has no name, and columns of one kind may share theirs.
      names.every((name, i) => isName(name) || (i === 0 && name === "")) &&
      new Set(names).size > names.length / 2 &&
      below !== undefined &&
      below.filter(isReading).length >= readings
    );
  });
}

/** A mark that ends some lines and stands in none, as in statements of a language, parts nothing. */
function onlyEnds(text: string, delimiter: string): boolean {
  const lines = firstNonBlank(text, 40);
  const ends = lines.filter((line) => line.endsWith(delimiter)).length;
  return (
    ends > 0 &&
    ends < lines.length &&
    lines.every((line) => !line.slice(0, -delimiter.length).includes(delimiter))
  );
}

/** Commas stand in sentences too: a table has many lines of one width, or readings in a single one. */
function isTabular(text: string, { delimiter, width, consistency }: ScoredDialect): boolean {
  const lines = firstNonBlank(text, 40);
  if (delimiter === "," && areSentences(lines)) return false;
  if (lines.length >= 3 && consistency >= 0.8) return width > 2 || !looksLikeProse(lines);
  if (lines.length >= 3) return width > 2;
  return width >= 3 || lines.some((line) => line.split(/[,;\t|]/).filter(isReading).length >= 1);
}

/** Of lines, those that must end as sentences do; of what stands behind commas, that which must go on with a small letter. */
const SENTENCES = 0.6;

/** Sentences, in which each comma has a blank behind it and parts no reading from the rest. */
function areSentences(lines: readonly string[]): boolean {
  const ended = lines.filter(isSentence).length;
  if (ended < lines.length * SENTENCES || lines.some((line) => /,(?!\d{3}\b)\S/.test(line))) return false;
  const parts = lines.map((line) => line.split(/,\s+/));
  const behind = parts.flatMap((line) => line.slice(1));
  const going = behind.filter((part) => /^\p{Ll}/u.test(part)).length;
  return going >= behind.length * SENTENCES && !parts.flat().some(isReading);
}

const looksLikeProse = (lines: readonly string[]): boolean =>
  lines.filter((line) => line.split(/\s+/).length > 8 && !/\d/.test(line)).length > lines.length / 2;

function isColumnOfReadings(text: string): boolean {
  const lines = firstNonBlank(text, 200);
  return lines.length >= 2 && lines.slice(1).filter(isReading).length >= (lines.length - 1) * 0.8;
}
