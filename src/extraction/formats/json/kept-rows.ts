import { Chunked } from "../chunked";
import type { Cell, SourceRow } from "../source-table";

/** What a cell is, in the two bits beside its column. */
const [NULL, NUMBER, TRUTH, TEXT] = [0, 1, 2, 3];
/** Texts that are looked up before they are kept again: categories repeat, remarks do not. */
const SHARED_TEXTS = 50_000;
const SHARED_CHARS = 64;

/**
 * The rows of a table, ten bytes a cell and eight a row beside the texts: an array for each row of two cells takes four
 * times as much. Cells that a row has not are none.
 */
export class KeptRows implements Iterable<SourceRow> {
  /** Cells that a row is given with. */
  width = 0;
  private readonly places = new Chunked((length) => new Uint16Array(length));
  private readonly values = new Chunked((length) => new Float64Array(length));
  private readonly numbers = new Chunked((length) => new Int32Array(length));
  private readonly ends = new Chunked((length) => new Int32Array(length));
  private readonly texts: string[] = [];
  private readonly known = new Map<string, number>();

  get length(): number {
    return this.numbers.length;
  }

  /** The cells that are put from now on are those of the row of this number. */
  begin(row: number): void {
    this.numbers.push(row);
    this.ends.push(this.places.length);
  }

  /** Of cells that are put in one column the last counts. */
  put(column: number, cell: Cell): void {
    const kind = cell === null ? NULL : KINDS[typeof cell as "number" | "boolean" | "string"];
    this.places.push((column << 2) | kind!);
    this.values.push(typeof cell === "string" ? this.idOf(cell) : Number(cell));
    this.ends.set(this.ends.length - 1, this.places.length);
  }

  *[Symbol.iterator](): Generator<SourceRow> {
    let at = 0;
    for (let i = 0; i < this.length; i++) {
      const cells: Cell[] = new Array<Cell>(this.width).fill(null);
      for (const end = this.ends.at(i); at < end; at++) cells[this.places.at(at) >> 2] = this.cell(at);
      yield { row: this.numbers.at(i), cells };
    }
  }

  private cell(at: number): Cell {
    const value = this.values.at(at);
    switch (this.places.at(at) & 3) {
      case NUMBER:
        return value;
      case TRUTH:
        return value === 1;
      case TEXT:
        return this.texts[value]!;
      default:
        return null;
    }
  }

  private idOf(text: string): number {
    const known = text.length <= SHARED_CHARS ? this.known.get(text) : undefined;
    if (known !== undefined) return known;
    const id = this.texts.push(text) - 1;
    if (text.length <= SHARED_CHARS && this.known.size < SHARED_TEXTS) this.known.set(text, id);
    return id;
  }
}

const KINDS = { number: NUMBER, boolean: TRUTH, string: TEXT };
