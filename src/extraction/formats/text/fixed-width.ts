import { isReading } from "../../infer/reading";
import { EXTRACTION_LIMITS } from "../../limits";
import { distinctNames, type ReadRow } from "../source-table";
import { type TextLayout, TextRows } from "./layout";
import type { Line } from "./lines";

/** Columns of fixed width under a line of names, as reports and commands print them. */
export interface FixedWidthLayout {
  kind: "fixed_width";
  /** Where each column begins, in characters; it ends where the next one begins. Null: words are cells. */
  starts: number[] | null;
  header: string;
}

const RULE = /^[\s=_*+-]+$/;
const MOST_CHARS = 1_000;
/** Lines above the names that say what the table is about, without a blank line between. */
const MOST_ABOVE = 8;
/** Of all lines, those that the table must have. */
const MOST = 0.5;
/** Of the cells of a column of readings. */
const READINGS = 0.8;

/**
 * Columns between the places that are blank in every line of a paragraph, where its lines cannot be split at blanks
 * alone: names of two words, empty cells, a last column in words, or other lines around the table. The first line names
 * the columns. Null for anything else.
 */
export function decideFixedWidth(sample: readonly Line[]): TextLayout<FixedWidthLayout> | null {
  const paragraphs = paragraphsOf(withoutComments(sample));
  const all = paragraphs.reduce((sum, { length }) => sum + length, 0);
  const tables = paragraphs
    .filter(({ length }) => length >= all * MOST)
    .flatMap((paragraph) => {
      const used = usedPlaces(paragraph);
      return used.slice(1).flatMap((below, above): Table[] => {
        const lines = paragraph.slice(above);
        if (lines.length < 3 || lines.length < all * MOST) return [];
        return [{ lines, alone: lines.length === all, used: used[above]!, below }];
      });
    });
  for (const read of [byPlaces, byWords])
    for (const table of tables) {
      const layout = read(table);
      if (layout) return layout;
    }
  return null;
}

/** Several lines behind "#" are about the table; a single one may be its names, and most of them are its rows. */
function withoutComments(lines: readonly Line[]): readonly Line[] {
  const others = lines.filter(({ text }) => !text.startsWith("#"));
  return others.length > lines.length * MOST && others.length <= lines.length - 2 ? others : lines;
}

/** Lines that may be a table, the names first. */
interface Table {
  lines: readonly string[];
  /** There are no other lines around it. */
  alone: boolean;
  /** 1 by place, where one of the lines has no blank; and where one of those below the names has none. */
  used: Uint8Array;
  below: Uint8Array;
}

/** By the number of lines that are left out above, which places of the other lines are not blank in all of them. */
function usedPlaces(paragraph: readonly string[]): Uint8Array[] {
  const width = Math.min(MOST_CHARS, Math.max(0, ...paragraph.map(({ length }) => length)));
  let used: Uint8Array = new Uint8Array(width + 1);
  const found: Uint8Array[] = [];
  for (let at = paragraph.length; at-- > 0; ) {
    // What is below the lines that may be names is the same for each of them.
    if (at <= MOST_ABOVE) {
      found.unshift(used);
      used = used.slice();
    }
    const text = paragraph[at]!;
    const end = Math.min(width, text.length);
    for (let i = 0; i < end; i++) if (text.charCodeAt(i) !== 32) used[i] = 1;
  }
  return [used, ...found];
}

/** Lines without a blank one between them, less those that only draw. */
function paragraphsOf(sample: readonly Line[]): string[][] {
  const paragraphs: string[][] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const { row, text } of sample) {
    if (row !== last + 1) paragraphs.push([]);
    if (!RULE.test(text)) paragraphs.at(-1)!.push(text);
    last = row;
  }
  return paragraphs;
}

function byPlaces({ lines, alone, used, below }: Table): TextLayout<FixedWidthLayout> | null {
  if (lines.some((text) => text.length > MOST_CHARS || text.includes("\t"))) return null;
  const starts = startsOf(lines[0]!, used, below);
  if (starts.length < 2 || starts.length > EXTRACTION_LIMITS.columns) return null;
  const names = cut(lines[0]!, starts);
  // A column of labels may go without a name; what is wide apart are two names.
  if (names.some((name, i) => (name === "" && i > 0) || isReading(name) || /\s\s/.test(name))) return null;
  if (alone && new Set(lines.map((text) => text.trim().split(/\s+/).length)).size === 1) return null;
  const rows = lines.slice(1).map((text) => cut(text, starts));
  const readings = names.map((_, i) => readingsIn(rows, i) >= READINGS);
  // A title has words below it where its table has readings.
  if (readings.some((are, i) => are && rows[0]![i] !== "" && readingsIn(rows.slice(0, 1), i) < 1))
    return null;
  if (!starts.every((start, i) => i === 0 || parts(lines, start) || readings[i] || readings[i - 1]))
    return null;
  const gaps = rows.some((cells) => cells.some((cell) => cell === "")) || starts.length >= 3;
  const wide =
    starts.length >= 3 && starts.slice(1).every((start) => lines.every((text) => isGap(text, start)));
  if (!gaps || !(readings.includes(true) || wide)) return null;
  return layoutOf(names, { kind: "fixed_width", starts, header: lines[0]! }, alone);
}

/**
 * Words under as many names, where wide cells push others aside: most columns are readings only or have none. The last
 * one takes the rest of the line, as that of commands does.
 */
function byWords({ lines, alone }: Table): TextLayout<FixedWidthLayout> | null {
  // Where each line has tabs, they part the columns.
  if (lines.some((text) => text.length > MOST_CHARS) || lines.every((text) => text.includes("\t")))
    return null;
  const names = lines[0]!.trim().split(/\s+/);
  if (names.length < 4 || names.length > EXTRACTION_LIMITS.columns || names.some(isReading)) return null;
  const rows: string[][] = [];
  for (const text of lines.slice(1)) {
    const cells = wordsOf(text, names.length);
    if (cells.length < names.length) return null;
    rows.push(cells);
  }
  // Where no line has more, blanks alone part the columns.
  if (alone && lines.every((text) => text.trim().split(/\s+/).length === names.length)) return null;
  const shares = names.map((_, i) => readingsIn(rows, i));
  const pure = shares.filter((share) => share <= 1 - PURE || share >= PURE).length;
  const readings = shares.flatMap((share, i) => (share >= PURE ? [i] : []));
  if (pure < names.length * READINGS || readings.length < Math.max(2, names.length / 3)) return null;
  // What stands above the names has more words than readings below it.
  if (!readings.every((i) => readingsIn(rows.slice(0, 1), i) === 1)) return null;
  return layoutOf(names, { kind: "fixed_width", starts: null, header: lines[0]! }, alone);
}

/** A size as commands print it for people. */
const SIZE = /^\d{1,5}(?:[.,]\d)?[KMGTPE]i?B?$/;
/** Of the cells of a column, to be one of readings or one of words. */
const PURE = 0.9;

/** So many words of a line at most, the last being the rest of it. */
function wordsOf(text: string, most: number): string[] {
  const words = text.trim().split(/\s+/, most);
  if (words.length < most) return words;
  let rest = text.trimStart();
  for (let i = 1; i < most; i++) rest = rest.slice(words[i - 1]!.length).trimStart();
  return [...words.slice(0, -1), rest];
}

/** The share of readings among the cells of a column that are filled; sizes like 1.8T are some. */
function readingsIn(rows: readonly (readonly string[])[], column: number): number {
  const filled = rows.flatMap((cells) => cells[column] || []);
  return filled.filter((cell) => isReading(cell) || SIZE.test(cell)).length / Math.max(1, filled.length);
}

function layoutOf(
  names: readonly string[],
  detail: FixedWidthLayout,
  alone: boolean,
): TextLayout<FixedWidthLayout> {
  const columns = distinctNames(names);
  return {
    columns,
    certainty: alone ? 0.85 : 0.8,
    detail,
  };
}

/** Cells are filled up with blanks; where there is one blank at most, it is words that are parted, or readings. */
const parts = (lines: readonly string[], start: number): boolean => lines.some((text) => isGap(text, start));
const isGap = (text: string, start: number): boolean => /^\s*$/.test(text.slice(start - 2, start));

/** A column begins behind a place that is blank in all lines. */
function startsOf(names: string, used: Uint8Array, below: Uint8Array): number[] {
  const regions: { start: number; end: number }[] = [];
  for (let i = 0; i < used.length; i++)
    if (used[i] === 1) {
      if (i === 0 || used[i - 1] === 0) regions.push({ start: i, end: i });
      regions.at(-1)!.end = i + 1;
    }
  const starts: number[] = [];
  let joined: number | null = null;
  regions.forEach(({ start, end }, i) => {
    const name = names.slice(start, end).trim();
    const next = regions[i + 1];
    const empty = !below.subarray(start, end).includes(1);
    // Words of one length in every line part no columns: a column has a name above it, and a name a column below.
    if (i > 0 && empty) return;
    if (i > 0 && name === "") {
      // The name of a column whose cells end together stands above their ends.
      if (next && names[next.start] === " ") joined ??= start;
      return;
    }
    starts.push(joined ?? start);
    joined = null;
  });
  return starts;
}

const cut = (text: string, starts: readonly number[]): string[] =>
  starts.map((start, i) => text.slice(i === 0 ? 0 : start, starts[i + 1]).trim());

export class FixedWidthRows extends TextRows {
  private headed = false;

  constructor(
    private readonly layout: FixedWidthLayout,
    width: number,
  ) {
    super(width);
  }

  protected line(text: string, row: number): ReadRow[] {
    if (RULE.test(text)) {
      this.skipped.comments++;
      return [];
    }
    if (text === this.layout.header) {
      if (this.headed) this.skipped.repeated_headers++;
      this.headed = true;
      return [];
    }
    if (!this.headed) {
      this.skipped.preamble++;
      return [];
    }
    const { starts } = this.layout;
    if (starts === null) {
      const cells = wordsOf(text, this.width);
      if (cells.length === this.width) return [{ row, cells }];
      return [{ row, reason: `the line has ${cells.length} words for ${this.width} columns` }];
    }
    if (starts.some((start) => start > 0 && start < text.length && text[start - 1] !== " ")) {
      return [{ row, reason: "the line does not keep to the columns" }];
    }
    return [{ row, cells: cut(text, starts).map((cell) => (cell === "" ? null : cell)) }];
  }
}
