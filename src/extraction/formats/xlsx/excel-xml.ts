import { fail } from "../../../core/errors";
import { Held, SheetCells, Texts } from "./cells";
import { WORKBOOK_LIMITS } from "./limits";
import { KIND, type NumberFormat, readFormat } from "./number-format";
import type { Area } from "./reference";
import { serialOfIso } from "./serial";
import type { Sheet, Workbook } from "./sheet";
import { attribute, eachAttribute, localName, type XmlHandler } from "./xml";

const STYLES = 65_536;
/** Looked through for each cell that names no style. */
const COLUMN_STYLES = 1_024;
const PLAIN: NumberFormat = { kind: KIND.number, fraction: false };

/** Formats that are called by a name ("XML Spreadsheet Reference", NumberFormat); the others of them show numbers. */
const NAMED_FORMATS: ReadonlyMap<string, NumberFormat> = new Map([
  ["General Date", { kind: KIND.dateTime, fraction: false }],
  ...["Long Date", "Medium Date", "Short Date"].map(
    (name) => [name, { kind: KIND.date, fraction: false }] as const,
  ),
  ...["Long Time", "Medium Time", "Short Time"].map(
    (name) => [name, { kind: KIND.timeOfDay, fraction: false }] as const,
  ),
  ...["Currency", "Euro Currency", "Fixed", "Standard", "Percent", "Scientific"].map(
    (name) => [name, PLAIN] as const,
  ),
  ...["General Number", "Yes/No", "True/False", "On/Off"].map((name) => [name, PLAIN] as const),
]);

/** Reads the XML of Excel 2002 and 2003 (Microsoft, "XML Spreadsheet Reference"). `scan` passes the document by. */
export function readExcelXml(scan: (handler: XmlHandler) => void): Workbook {
  const reader = new ExcelXmlReader();
  scan(reader);
  return { sheets: reader.sheets, charts: [] };
}

interface OpenCell {
  type: string;
  style: string;
  hasFormula: boolean;
  across: number;
  down: number;
  text: string;
}

class ExcelXmlReader implements XmlHandler {
  readonly sheets: Sheet[] = [];
  readonly #held = new Held();
  readonly #texts = new Texts(this.#held);
  readonly #styles = new Map<string, NumberFormat>();
  #style = "";
  #sheet: (Sheet & { merges: Area[] }) | null = null;
  #row = -1;
  #rowStyle = "";
  #rowSpan = 0;
  #column = -1;
  #lastColumn = -1;
  #columnStyles: { from: number; to: number; style: string }[] = [];
  #cell: OpenCell | null = null;
  #isData = false;
  /** A remark on a cell has data of its own. */
  #isComment = false;
  #isVisible = false;

  open(name: string, attributes: string): void {
    switch (name) {
      case "Style":
        this.#openStyle(attributes);
        return;
      case "NumberFormat":
        if (this.#styles.size < STYLES)
          this.#styles.set(this.#style, formatOf(attribute(attributes, "Format")));
        return;
      case "Worksheet":
        this.#openSheet(attributes);
        return;
      case "Column":
        this.#openColumn(attributes);
        return;
      case "Row":
        this.#openRow(attributes);
        return;
      case "Cell":
        this.#openCell(attributes);
        return;
      case "Comment":
        this.#isComment = true;
        return;
      case "Visible":
        this.#isVisible = this.#sheet !== null;
        return;
      case "Data":
        if (!this.#cell || this.#isComment) return;
        this.#cell.type = attribute(attributes, "Type") ?? "String";
        this.#isData = true;
    }
  }

  text(text: string): void {
    if (this.#isData && this.#cell) this.#cell.text += text;
    // The sheet says so behind its cells: SheetHidden or SheetVeryHidden.
    else if (this.#isVisible && this.#sheet && /Hidden/.test(text)) this.#sheet.hidden = true;
  }

  close(name: string): void {
    if (name === "Data") this.#isData = false;
    else if (name === "Comment") this.#isComment = false;
    else if (name === "Visible") this.#isVisible = false;
    else if (name === "Cell") this.#closeCell();
    else if (name === "Row") this.#row += this.#rowSpan;
    else if (name === "Worksheet") {
      this.#sheet?.cells.finish();
      this.#sheet = null;
    }
  }

  #openStyle(attributes: string): void {
    this.#style = attribute(attributes, "ID") ?? "";
    const parent = this.#styles.get(attribute(attributes, "Parent") ?? "Default");
    if (parent && this.#styles.size < STYLES) this.#styles.set(this.#style, parent);
  }

  #openSheet(attributes: string): void {
    if (this.sheets.length >= WORKBOOK_LIMITS.sheets)
      throw fail("payload_too_large", `The workbook has more than ${WORKBOOK_LIMITS.sheets} sheets.`);
    this.#sheet = {
      name: attribute(attributes, "Name")?.slice(0, 256) ?? `Sheet${this.sheets.length + 1}`,
      hidden: false,
      cells: new SheetCells(this.#texts, this.#held, 1900),
      merges: [],
      formulas: 0,
    };
    this.sheets.push(this.#sheet);
    this.#row = -1;
    this.#rowSpan = 0;
    this.#lastColumn = -1;
    this.#columnStyles = [];
  }

  #openColumn(attributes: string): void {
    const from = place(attribute(attributes, "Index"), this.#lastColumn, WORKBOOK_LIMITS.columns);
    const to = from + count(attribute(attributes, "Span"));
    this.#lastColumn = to;
    const style = attribute(attributes, "StyleID");
    if (style !== undefined && this.#columnStyles.length < COLUMN_STYLES)
      this.#columnStyles.push({ from, to, style });
  }

  #openRow(attributes: string): void {
    this.#row = place(attribute(attributes, "Index"), this.#row, WORKBOOK_LIMITS.rows);
    this.#rowSpan = count(attribute(attributes, "Span"));
    this.#rowStyle = attribute(attributes, "StyleID") ?? "";
    this.#column = -1;
  }

  #openCell(attributes: string): void {
    const found = new Map<string, string>();
    eachAttribute(attributes, (name, value) => found.set(localName(name), value));
    this.#column = place(found.get("Index"), this.#column, WORKBOOK_LIMITS.columns);
    this.#cell = {
      type: "",
      style: found.get("StyleID") ?? this.#outerStyle(),
      hasFormula: found.has("Formula"),
      across: count(found.get("MergeAcross")),
      down: count(found.get("MergeDown")),
      text: "",
    };
  }

  #outerStyle(): string {
    if (this.#rowStyle !== "") return this.#rowStyle;
    const at = this.#column;
    return this.#columnStyles.find(({ from, to }) => from <= at && at <= to)?.style ?? "Default";
  }

  #closeCell(): void {
    const [cell, sheet, row, column] = [this.#cell, this.#sheet, this.#row, this.#column];
    this.#cell = null;
    this.#isData = false;
    if (!cell || !sheet || row < 0) return;
    this.#column += cell.across;
    if (cell.type === "" || cell.text.trim() === "") return;
    if (cell.hasFormula) sheet.formulas++;
    this.#add(sheet.cells, row, column, cell);
    if (cell.across + cell.down > 0 && sheet.merges.length < WORKBOOK_LIMITS.merges)
      sheet.merges.push({ top: row, left: column, bottom: row + cell.down, right: column + cell.across });
  }

  #add(cells: SheetCells, row: number, column: number, { type, style, text }: OpenCell): void {
    const format = this.#styles.get(style) ?? PLAIN;
    const number = type === "Number" ? Number(text) : type === "DateTime" ? serialOfIso(text) : null;
    if (type === "Boolean") cells.add(row, column, KIND.boolean, /^\s*(?:1|true)\s*$/i.test(text) ? 1 : 0);
    else if (type === "Error") cells.add(row, column, KIND.error, 0);
    else if (number === null || !Number.isFinite(number))
      cells.add(row, column, KIND.text, this.#texts.share(text));
    else {
      const isBareDate = type === "DateTime" && format.kind === KIND.number;
      const dated = Number.isInteger(number) ? KIND.date : KIND.dateTime;
      cells.add(row, column, isBareDate ? dated : format.kind, number, format.fraction);
    }
  }
}

const formatOf = (code: string | undefined): NumberFormat =>
  code === undefined ? PLAIN : (NAMED_FORMATS.get(code) ?? readFormat(code));

/** The place of a row or column from 0: the one that is named, counted from 1, or the one behind `last`. */
function place(named: string | undefined, last: number, most: number): number {
  const found = named === undefined ? last + 1 : Number(named) - 1;
  if (Number.isInteger(found) && found >= 0 && found < most) return found;
  throw fail("malformed_data", "The workbook has a cell outside of any sheet.");
}

const count = (text: string | undefined): number => {
  const found = Number(text ?? 0);
  return Number.isInteger(found) && found > 0 ? Math.min(found, WORKBOOK_LIMITS.rows) : 0;
};
