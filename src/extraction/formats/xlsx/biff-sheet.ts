import { type BiffRecord, damagedRecords, need } from "./biff-records";
import type { BiffSettings } from "./biff-settings";
import type { SheetCells, Texts } from "./cells";
import { WORKBOOK_LIMITS } from "./limits";
import { KIND, type NumberFormat } from "./number-format";
import type { Area } from "./reference";
import { rkNumber } from "./rk-number";

/** Fills `cells` from the records of a sheet as they pass by. */
export class BiffSheetReader {
  readonly merges: Area[] = [];
  formulas = 0;
  readonly #cells: SheetCells;
  readonly #texts: Texts;
  readonly #settings: BiffSettings;
  /** The place of a formula whose text comes in a record of its own. */
  #awaiting: { row: number; column: number } | null = null;

  constructor(cells: SheetCells, texts: Texts, settings: BiffSettings) {
    this.#cells = cells;
    this.#texts = texts;
    this.#settings = settings;
  }

  take({ type, body }: BiffRecord): void {
    switch (type) {
      case 0x0006:
      case 0x0206:
      case 0x0406:
        this.formulas++;
        this.#awaiting = this.#formula(body);
        return;
      case 0x0007:
      case 0x0207:
        if (this.#awaiting)
          this.#addText(this.#awaiting.row, this.#awaiting.column, this.#stringRecord(type, body));
        this.#awaiting = null;
        return;
      case 0xe5:
        readMerges(body, this.merges);
        return;
      default:
        this.#cell(type, body);
    }
  }

  #cell(type: number, body: DataView): void {
    const old = type < 6 ? 7 : 6;
    switch (type) {
      case 0x0002:
        need(body, old + 2);
        this.#addNumber(body, old, body.getUint16(old, true));
        return;
      case 0x0003:
      case 0x0203:
        need(body, old + 8);
        this.#addNumber(body, old, body.getFloat64(old, true));
        return;
      case 0x7e:
      case 0x027e:
        need(body, 10);
        this.#addNumber(body, 6, rkNumber(body.getInt32(6, true)));
        return;
      case 0xbd:
        need(body, 12);
        for (let at = 4, column = columnOf(body); at + 8 <= body.byteLength; at += 6, column++) {
          const format = this.#settings.format(body.getUint16(at, true));
          this.#addNumberAt(rowOf(body), column, format, rkNumber(body.getInt32(at + 2, true)));
        }
        return;
      case 0xfd: {
        need(body, 10);
        const id = body.getUint32(6, true);
        const text = this.#texts.get(id);
        if (text === undefined) throw damagedRecords();
        if (text.trim() !== "") this.#add(body, KIND.text, id);
        return;
      }
      case 0x0004:
        need(body, 8);
        this.#addText(rowOf(body), columnOf(body), this.#settings.bytesText(body, 8, body.getUint8(7)));
        return;
      case 0x0204:
      case 0xd6:
        need(body, 8);
        this.#addText(rowOf(body), columnOf(body), this.#settings.longText(body, 6));
        return;
      case 0x0005:
      case 0x0205: {
        need(body, old + 2);
        const kind = body.getUint8(old + 1) === 0 ? KIND.boolean : KIND.error;
        this.#add(body, kind, body.getUint8(old) === 0 ? 0 : 1);
        return;
      }
    }
  }

  /** Tells the place of the cell where its text is still to come. */
  #formula(body: DataView): { row: number; column: number } | null {
    const at = this.#settings.version === 2 ? 7 : 6;
    need(body, at + 8);
    if (body.getUint16(at + 6, true) !== 0xffff) {
      this.#addNumber(body, at, body.getFloat64(at, true));
      return null;
    }
    const kind = body.getUint8(at);
    if (kind === 1) this.#add(body, KIND.boolean, body.getUint8(at + 2) === 0 ? 0 : 1);
    else if (kind === 2) this.#add(body, KIND.error, 0);
    return kind === 0 ? { row: rowOf(body), column: columnOf(body) } : null;
  }

  #add(
    body: DataView,
    kind: typeof KIND.text | typeof KIND.boolean | typeof KIND.error,
    value: number,
  ): void {
    this.#cells.add(rowOf(body), columnOf(body), kind, value);
  }

  #addNumber(body: DataView, valueAt: number, value: number): void {
    // In BIFF 2 the cell names its number format itself, in the second of three bytes.
    const format =
      valueAt === 7
        ? this.#settings.ownFormat(body.getUint8(5) & 0x3f)
        : this.#settings.format(body.getUint16(4, true));
    this.#addNumberAt(rowOf(body), columnOf(body), format, value);
  }

  #addNumberAt(row: number, column: number, { kind, fraction }: NumberFormat, value: number): void {
    if (Number.isFinite(value)) this.#cells.add(row, column, kind, value, fraction);
  }

  #addText(row: number, column: number, text: string): void {
    if (text.trim() !== "") this.#cells.add(row, column, KIND.text, this.#texts.share(text));
  }

  #stringRecord(type: number, body: DataView): string {
    if (type === 0x0207) return this.#settings.longText(body, 0);
    need(body, 1);
    return this.#settings.bytesText(body, 1, body.getUint8(0));
  }
}

const rowOf = (body: DataView): number => body.getUint16(0, true);
const columnOf = (body: DataView): number => body.getUint16(2, true);

function readMerges(body: DataView, merges: Area[]): void {
  for (let at = 2; at + 8 <= body.byteLength && merges.length < WORKBOOK_LIMITS.merges; at += 8)
    merges.push({
      top: body.getUint16(at, true),
      bottom: body.getUint16(at + 2, true),
      left: body.getUint16(at + 4, true),
      right: body.getUint16(at + 6, true),
    });
}
