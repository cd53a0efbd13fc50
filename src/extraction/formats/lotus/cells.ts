import { decodeDos } from "../interchange/dos-code-pages";
import { Held, SheetCells, Texts } from "../xlsx/cells";
import { WORKBOOK_LIMITS } from "../xlsx/limits";
import { KIND, type Kind } from "../xlsx/number-format";
import { columnName } from "../xlsx/reference";
import type { Sheet } from "../xlsx/sheet";
import { damaged } from "./records";

const CODE_PAGE = 850;
/** How a label stands in its cell: to the left, right, in the middle, repeated. */
const ALIGNMENTS = `'"^\\|`;

export interface LotusCell {
  sheet: number;
  row: number;
  column: number;
}

/** The sheets of a worksheet file as their cells come, in any order. */
export class LotusSheets {
  readonly #held = new Held();
  readonly #texts = new Texts(this.#held);
  readonly #sheets = new Map<number, Sheet>();
  readonly #names = new Map<number, string>();

  name(sheet: number, name: string): void {
    if (this.#names.size < WORKBOOK_LIMITS.sheets) this.#names.set(sheet, name);
  }

  number(at: LotusCell, value: number, kind: Kind = KIND.number): void {
    const isNumber = Number.isFinite(value);
    this.#cells(at).add(at.row, at.column, isNumber ? kind : KIND.error, isNumber ? value : 0);
  }

  /** A label begins with its alignment. */
  label(at: LotusCell, raw: Uint8Array): void {
    const text = decoded(raw);
    this.text(at, ALIGNMENTS.includes(text.slice(0, 1)) ? text.slice(1) : text);
  }

  text(at: LotusCell, text: string): void {
    if (text.trim() !== "") this.#cells(at).add(at.row, at.column, KIND.text, this.#texts.share(text));
  }

  formula({ sheet }: LotusCell): void {
    const found = this.#sheets.get(sheet);
    if (found) found.formulas++;
  }

  finish(): Sheet[] {
    return [...this.#sheets]
      .sort(([a], [b]) => a - b)
      .map(([number, sheet]) => {
        sheet.cells.finish();
        return { ...sheet, name: this.#names.get(number) ?? sheet.name };
      });
  }

  #cells({ sheet, row, column }: LotusCell): SheetCells {
    if (row >= WORKBOOK_LIMITS.rows || column >= WORKBOOK_LIMITS.columns) throw damaged();
    let found = this.#sheets.get(sheet);
    if (!found) {
      const cells = new SheetCells(this.#texts, this.#held, 1900);
      found = { name: columnName(sheet), hidden: false, cells, merges: [], formulas: 0 };
      this.#sheets.set(sheet, found);
    }
    return found.cells;
  }
}

/** Texts are of the code page of DOS; the later ones (LMBCS) say so by a byte before a character past ASCII. */
export const decoded = (raw: Uint8Array): string =>
  decodeDos(raw.includes(1) ? raw.filter((byte) => byte !== 1) : raw, CODE_PAGE);
