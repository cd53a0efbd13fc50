import Papa from "papaparse";
import type { CsvDialect } from "../../contract";
import { isMissingWord } from "../../infer/numbers";
import { isReading } from "../../infer/reading";
import { EXTRACTION_LIMITS } from "../../limits";
import { filledWidth } from "../row-kinds";

export type Quote = CsvDialect["quote"];

export const WHITESPACE = "whitespace";
// The weight is how often the mark separates fields in files of the wild, not inside of them.
const DELIMITERS: readonly (readonly [string, number])[] = [
  [",", 1],
  [";", 1],
  ["\t", 1],
  ["||", 1],
  ["::", 1],
  ["|", 1],
  ["^", 0.8],
  ["~", 0.8],
  ["\u001f", 0.9],
  ["\u0001", 0.9],
  [WHITESPACE, 0.6],
  [":", 0.35],
];

/** Splits lines into cells under a delimiter and quote. The text has `\n` for every line break. */
export function splitRows(text: string, delimiter: string, quote: Quote, most = 0): string[][] {
  if (delimiter === "") return limited(text.split("\n"), most).map((line) => [line]);
  if (delimiter === WHITESPACE) return limited(text.split("\n"), most).map(splitBlanks);
  return Papa.parse<string[]>(text, {
    delimiter,
    newline: "\n",
    // A NUL never occurs here: it stands for "no quotes at all".
    quoteChar: quote === "" ? "\0" : quote,
    escapeChar: quote === "" ? "\0" : quote,
    preview: most,
    skipEmptyLines: false,
  }).data;
}

const limited = <T>(items: T[], most: number): T[] => (most > 0 ? items.slice(0, most) : items);

/** The cells of a line that runs of blanks part. A cell with blanks of its own stands between quotes. */
export function splitBlanks(line: string): string[] {
  const trimmed = line.trim();
  if (trimmed === "") return [""];
  return /["']/.test(trimmed)
    ? (trimmed.match(/"[^"]*"|'[^']*'|\S+/g) ?? []).map((cell) => cell.replace(/^(["'])(.*)\1$/, "$2"))
    : trimmed.split(/[ \t]+/);
}

export interface ScoredDialect {
  delimiter: string;
  quote: Quote;
  score: number;
  width: number;
  /** The share of non-blank lines that are as wide as most. */
  consistency: number;
}

/**
 * Finds delimiter and quote by data consistency: the product of a pattern score (long runs of lines of one width) and
 * a type score (cells that are numbers, times, words). After van den Burg, Nazábal, Sutton: "Wrangling messy CSV
 * files by detecting row and type patterns", 2019.
 */
export function detectDialect(text: string): ScoredDialect | null {
  const head = firstLines(text, EXTRACTION_LIMITS.dialectLines);
  const quotes: Quote[] = ['"'];
  if (/(?:^|[,;\t|]) *'[^'\n]*' *(?:[,;\t|]|$)/m.test(head.slice(0, 20_000))) quotes.push("'");
  if (head.includes('"')) quotes.push("");
  let best: ScoredDialect | null = null;
  for (const [delimiter, weight] of DELIMITERS) {
    if (delimiter !== WHITESPACE && !head.includes(delimiter)) continue;
    // 10:05 is one cell.
    if (delimiter === ":" && /\d:\d\d/.test(head)) continue;
    // Half of a mark that always stands twice.
    if (/^[|:]$/.test(delimiter) && alwaysDouble(head, delimiter)) continue;
    for (const quote of delimiter === WHITESPACE ? (['"'] as const) : quotes) {
      const scored = score(head, delimiter, quote, weight);
      if (scored && (best === null || scored.score > best.score * 1.0001)) best = scored;
    }
  }
  return best;
}

const alwaysDouble = (head: string, mark: string): boolean =>
  head.split(mark).length - 1 === 2 * (head.split(mark + mark).length - 1);

function firstLines(text: string, lines: number): string {
  let at = 0;
  for (let i = 0; i < lines; i++) {
    const next = text.indexOf("\n", at);
    if (next < 0 || next > 400_000) return text.slice(0, 400_000);
    at = next + 1;
  }
  return text.slice(0, at);
}

const BLANKS_BEFORE_QUOTE = /([,;|\t]) {1,60}(?=["'])/g;

function score(head: string, delimiter: string, quote: Quote, weight: number): ScoredDialect | null {
  // As they are read later: blanks before a quote are none of the cell's.
  const text = delimiter === WHITESPACE ? head : head.replace(BLANKS_BEFORE_QUOTE, "$1");
  const rows = splitRows(text, delimiter, quote)
    .filter((row) => row.some((cell) => cell.trim() !== ""))
    .filter((row) => !row[0]!.startsWith("#"));
  if (rows.length === 0) return null;
  const widths = new Map<number, number>();
  for (const row of rows) widths.set(row.length, (widths.get(row.length) ?? 0) + 1);
  const [[width]] = [...widths].sort((a, b) => b[1] - a[1] || b[0] - a[0]) as [[number, number]];
  if (width < 2) return null;
  // By the line: cells in quotes may span several, and their rows are fewer than the lines are without quotes.
  let pattern = 0;
  for (const row of rows) pattern += linesOf(row) * Math.max(0.001, (row.length - 1) / row.length);
  pattern /= widths.size;
  let typed = 0;
  let cells = 0;
  for (const row of rows) {
    for (const cell of row) {
      cells++;
      typed += typeWeight(cell, quote);
    }
  }
  // Bare blanks and colons stand inside of prose and times: they separate only where readings are left.
  if (weight < 0.7 && !mostlyReadings(rows, width)) return null;
  return {
    delimiter,
    quote,
    width,
    consistency: consistencyOf(rows, width),
    score: weight * pattern * Math.max(1e-9, typed / cells) * (1 - 0.7 * tabbedShare(rows)),
  };
}

function linesOf(row: readonly string[]): number {
  let lines = 1;
  for (const cell of row) if (cell.includes("\n")) lines += cell.split("\n").length - 1;
  return lines;
}

/** The share of rows with a tab inside of a cell. It separates: hardly any cell has one, and no table in each row. */
const tabbedShare = (rows: string[][]): number =>
  rows.filter((row) => row.some((cell) => cell.trim().includes("\t"))).length / rows.length;

/** Titles above the table and empty cells that trail a line do not count against it. */
function consistencyOf(rows: string[][], width: number): number {
  const fits = (row: string[]) => row.length === width || filledWidth(row) === width;
  const table = rows.slice(
    Math.max(
      0,
      rows.findIndex((row) => row.length >= width),
    ),
  );
  return table.filter(fits).length / Math.max(1, table.length);
}

function mostlyReadings(rows: string[][], width: number): boolean {
  const wide = rows.filter((row) => row.length === width);
  if (wide.length < 3 || wide.length < rows.length * 0.9) return false;
  let readings = 0;
  for (const row of wide.slice(1)) for (const cell of row) if (isReading(cell)) readings++;
  return readings >= 0.45 * width * (wide.length - 1);
}

const WORDS = /^[\p{L}\p{M}_#(["'][\p{L}\p{M}\p{N} .,'"’&/()_\-–:;+#@%°$£€!?[\]*]*$/u;

function typeWeight(cell: string, quote: Quote): number {
  const text = cell.trim();
  if (text === "" || isMissingWord(text) || isReading(text)) return 1;
  // Quotes left standing are a sign of the wrong quote.
  if (quote !== '"' && /^".*"$/.test(text)) return 0.1;
  if (quote !== "'" && /^'.*'$/.test(text)) return 0.3;
  if (text.length <= 64) return WORDS.test(text) ? (/[,;|\t]/.test(text) ? 0.6 : 0.95) : 0.5;
  return 0.4;
}
