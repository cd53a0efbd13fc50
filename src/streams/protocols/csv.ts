import Papa from "papaparse";
import { fail } from "../../core/errors";
import type { ParsedRow } from "../append";
import { STREAM_LIMITS } from "../contract";
import { emptyPoint, placeText, timeNameOf, timeOf } from "./row";

/** Text held at most while a record is incomplete: a quote that never closes would take the whole body. */
const PIECE_CHARS = 4_000_000;

/**
 * The rows of CSV (RFC 4180) with a header; the delimiter is the header's most frequent of , ; tab |. Rows are numbered
 * as records below the header, from 1. A cell is read as in parseRecord.
 */
export async function* csvRows(text: AsyncIterable<string> | Iterable<string>): AsyncGenerator<ParsedRow> {
  let header: string[] | null = null;
  let delimiter = ",";
  let timeAt = -1;
  let row = 0;
  for await (const piece of wholeRecords(text)) {
    if (!header) delimiter = delimiterOf(piece);
    const { data } = Papa.parse<string[]>(piece, { delimiter, skipEmptyLines: "greedy" });
    for (const cells of data) {
      if (!header) {
        header = headerOf(cells);
        const timeName = timeNameOf(header);
        timeAt = timeName === null ? -1 : header.indexOf(timeName);
      } else yield rowOf(++row, cells, header, timeAt);
    }
  }
}

function headerOf(cells: string[]): string[] {
  const names = cells.map((cell) => cell.replace(/^\uFEFF/, "").trim());
  if (names.length > STREAM_LIMITS.fieldsPerRow + STREAM_LIMITS.tagsPerRow + STREAM_LIMITS.attributesPerRow) {
    throw fail("malformed_data", `The header has ${names.length} columns; a row cannot hold as many.`);
  }
  return names;
}

function rowOf(row: number, cells: string[], header: string[], timeAt: number): ParsedRow {
  if (cells.length > header.length)
    return { row, rejected: `the row has ${cells.length} cells and the header ${header.length}` };
  const timestamp = timeAt < 0 ? null : timeOf(cells[timeAt]?.trim());
  if (timestamp === undefined) return { row, rejected: `"${header[timeAt]}" is not a time` };
  const point = emptyPoint(timestamp, {});
  for (let i = 0; i < cells.length; i++)
    if (i !== timeAt && header[i] !== "") placeText(point, header[i]!, cells[i]!);
  return { row, point };
}

/** Cuts the text after a line end that stands in no quotes: where an even number of quotes came before. */
async function* wholeRecords(text: AsyncIterable<string> | Iterable<string>): AsyncGenerator<string> {
  let held = "";
  let scanned = 0;
  let quotes = 0;
  for await (const piece of text) {
    held += piece;
    let cut = 0;
    for (; scanned < held.length; scanned++) {
      const char = held.charCodeAt(scanned);
      if (char === 34) quotes++;
      else if (char === 10 && quotes % 2 === 0) cut = scanned + 1;
    }
    if (cut > 0) {
      yield held.slice(0, cut);
      held = held.slice(cut);
      scanned -= cut;
    }
    if (held.length > PIECE_CHARS) throw fail("malformed_data", "A quote in the CSV does not close.");
  }
  if (held !== "") yield held;
}

function delimiterOf(piece: string): string {
  const line = piece.slice(0, piece.search(/\r?\n|$/));
  const count = (char: string) => line.split(char).length;
  return [",", ";", "\t", "|"].reduce((best, char) => (count(char) > count(best) ? char : best));
}
