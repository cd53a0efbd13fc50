import type { Cell, ReadRow } from "../source-table";
import { type TextLayout, TextRows } from "./layout";
import type { Line } from "./lines";

/** Bookings in Quicken's interchange format: a letter and a value a line, each record ended by a caret. */
export interface QifLayout {
  kind: "qif";
  /** The letters that stand in records, in the order of their columns. */
  letters: string[];
}

/** What the letters of a record mean (Quicken interchange format, non-investment transactions and their splits). */
const NAMES: Readonly<Record<string, string>> = {
  D: "date",
  T: "amount",
  U: "amount",
  P: "payee",
  M: "memo",
  L: "category",
  N: "number",
  C: "cleared",
  A: "address",
};
const HEAD = /^!(?:type|account|option|clear)\b/i;
const END = "^";

/** Lines below a head of the format, of which records have a date and an amount; or null. */
export function decideQif(sample: readonly Line[]): TextLayout<QifLayout> | null {
  if (!HEAD.test(sample[0]?.text ?? "")) return null;
  const seen = new Set(sample.map(({ text }) => text[0]!));
  if (!seen.has(END) || !seen.has("D") || !(seen.has("T") || seen.has("U"))) return null;
  const letters = Object.keys(NAMES).filter(
    (letter) => seen.has(letter) && !(letter === "U" && seen.has("T")),
  );
  const columns = letters.map((letter) => NAMES[letter]!);
  return {
    columns,
    hints: { amount: "value" },
    timeColumn: "date",
    leanOrder: "mdy",
    certainty: 0.95,
    detail: { kind: "qif", letters },
  };
}

export class QifRows extends TextRows {
  private cells: Cell[] = this.emptyCells();

  constructor(
    private readonly layout: QifLayout,
    width: number,
  ) {
    super(width);
  }

  protected line(text: string, row: number): ReadRow[] {
    if (text.startsWith("!")) {
      this.skipped.preamble++;
      return [];
    }
    if (text === END) {
      const { cells } = this;
      this.cells = this.emptyCells();
      if (cells.every((cell) => cell === null)) {
        this.skipped.continued++;
        return [];
      }
      return [{ row, cells }];
    }
    const at = this.layout.letters.indexOf(text[0]!);
    // What comes again in a record is a split of it, or the next line of an address.
    if (at >= 0) this.cells[at] ??= text[0] === "D" ? plainDate(text.slice(1)) : text.slice(1).trim();
    this.skipped.continued++;
    return [];
  }
}

/** `3/ 5'24` is 3/5/24: an apostrophe stands before years since 2000, and blanks fill up. */
const plainDate = (text: string): string => text.replace(/\s/g, "").replace("'", "/");
