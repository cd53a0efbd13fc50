import { fail } from "../../../core/errors";
import { EXTRACTION_LIMITS } from "../../limits";
import {
  type Cell,
  distinctNames,
  nothingSkipped,
  type ReadRow,
  type ReadTables,
  type RowReader,
  sorted,
} from "../source-table";
import { quoteBigIntegers } from "./big-integers";
import { flatten, scalarCell } from "./flatten";

/** JSON values one a line; a line that is none is reported with its number. */
export const readNdjson: ReadTables = (text) => {
  const reader = new JsonLines();
  const { rows, bad } = sorted([...reader.push(text), ...reader.end()]);
  if (rows.length === 0) throw fail("malformed_data", "No line is valid JSON.");
  const columns = [...reader.columns];
  for (const { cells } of rows) while (cells.length < columns.length) cells.push(null);
  return [
    {
      name: "records",
      columns,
      units: columns.map(() => null),
      rows,
      rowCount: rows.length,
      bad,
      skipped: reader.skipped,
      notes: [...reader.notes],
      certainty: 0.98,
      headerless: reader.onlyLists,
      recordPath: "",
    },
  ];
};

/** The rows of JSON values one a line (ndjson.org), piece by piece. Columns are found as they come. */
export class JsonLines implements RowReader {
  readonly skipped = nothingSkipped();
  readonly notes: string[] = [];
  columns: readonly string[] = [];
  /** No row is an object: the columns are numbered. */
  onlyLists = true;
  private readonly places = new Map<string, number>();
  private dropped = 0;
  private held: string[] = [];
  private heldChars = 0;
  private passing = false;
  private line = 0;

  push(text: string): ReadRow[] {
    const rows: ReadRow[] = [];
    let at = 0;
    for (let brk = text.indexOf("\n"); brk >= 0; brk = text.indexOf("\n", at)) {
      const piece = text.slice(at, brk);
      at = brk + 1;
      if (this.passing) this.passing = false;
      else this.take(this.held.length === 0 ? piece : this.release() + piece, rows);
    }
    if (at < text.length) this.hold(text.slice(at), rows);
    return rows;
  }

  end(): ReadRow[] {
    const rows: ReadRow[] = [];
    const rest = this.release();
    if (rest !== "") this.take(rest, rows);
    if (this.dropped > 0)
      this.notes.push(`${this.dropped} cell(s) past ${EXTRACTION_LIMITS.columns} columns were left out.`);
    return rows;
  }

  /** Lines that somebody else has read, whose keys are known. To be called where a line begins. */
  pass(lines: number): void {
    this.line += lines;
  }

  /** The place of the column of a key, nested keys joined by dots; undefined where no line had it, or too many others. */
  placeOf(key: string): number | undefined {
    return this.places.get(key);
  }

  private release(): string {
    const text = this.held.join("");
    this.held = [];
    this.heldChars = 0;
    return text;
  }

  private hold(text: string, rows: ReadRow[]): void {
    if (this.passing) return;
    this.held.push(text);
    this.heldChars += text.length;
    if (this.heldChars <= EXTRACTION_LIMITS.recordChars) return;
    this.release();
    rows.push(tooLong(++this.line));
    this.passing = true;
  }

  private take(line: string, rows: ReadRow[]): void {
    const row = ++this.line;
    if (line.length > EXTRACTION_LIMITS.recordChars) {
      rows.push(tooLong(row));
      return;
    }
    if (line.trim() === "") {
      this.skipped.blank++;
      return;
    }
    const value = parseRecord(line);
    if (value === null) rows.push({ row, reason: "the line is not valid JSON" });
    else rows.push({ row, cells: this.cellsOf(value) });
  }

  private cellsOf(value: object): Cell[] {
    const known = this.places.size;
    const cells: Cell[] = new Array(known).fill(null);
    const put = (name: string, cell: Cell) => {
      const at = this.newPlaceOf(name);
      if (at < 0) this.dropped++;
      else {
        while (cells.length < at) cells.push(null);
        cells[at] = cell;
      }
    };
    if (Array.isArray(value)) for (const [at, cell] of value.entries()) put(`col${at + 1}`, scalarCell(cell));
    else {
      this.onlyLists = false;
      flatten(value, put);
    }
    if (this.places.size > known) this.columns = distinctNames([...this.places.keys()]);
    return cells;
  }

  private newPlaceOf(name: string): number {
    const known = this.places.get(name);
    if (known !== undefined) return known;
    const place = this.places.size;
    if (place >= EXTRACTION_LIMITS.columns) return -1;
    this.places.set(name, place);
    return place;
  }
}

const tooLong = (row: number): ReadRow => ({
  row,
  reason: `the line is longer than ${EXTRACTION_LIMITS.recordChars} characters`,
});

function parseRecord(line: string): object | null {
  if (nestedPast(line, EXTRACTION_LIMITS.jsonDepth * 4)) return null;
  try {
    const value = JSON.parse(quoteBigIntegers(line)) as unknown;
    return typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}

/** Told before parsing: the parser itself recurses. Brackets in strings count as well, which errs to the safe side only for absurd strings. */
export function nestedPast(text: string, depth: number): boolean {
  let level = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (inString) {
      if (code === 0x5c) i++;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x7b || code === 0x5b) {
      if (++level > depth) return true;
    } else if (code === 0x7d || code === 0x5d) level--;
  }
  return false;
}
