import { fail } from "../../core/errors";
import type { ParsedRow } from "../append";
import { STREAM_LIMITS } from "../contract";
import { emptyPoint, placeText, timeNameOf, timeOf } from "./row";

/** The header of CSV and what it makes of the cells below. A column without a name is passed over. */
export interface CsvHeader {
  names: readonly string[];
  /** The column of the time; -1: there is none. */
  timeAt: number;
}

/** Throws `malformed_data` where a row cannot hold as many columns. */
export function headerOf(cells: readonly string[]): CsvHeader {
  const names = cells.map((cell) => cell.trim());
  if (names.length > STREAM_LIMITS.fieldsPerRow + STREAM_LIMITS.tagsPerRow + STREAM_LIMITS.attributesPerRow)
    throw fail("malformed_data", `The header has ${names.length} columns; a row cannot hold as many.`);
  const timeName = timeNameOf(names);
  return { names, timeAt: timeName === null ? -1 : names.indexOf(timeName) };
}

/** The row of these cells, each read as in parseRecord. */
export function csvRow(row: number, cells: readonly string[], { names, timeAt }: CsvHeader): ParsedRow {
  if (cells.length > names.length)
    return { row, rejected: `the row has ${cells.length} cells and the header ${names.length}` };
  const timestamp = timeAt < 0 ? null : timeOf(cells[timeAt]?.trim());
  if (timestamp === undefined) return { row, rejected: `"${names[timeAt]}" is not a time` };
  const point = emptyPoint(timestamp, {});
  for (let i = 0; i < cells.length; i++)
    if (i !== timeAt && names[i] !== "") placeText(point, names[i]!, cells[i]!);
  return { row, point };
}

/** The most frequent of , ; tab | in the line of the header. */
export function delimiterOf(line: string): string {
  const count = (char: string) => line.split(char).length;
  return [",", ";", "\t", "|"].reduce((best, char) => (count(char) > count(best) ? char : best));
}
