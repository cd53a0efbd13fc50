import { isMissingWord } from "../../infer/numbers";
import { isReading } from "../../infer/reading";
import type { Cell } from "../source-table";
import { KIND } from "./number-format";
import type { Area } from "./reference";
import type { Region } from "./region";

const PROBED_ROWS = 200;

/** The first rows of a region as texts, with what the file knows of them beyond. */
export interface Probe {
  region: Region;
  texts: string[][];
  /** Cells that the file types as dates or times, by row. */
  dated: boolean[][];
  merges: readonly Area[];
  /** Columns that hold mostly readings below their names. */
  typed: boolean[];
}

export function probeOf(region: Region, merges: readonly Area[]): Probe {
  const texts: string[][] = [];
  const dated: boolean[][] = [];
  for (let i = 0; i < Math.min(region.rows.length, PROBED_ROWS); i++) {
    const marks = new Array<boolean>(region.columns.length).fill(false);
    region.eachCell(i, (at, cell) => {
      const kind = region.cells.kind(cell);
      marks[at] = kind === KIND.date || kind === KIND.dateTime || kind === KIND.timeOfDay;
    });
    texts.push(region.row(i).map(textOf));
    dated.push(marks);
  }
  const { top, left, right } = region.area;
  const last = region.rowNumber(texts.length - 1);
  return {
    region,
    texts,
    dated,
    merges: merges.filter(
      (merge) => merge.top <= last && merge.bottom >= top && merge.left <= right && merge.right >= left,
    ),
    typed: region.columns.length === 0 ? [] : Array.from(region.columns, (_, at) => isTyped(texts, at)),
  };
}

const textOf = (cell: Cell): string => (cell === null ? "" : String(cell));

/** Of the lower part of a column, where no name stands any more, most are readings. */
function isTyped(texts: readonly string[][], at: number): boolean {
  const from = Math.min(4, texts.length >> 1);
  const values = texts.slice(from).flatMap((row) => (isNothing(row[at]!) ? [] : [row[at]!]));
  return values.length > 0 && values.filter(isReading).length >= values.length * 0.6;
}

const isNothing = (text: string): boolean => text.trim() === "" || isMissingWord(text);

/** A row like those of the body: what stands in columns of readings is readings. */
export function isDataLike({ texts, typed }: Probe, index: number): boolean {
  const row = texts[index];
  if (!row) return true;
  let filled = 0;
  let readings = 0;
  row.forEach((text, at) => {
    if (!typed[at] || isNothing(text)) return;
    filled++;
    if (isReading(text)) readings++;
  });
  return filled > 0 && readings > filled / 2;
}
