import { fail } from "../../../core/errors";
import { Chunked } from "../chunked";
import type { Cell } from "../source-table";
import { WORKBOOK_LIMITS } from "./limits";
import { isInstant, KIND, type Kind } from "./number-format";
import { type DateSystem, isoOfSerial, timeOfSerial } from "./serial";

const CELL_BYTES = 12;
const ROW_BYTES = 12;
const TEXT_BYTES = 32;
/** Texts that are looked up before they are kept again: categories repeat, remarks do not. */
const SHARED_TEXTS = 50_000;
const SHARED_CHARS = 64;

/** What all sheets of a workbook hold together, so that a workbook is refused before it fills the isolate. */
export class Held {
  #bytes = 0;
  add(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > WORKBOOK_LIMITS.heldBytes)
      throw fail(
        "payload_too_large",
        "The workbook holds more cells than are read in one piece. Split it, or send it as CSV.",
      );
  }
}

/** The texts of a workbook, each known by its number. */
export class Texts {
  readonly #texts: string[] = [];
  readonly #known = new Map<string, number>();
  readonly #held: Held;

  constructor(held: Held) {
    this.#held = held;
  }

  /** Keeps a text as it comes: for lists in which each stands once. */
  add(text: string): number {
    this.#held.add(TEXT_BYTES + text.length * (isLatin1(text) ? 1 : 2));
    return this.#texts.push(own(text)) - 1;
  }

  /** The number of a text, the same for the same text where it is short. */
  share(text: string): number {
    if (text.length > SHARED_CHARS) return this.add(text);
    let id = this.#known.get(text);
    if (id === undefined) {
      id = this.add(text);
      if (this.#known.size < SHARED_TEXTS) this.#known.set(this.#texts[id]!, id);
    }
    return id;
  }

  get(id: number): string | undefined {
    return this.#texts[id];
  }
}

const isLatin1 = (text: string): boolean => !/[^\0-\xff]/.test(text);

/** A slice keeps the whole text alive that it was cut from, here a piece of XML: parsing makes it a text of its own. */
const own = (text: string): string =>
  text.length < 13 ? text : (JSON.parse(JSON.stringify(text)) as string);

/**
 * The filled cells of a sheet in order, in columns of typed arrays: twelve bytes each. Rows and columns count from 0.
 * Cells that are only formatted are not there.
 */
export class SheetCells {
  readonly #columns = new Chunked((length) => new Uint16Array(length));
  readonly #kinds = new Chunked((length) => new Uint8Array(length));
  readonly #values = new Chunked((length) => new Float64Array(length));
  readonly #rowNumbers = new Chunked((length) => new Int32Array(length));
  readonly #rowEnds = new Chunked((length) => new Int32Array(length));
  readonly #texts: Texts;
  readonly #held: Held;
  #errors = 0;
  /** Where rows came out of order: their runs of cells by row, and the first run of each row, with the end behind the last. */
  #runs: { order: Int32Array; firsts: Int32Array } | null = null;
  #inOrder = true;
  /** Runs in which a cell stands left of the one before it. */
  readonly #mixed: number[] = [];

  constructor(
    texts: Texts,
    held: Held,
    readonly system: DateSystem,
  ) {
    this.#texts = texts;
    this.#held = held;
  }

  /** `fraction`: the cell shows parts of a second. */
  add(row: number, column: number, kind: Kind, value: number, fraction = false): void {
    if (column >= WORKBOOK_LIMITS.columns)
      throw fail("malformed_data", "A sheet of the workbook has a cell past the last column.");
    const rows = this.#rowNumbers.length;
    if (rows === 0 || this.#rowNumbers.at(rows - 1) !== row) {
      if (rows > 0 && row < this.#rowNumbers.at(rows - 1)) this.#inOrder = false;
      this.#held.add(ROW_BYTES);
      this.#rowNumbers.push(row);
      this.#rowEnds.push(this.#columns.length);
    }
    this.#held.add(CELL_BYTES);
    if (kind === KIND.error) this.#errors++;
    const run = this.#rowNumbers.length - 1;
    const cells = this.#columns.length;
    if (cells > this.#runStart(run) && column < this.#columns.at(cells - 1) && this.#mixed.at(-1) !== run)
      this.#mixed.push(run);
    this.#columns.push(column);
    const stored = kind !== KIND.minutesSeconds ? kind : isInstant(value) ? KIND.dateTime : KIND.seconds;
    this.#kinds.push(fraction ? stored | FRACTION : stored);
    this.#values.push(value);
    this.#rowEnds.set(run, this.#columns.length);
  }

  /** To be called once all cells are there. Some writers leave rows out of order, others write a sheet column by column. */
  finish(): void {
    for (const run of this.#mixed) this.#sortRun(run);
    if (this.#inOrder) return;
    const order = Int32Array.from({ length: this.#rowNumbers.length }, (_, i) => i);
    order.sort((a, b) => this.#rowNumbers.at(a) - this.#rowNumbers.at(b) || a - b);
    const firsts: number[] = [];
    for (const [at, run] of order.entries())
      if (at === 0 || this.#rowNumbers.at(run) !== this.#rowNumbers.at(order[at - 1]!)) firsts.push(at);
    this.#runs = { order, firsts: Int32Array.from([...firsts, order.length]) };
  }

  /** Rows in which a cell is filled. */
  get rowCount(): number {
    return this.#runs ? this.#runs.firsts.length - 1 : this.#rowNumbers.length;
  }

  get cellCount(): number {
    return this.#columns.length;
  }

  /** Cells that show an error, as a division by zero does. */
  get errors(): number {
    return this.#errors;
  }

  /** The number of the sheet's row that the filled row `index` is. */
  rowNumber(index: number): number {
    return this.#rowNumbers.at(this.#runs ? this.#runs.order[this.#runs.firsts[index]!]! : index);
  }

  /**
   * Calls `visit` for the cells of filled row `index` that stand in the columns from `left` to `right`, with the number of
   * each, to be given to `value`. What it costs goes by these columns: a sheet may have thousands of tables side by side.
   */
  eachCell(
    index: number,
    visit: (column: number, cell: number) => void,
    left = 0,
    right: number = WORKBOOK_LIMITS.columns,
  ): void {
    if (!this.#runs) {
      this.#eachOfRun(index, visit, left, right);
      return;
    }
    const { order, firsts } = this.#runs;
    for (let at = firsts[index]!; at < firsts[index + 1]!; at++)
      this.#eachOfRun(order[at]!, visit, left, right);
  }

  kind(cell: number): Kind {
    return (this.#kinds.at(cell) & ~FRACTION) as Kind;
  }

  /** The cell as the extraction knows it: dates as ISO texts, durations as numbers of their unit, errors as null. */
  value(cell: number): Cell {
    const value = this.#values.at(cell);
    const fraction = (this.#kinds.at(cell) & FRACTION) !== 0;
    switch (this.kind(cell)) {
      case KIND.text:
        return this.#texts.get(value) ?? null;
      case KIND.boolean:
        return value === 1;
      case KIND.error:
        return null;
      case KIND.date:
        return isoOfSerial(value, this.system, { clock: false, fraction }) ?? value;
      case KIND.dateTime:
        return isoOfSerial(value, this.system, { clock: true, fraction }) ?? value;
      case KIND.timeOfDay:
        return timeOfSerial(value, this.system, fraction) ?? value;
      // Rounded to twelve digits: 1.5 h are 0.0625 days, 7.6 h are 0.31666666666666665.
      case KIND.hours:
        return Number((value * 24).toPrecision(12));
      case KIND.minutes:
        return Number((value * 1_440).toPrecision(12));
      case KIND.seconds:
        return Number((value * 86_400).toPrecision(12));
      default:
        return value;
    }
  }

  #runStart(run: number): number {
    return run === 0 ? 0 : this.#rowEnds.at(run - 1);
  }

  #eachOfRun(run: number, visit: (column: number, cell: number) => void, left: number, right: number): void {
    const end = this.#rowEnds.at(run);
    let low = this.#runStart(run);
    for (let high = end; low < high; ) {
      const middle = (low + high) >> 1;
      if (this.#columns.at(middle) < left) low = middle + 1;
      else high = middle;
    }
    for (let cell = low; cell < end && this.#columns.at(cell) <= right; cell++)
      visit(this.#columns.at(cell), cell);
  }

  #sortRun(run: number): void {
    const start = this.#runStart(run);
    const cells = Array.from({ length: this.#rowEnds.at(run) - start }, (_, i) => ({
      column: this.#columns.at(start + i),
      kind: this.#kinds.at(start + i),
      value: this.#values.at(start + i),
    }));
    for (const [i, { column, kind, value }] of cells.sort((a, b) => a.column - b.column).entries()) {
      this.#columns.set(start + i, column);
      this.#kinds.set(start + i, kind);
      this.#values.set(start + i, value);
    }
  }
}

const FRACTION = 0x80;
