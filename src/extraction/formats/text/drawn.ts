import { isReading } from "../../infer/reading";
import { EXTRACTION_LIMITS } from "../../limits";
import { distinctNames, type ReadRow } from "../source-table";
import { type TextLayout, TextRows } from "./layout";
import type { Line } from "./lines";

/** A table drawn with bars: Markdown, the output of database clients, box characters. */
export interface DrawnLayout {
  kind: "drawn";
  /** The names, to know the header again; empty where it has none. */
  header: string[];
}

const BAR = /[|│┃║]/;
const BARS = /[|│┃║]/g;
/** A line that only draws: rules between rows, corners, the alignment row of Markdown. */
const RULE = /^[\s|+\-=:.·*─-╿]+$/;
const EDGE = /^\s*[|│┃║]|[|│┃║]\s*$/;

/** The cells between the bars of a line; null where it has none or draws only. */
function cellsOf(line: string): string[] | null {
  if (!BAR.test(line) || RULE.test(line)) return null;
  const cells = line.replace(/\\\|/g, "\u0001").trim().split(BARS);
  if (cells[0]!.trim() === "") cells.shift();
  if (cells.at(-1)?.trim() === "") cells.pop();
  return cells.map((cell) => cell.replaceAll("\u0001", "|").trim());
}

/** Lines with bars at their edges, or rules between them, of one number of cells; or null. */
export function decideDrawn(sample: readonly Line[]): TextLayout<DrawnLayout> | null {
  const rows = sample.flatMap(({ text }) => cellsOf(text) ?? []).length;
  if (rows === 0) return null;
  const drawn = sample.flatMap(({ text }) => {
    const cells = cellsOf(text);
    return cells ? [{ cells, edged: EDGE.test(text) }] : [];
  });
  const rules = sample.filter(({ text }) => RULE.test(text)).length;
  if (drawn.length < 2 || drawn.length + rules < sample.length * 0.6) return null;
  const edged = drawn.filter((line) => line.edged).length;
  if (edged < drawn.length * 0.9 && rules === 0) return null;
  const width = drawn[0]!.cells.length;
  if (width < 2 || width > EXTRACTION_LIMITS.columns) return null;
  if (drawn.filter(({ cells }) => cells.length === width).length < drawn.length * 0.9) return null;
  const named = !drawn[0]!.cells.some(isReading);
  const header = named ? drawn[0]!.cells.map((cell) => cell.replace(/[*_`]{1,3}(.*?)[*_`]{1,3}/g, "$1")) : [];
  const columns = distinctNames(named ? header : drawn[0]!.cells.map(() => ""));
  return {
    columns,
    certainty: named ? 0.96 : 0.85,
    detail: { kind: "drawn", header: named ? drawn[0]!.cells : [] },
  };
}

export class DrawnRows extends TextRows {
  private headed = false;

  constructor(
    private readonly layout: DrawnLayout,
    width: number,
  ) {
    super(width);
  }

  protected line(text: string, row: number): ReadRow[] {
    if (RULE.test(text)) {
      this.skipped.comments++;
      return [];
    }
    const found = cellsOf(text);
    if (!found) {
      // Titles above a table, and "(3 rows)" below it.
      if (this.headed) this.skipped.footnotes++;
      else this.skipped.preamble++;
      return [];
    }
    if (this.isHeader(found)) {
      if (this.headed) this.skipped.repeated_headers++;
      this.headed = true;
      return [];
    }
    this.headed = true;
    if (found.length !== this.width) {
      return [{ row, reason: `the line has ${found.length} cells and not ${this.width}` }];
    }
    return [{ row, cells: found.map((cell) => (cell === "" ? null : cell)) }];
  }

  private isHeader(cells: readonly string[]): boolean {
    const { header } = this.layout;
    return header.length === cells.length && cells.every((cell, i) => cell === header[i]);
  }
}
