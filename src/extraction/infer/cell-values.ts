import type { NumberFormat } from "../contract";
import type { Cell } from "../formats/source-table";
import { parseNumber, splitScaled } from "./numbers";
import { splitMeasured } from "./units";

/** The number in a cell, its unit taken off where it has one. */
export function readValue(cell: Cell, format: NumberFormat): number | null {
  const value = parseNumber(cell, format);
  if (value !== null || typeof cell !== "string") return value;
  const scaled = format.scaled ? splitScaled(cell) : null;
  if (scaled) {
    const base = parseNumber(scaled.number, format);
    // Rounded to fifteen digits: 1.1 * 1e6 is 1100000.0000000002 otherwise.
    return base === null ? null : Number((base * scaled.scale).toPrecision(15));
  }
  const measured = splitMeasured(cell);
  return measured ? parseNumber(measured.number, format) : null;
}

/** Cells as texts that may be times. A year read as a decimal number (1987.0) is the year. */
export const timeText = (cell: Cell): string => {
  const text = typeof cell === "string" ? cell : String(cell);
  return text.length === 6 && text.endsWith(".0") && /^\d{4}/.test(text) ? text.slice(0, 4) : text;
};

/** Words between blanks, counted without cutting the text up. */
export function wordsIn(text: string): number {
  let words = 1;
  for (let i = text.indexOf(" "); i >= 0; i = text.indexOf(" ", i + 1))
    if (text.charCodeAt(i + 1) !== 0x20) words++;
  return words;
}
