import { isReading } from "../../infer/reading";
import { EXTRACTION_LIMITS } from "../../limits";
import { distinctNames, type ReadRow } from "../source-table";
import { type TextLayout, TextRows } from "./layout";
import type { Line } from "./lines";

/** Columns of fixed width under a line of names, as reports are printed. */
export interface FixedWidthLayout {
  kind: "fixed_width";
  /** Where each column begins, in characters; it ends where the next one begins. */
  starts: number[];
  header: string;
}

const RULE = /^[\s=_*+-]+$/;
const MOST_CHARS = 1_000;

/**
 * Columns between the places that are blank in every line, where lines cannot be split at blanks alone: names of two
 * words, empty cells. The first line names the columns, one of which holds readings. Null for anything else.
 */
export function decideFixedWidth(sample: readonly Line[]): TextLayout<FixedWidthLayout> | null {
  const lines = sample.map(({ text }) => text).filter((text) => !RULE.test(text));
  if (lines.length < 3 || lines.some((text) => text.length > MOST_CHARS || text.includes("\t"))) return null;
  const widths = new Set(lines.map((text) => text.trim().split(/\s+/).length));
  if (widths.size === 1) return null;
  const starts = startsOf(lines);
  if (starts.length < 2 || starts.length > EXTRACTION_LIMITS.columns) return null;
  // Cells are filled up with blanks; where there is one blank at most, it is the words that are parted.
  if (!starts.slice(1).every((start) => lines.some((text) => /^\s*$/.test(text.slice(start - 2, start)))))
    return null;
  const [names, ...rows] = lines.map((text) => cut(text, starts));
  if (names!.some((name) => name === "" || isReading(name))) return null;
  const readings = names!.filter((_, i) => {
    const filled = rows.flatMap((cells) => cells[i] || []);
    return filled.length > 0 && filled.filter(isReading).length >= filled.length * 0.8;
  });
  const gaps = rows.some((cells) => cells.some((cell) => cell === "")) || starts.length >= 3;
  if (readings.length === 0 || !gaps) return null;
  const columns = distinctNames(names!);
  return {
    columns,
    units: columns.map(() => null),
    hints: {},
    timeColumn: null,
    notes: [],
    certainty: 0.85,
    detail: { kind: "fixed_width", starts, header: lines[0]! },
  };
}

/** A column begins behind a place that is blank in all lines. */
function startsOf(lines: readonly string[]): number[] {
  const width = Math.max(...lines.map((text) => text.length));
  const used = new Uint8Array(width);
  for (const text of lines) for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== 32) used[i] = 1;
  const starts: number[] = [];
  for (let i = 0; i < width; i++) if (used[i] === 1 && (i === 0 || used[i - 1] === 0)) starts.push(i);
  // Words of one length in every line part no columns: a column has a name above it.
  const [names] = lines;
  return starts.filter((start, i) => i === 0 || names!.slice(start, starts[i + 1]).trim() !== "");
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
    const { starts } = this.layout;
    if (starts.some((start) => start > 0 && start < text.length && text[start - 1] !== " ")) {
      return [{ row, reason: "the line does not keep to the columns" }];
    }
    return [{ row, cells: cut(text, starts).map((cell) => (cell === "" ? null : cell)) }];
  }
}
