import { fail } from "../../../core/errors";
import { Held, SheetCells, Texts } from "./cells";
import { WORKBOOK_LIMITS } from "./limits";
import { KIND, type Kind } from "./number-format";
import { readOpenDocumentCharts } from "./open-document-charts";
import { OpenDocumentStyles } from "./open-document-styles";
import { daysOf, kindOfTime, withoutDayZero } from "./open-document-times";
import type { OfficePackage } from "./package";
import type { Area } from "./reference";
import type { DateSystem } from "./serial";
import type { Sheet, Workbook } from "./sheet";
import { attribute, eachAttribute, type XmlHandler } from "./xml";

/** Reads an OpenDocument spreadsheet (OASIS OpenDocument 1.3 part 3, section 9), values as its cells type them. */
export async function readOpenDocument(source: OfficePackage): Promise<Workbook> {
  const isEncrypted = { found: false };
  const open = (name: string) => {
    if (name === "encryption-data") isEncrypted.found = true;
  };
  await source.scan("META-INF/manifest.xml", { open, close: () => {} }, WORKBOOK_LIMITS.smallPartBytes);
  if (isEncrypted.found)
    throw fail(
      "unrecognised_format",
      "The workbook is encrypted. Save it without a password and send it again.",
    );
  const styles = new OpenDocumentStyles();
  await source.scan("styles.xml", styles, WORKBOOK_LIMITS.smallPartBytes);
  const reader = new ContentReader(styles);
  await source.scan("content.xml", reader);
  if (!reader.isSpreadsheet) throw fail("unrecognised_format", "The OpenDocument is no spreadsheet.");
  return { sheets: reader.sheets, charts: await readOpenDocumentCharts(source) };
}

/** The same where it is one text of XML, styles and content together. `scan` passes it by. */
export function readFlatOpenDocument(scan: (handler: XmlHandler) => void): Workbook {
  const reader = new ContentReader(new OpenDocumentStyles());
  scan(reader);
  if (!reader.isSpreadsheet) throw fail("unrecognised_format", "The OpenDocument is no spreadsheet.");
  return { sheets: reader.sheets, charts: [] };
}

interface RowCell {
  column: number;
  kind: Kind;
  value: number;
}

const ASIDE: ReadonlySet<string> = new Set(["annotation", "frame", "shapes"]);

class ContentReader implements XmlHandler {
  readonly sheets: Sheet[] = [];
  isSpreadsheet = false;
  readonly #held = new Held();
  readonly #texts = new Texts(this.#held);
  readonly #hiddenStyles = new Set<string>();
  readonly #styles: OpenDocumentStyles;
  #style = "";
  #system: DateSystem = 1900;
  #sheet: Sheet | null = null;
  #row = 0;
  #column = 0;
  #rowRepeats = 1;
  #rowCells: RowCell[] = [];
  #cell: ReadonlyMap<string, string> | null = null;
  #paragraphs: string[] = [];
  /** Notes and drawings on a cell hold paragraphs too, which are not its text; charts of flat documents hold tables. */
  #aside = 0;
  #inParagraph = false;
  /** Styles of the columns' cells where these name none: each up to a column, in order. */
  #columnStyles: { end: number; style: string }[] = [];

  constructor(styles: OpenDocumentStyles) {
    this.#styles = styles;
  }

  open(name: string, attributes: string): void {
    if (ASIDE.has(name)) this.#aside++;
    if (this.#aside > 0) return;
    if (!this.#sheet) this.#styles.open(name, attributes);
    switch (name) {
      case "spreadsheet":
        this.isSpreadsheet = true;
        return;
      case "style":
        this.#style = attribute(attributes, "name") ?? "";
        return;
      case "table-properties":
        if (attribute(attributes, "display") === "false") this.#hiddenStyles.add(this.#style);
        return;
      case "null-date":
        if (attribute(attributes, "date-value") === "1904-01-01") this.#system = 1904;
        return;
      case "table":
        this.#openTable(attributes);
        return;
      case "table-column": {
        const from = this.#columnStyles.at(-1)?.end ?? 0;
        const end = from + repeats(attribute(attributes, "number-columns-repeated"));
        if (from < WORKBOOK_LIMITS.columns)
          this.#columnStyles.push({ end, style: attribute(attributes, "default-cell-style-name") ?? "" });
        return;
      }
      case "table-row":
        this.#rowRepeats = repeats(attribute(attributes, "number-rows-repeated"));
        this.#rowCells = [];
        this.#column = 0;
        return;
      case "table-cell":
      case "covered-table-cell":
        this.#openCell(attributes);
        return;
      case "p":
        if (this.#cell) {
          this.#inParagraph = true;
          this.#paragraphs.push("");
        }
        return;
      case "s":
        if (this.#inParagraph) this.text(" ".repeat(Math.min(1_000, repeats(attribute(attributes, "c")))));
        return;
      case "tab":
      case "line-break":
        if (this.#inParagraph) this.text(name === "tab" ? "\t" : "\n");
    }
  }

  text(text: string): void {
    if (this.#inParagraph && this.#aside === 0) this.#paragraphs[this.#paragraphs.length - 1] += text;
  }

  close(name: string): void {
    if (ASIDE.has(name)) this.#aside--;
    if (this.#aside > 0) return;
    if (!this.#sheet) this.#styles.close(name);
    if (name === "table-cell" || name === "covered-table-cell") this.#closeCell();
    else if (name === "table-row") this.#closeRow();
    else if (name === "p") this.#inParagraph = false;
    else if (name === "table") {
      this.#sheet?.cells.finish();
      this.#sheet = null;
    }
  }

  #openTable(attributes: string): void {
    if (this.sheets.length >= WORKBOOK_LIMITS.sheets)
      throw fail("payload_too_large", `The workbook has more than ${WORKBOOK_LIMITS.sheets} sheets.`);
    this.#sheet = {
      name: attribute(attributes, "name") ?? `Sheet${this.sheets.length + 1}`,
      hidden: this.#hiddenStyles.has(attribute(attributes, "style-name") ?? ""),
      cells: new SheetCells(this.#texts, this.#held, this.#system),
      merges: [],
      formulas: 0,
    };
    this.sheets.push(this.#sheet);
    this.#row = 0;
    this.#columnStyles = [];
  }

  #openCell(attributes: string): void {
    const found = new Map<string, string>();
    eachAttribute(attributes, (name, value) => found.set(name, value));
    this.#cell = found;
    this.#paragraphs = [];
  }

  #closeCell(): void {
    const cell = this.#cell;
    if (!cell || !this.#sheet) return;
    this.#cell = null;
    const count = repeats(cell.get("table:number-columns-repeated"));
    const filled = this.#valueOf(cell);
    if (filled) {
      if (this.#column + count > WORKBOOK_LIMITS.columns)
        throw fail("malformed_data", "A sheet of the workbook has a cell past the last column.");
      for (let i = 0; i < count; i++) this.#rowCells.push({ column: this.#column + i, ...filled });
      if (cell.has("table:formula")) this.#sheet.formulas += count;
      const merge = this.#mergeOf(cell);
      if (merge && this.#sheet.merges.length < WORKBOOK_LIMITS.merges) this.#sheet.merges.push(merge);
    }
    this.#column += count;
  }

  #mergeOf(cell: ReadonlyMap<string, string>): Area | null {
    const columns = repeats(cell.get("table:number-columns-spanned"));
    const rows = repeats(cell.get("table:number-rows-spanned"));
    if (columns * rows < 2) return null;
    const [top, left] = [this.#row, this.#column];
    return { top, left, bottom: top + rows - 1, right: left + columns - 1 };
  }

  #valueOf(cell: ReadonlyMap<string, string>): { kind: Kind; value: number } | null {
    if (cell.get("calcext:value-type") === "error") return { kind: KIND.error, value: 0 };
    const number = Number(cell.get("office:value") ?? Number.NaN);
    switch (cell.get("office:value-type")) {
      case "float":
      case "percentage":
      case "currency":
        if (!Number.isFinite(number)) return null;
        return { kind: this.#styles.kindOf(this.#styleOf(cell)) ?? KIND.number, value: number };
      case "boolean":
        return { kind: KIND.boolean, value: cell.get("office:boolean-value") === "true" ? 1 : 0 };
      case "date":
        return this.#textValue(withoutDayZero(cell.get("office:date-value") ?? ""));
      case "time": {
        const days = daysOf(cell.get("office:time-value") ?? "");
        if (days === null) return null;
        return { kind: this.#styles.durationOf(this.#styleOf(cell)) ?? kindOfTime(days), value: days };
      }
      case "string": {
        const text = cell.get("office:string-value") ?? this.#paragraphs.join("\n");
        if (cell.has("table:formula") && ERROR.test(text)) return { kind: KIND.error, value: 0 };
        return this.#textValue(text);
      }
      default:
        return null;
    }
  }

  /** The name of a cell's style: its own, or that of its column. */
  #styleOf(cell: ReadonlyMap<string, string>): string {
    const own = cell.get("table:style-name");
    return own ?? this.#columnStyles.find(({ end }) => this.#column < end)?.style ?? "";
  }

  #textValue(text: string): { kind: Kind; value: number } | null {
    return text.trim() === "" ? null : { kind: KIND.text, value: this.#texts.share(text) };
  }

  #closeRow(): void {
    if (this.#sheet && this.#rowCells.length > 0)
      for (let i = 0; i < this.#rowRepeats; i++)
        for (const { column, kind, value } of this.#rowCells)
          this.#sheet.cells.add(this.#row + i, column, kind, value);
    this.#row += this.#rowRepeats;
  }
}

const repeats = (count: string | undefined): number => {
  const number = Number(count ?? 1);
  return Number.isInteger(number) && number >= 1 && number <= WORKBOOK_LIMITS.rows ? number : 1;
};

/** What formulas give that fail. The type of such a cell is text, unless its writer has a namespace of its own for it. */
const ERROR = /^(?:#(?:N\/A|DIV\/0!|VALUE!|REF!|NAME\?|NUM!|NULL!)|Err:\d{3})$/;
