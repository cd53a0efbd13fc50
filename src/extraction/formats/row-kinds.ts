import { isEmpty } from "../infer/numbers";
import { isReading } from "../infer/reading";
import type { Cell } from "./source-table";

/**
 * What a row of a table is by its cells, of text as of a sheet. That a row is a sum or a footnote holds at the end of a
 * table only: see {@link endOfTable}.
 */
export type Cells = readonly Cell[];

export const cellText = (cell: Cell): string => (cell === null ? "" : String(cell).trim());

export const filledCount = (cells: Cells): number => {
  let count = 0;
  for (const cell of cells) if (!isEmpty(cell)) count++;
  return count;
};

/** A row ends with its last filled cell: trailing delimiters say nothing. */
export const filledWidth = (cells: Cells): number => {
  let width = cells.length;
  while (width > 0 && isEmpty(cells[width - 1])) width--;
  return width;
};

const firstFilled = (cells: Cells): Cell => {
  for (const cell of cells) if (!isEmpty(cell)) return cell;
  return null;
};

/** A line of dashes that parts the names from the rows. */
export function isRule(cells: Cells): boolean {
  const first = firstFilled(cells);
  // Nearly every row begins with a letter or a digit: no other is looked at as a whole.
  if (typeof first !== "string" || !/^\s*[-=+:_|]/.test(first)) return false;
  const text = cells.map(cellText).join("");
  return text.length >= 3 && text.length < 10_000 && /^[-=+:_| ]+$/.test(text) && /---|===|___/.test(text);
}

/** Whether the header comes again; `header` are its cells, trimmed. */
export const isHeaderAgain = (cells: Cells, header: readonly string[]): boolean =>
  cells.length === header.length && cells.every((cell, i) => cellText(cell) === header[i]);

// Words end where no letter follows: \b knows Latin ones only.
const TOTAL =
  /^(?:(?:grand\s+|sub\s*-?)?totals?|summe|gesamt|insgesamt|suma|totaal|totale|итого)(?![\p{L}\p{M}\p{N}_])/iu;

/** Whether the first filled cell names the row as one that adds up others. */
export function isNamedTotal(cells: Cells): boolean {
  const first = cellText(firstFilled(cells));
  return first.length < 40 && TOTAL.test(first);
}

// "1.", "(a)", "*", "Source:", "Note", "Quelle(n):": what stands before a footnote in a cell of its own.
const FOOTNOTE_MARK =
  /^(?:\(?[\da-z]{1,2}[.)]|[*†‡§]{1,3}|(?:notes?|sources?|quellen?|fuente|anmerkung(?:en)?)\b\S{0,4})$/i;

/** One cell alone, and no reading; or prose behind the mark of a footnote. */
export function isFootnote(cells: Cells): boolean {
  const filled = cells.filter((cell) => !isEmpty(cell));
  const [first, second] = filled;
  if (typeof first !== "string") return false;
  if (filled.length === 1) return !isReading(first);
  return filled.length === 2 && FOOTNOTE_MARK.test(first.trim()) && isProse(second!);
}

const isProse = (cell: Cell): boolean => typeof cell === "string" && cell.trim().split(/\s+/).length >= 3;

const isPair = (cells: Cells): boolean => filledCount(cells) === 2;
/** A line of prose under a narrow table: it has no second cell, be it empty. */
const isAlone = (cells: Cells): boolean => cells.length === 1 && isProse(cells[0]!);

/** Records at the end of a table among which sums and footnotes are looked for. */
export const TAIL_RECORDS = 256;

/** Places among the records that were looked at. */
export interface TableEnd {
  totals: ReadonlySet<number>;
  footnotes: ReadonlySet<number>;
}

/**
 * Which of the last records of a table are no records: rows that add up the ones above are few, at the end, and named so;
 * footnotes stand below the last row that is filled. Blank rows, rules and headers are not among `tail`, its last
 * {@link TAIL_RECORDS}; `all` are the records of the table, `named` those of them that are named as sums.
 */
export function endOfTable(
  tail: readonly Cells[],
  { columns, all, named }: { columns: number; all: number; named: number },
): TableEnd {
  const lastFull = tail.findLastIndex((cells) => filledCount(cells) >= Math.max(2, columns / 2));
  const totals = new Set<number>();
  const from = Math.max(0, Math.max(lastFull, tail.length - 4) - 3);
  if (named <= 3 && all >= 3)
    for (let i = from; i < tail.length; i++) if (isNamedTotal(tail[i]!)) totals.add(i);
  const footnotes = new Set<number>();
  // A table of one or two columns has rows of one cell, but for one of which all others are whole.
  const few = columns < 3;
  const whole = few && columns === 2 && lastFull >= 2 && tail.slice(0, lastFull).every(isPair);
  if ((!few || whole) && lastFull >= 0)
    for (let i = lastFull + 1; i < tail.length; i++)
      if (!totals.has(i) && isFootnote(tail[i]!) && (!few || isAlone(tail[i]!))) footnotes.add(i);
  return { totals, footnotes };
}
