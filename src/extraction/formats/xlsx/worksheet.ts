import { fail } from "../../../core/errors";
import type { SheetCells, Texts } from "./cells";
import { WORKBOOK_LIMITS } from "./limits";
import { KIND, type NumberFormat } from "./number-format";
import { type Area, columnOf, packedReference, readArea, rowOf } from "./reference";
import { unescapeControls } from "./shared-strings";
import { attribute, eachAttribute, type XmlHandler } from "./xml";

const PLAIN: NumberFormat = { kind: KIND.number, fraction: false };

/** Fills `cells` from the XML of a worksheet (ECMA-376 part 1, 18.3) as it passes by. */
export class WorksheetReader implements XmlHandler {
  readonly merges: Area[] = [];
  formulas = 0;
  /** Formulas of which no value was saved, not even an empty text. */
  unsaved = 0;
  readonly #cells: SheetCells;
  readonly #texts: Texts;
  readonly #formats: readonly NumberFormat[];
  #row = -1;
  #column = -1;
  #isCell = false;
  #reference = "";
  #style = 0;
  #type = "";
  #hasFormula = false;
  #value = "";
  /** Which text is being gathered: "v" of the cell's value, "t" of a string that stands in the cell. */
  #gathering: "" | "v" | "t" = "";
  #phonetic = 0;

  /** `formats` by the number of a cell's style; a shared string's number is its number among `texts`. */
  constructor(cells: SheetCells, texts: Texts, formats: readonly NumberFormat[]) {
    this.#cells = cells;
    this.#texts = texts;
    this.#formats = formats;
  }

  open(name: string, attributes: string): void {
    if (name === "c") this.#openCell(attributes);
    else if (this.#isCell) {
      if (name === "v") this.#gathering = "v";
      else if (name === "t" && this.#phonetic === 0) this.#gathering = "t";
      else if (name === "rPh") this.#phonetic++;
      else if (name === "f") this.#hasFormula = true;
    } else if (name === "row") this.#openRow(attributes);
    else if (name === "mergeCell") this.#merge(attributes);
  }

  text(text: string): void {
    if (this.#gathering !== "") this.#value += text;
  }

  close(name: string): void {
    if (name === "c") this.#closeCell();
    else if (name === "rPh" && this.#phonetic > 0) this.#phonetic--;
    else if (this.#gathering !== "" && name === this.#gathering) this.#gathering = "";
  }

  #openRow(attributes: string): void {
    const declared = attribute(attributes, "r");
    const row = declared === undefined ? this.#row + 1 : Number(declared) - 1;
    if (!(row >= 0 && row < WORKBOOK_LIMITS.rows && Number.isInteger(row))) throw outside(declared);
    this.#row = row;
    this.#column = -1;
  }

  #openCell(attributes: string): void {
    this.#isCell = true;
    this.#reference = "";
    this.#style = 0;
    this.#type = "";
    this.#hasFormula = false;
    this.#value = "";
    this.#gathering = "";
    this.#phonetic = 0;
    eachAttribute(attributes, this.#cellAttribute);
    if (this.#reference === "") this.#column++;
    else {
      const packed = packedReference(this.#reference);
      if (packed < 0) throw outside(this.#reference);
      this.#row = rowOf(packed);
      this.#column = columnOf(packed);
    }
    if (this.#column >= WORKBOOK_LIMITS.columns || this.#row < 0) throw outside(this.#reference);
  }

  readonly #cellAttribute = (name: string, value: string): void => {
    if (name === "r") this.#reference = value;
    else if (name === "s") this.#style = Number(value);
    else if (name === "t") this.#type = value;
  };

  #closeCell(): void {
    this.#isCell = false;
    this.#gathering = "";
    if (this.#hasFormula) this.formulas++;
    const value = this.#value;
    if (this.#hasFormula && value === "" && this.#type !== "str") this.unsaved++;
    if (value === "") return;
    switch (this.#type) {
      case "s": {
        const id = Number(value);
        const text = this.#texts.get(id);
        if (text === undefined || !Number.isInteger(id))
          throw malformedCell("names a text that is not there");
        if (text.trim() !== "") this.#cells.add(this.#row, this.#column, KIND.text, id);
        return;
      }
      case "str":
      case "inlineStr":
      case "d":
        this.#addText(this.#type === "d" ? value : unescapeControls(value));
        return;
      case "b":
        this.#cells.add(
          this.#row,
          this.#column,
          KIND.boolean,
          value.trim() === "1" || value === "true" ? 1 : 0,
        );
        return;
      case "e":
        this.#cells.add(this.#row, this.#column, KIND.error, 0);
        return;
      default:
        this.#addNumber(value);
    }
  }

  #addText(text: string): void {
    if (text.trim() !== "") this.#cells.add(this.#row, this.#column, KIND.text, this.#texts.share(text));
  }

  /** A number that cannot be one is kept as the text it is. */
  #addNumber(text: string): void {
    const value = Number(text);
    if (!Number.isFinite(value)) {
      this.#addText(text);
      return;
    }
    if (text.trim() === "") return;
    const { kind, fraction } = this.#formats[this.#style] ?? PLAIN;
    this.#cells.add(this.#row, this.#column, kind, value, fraction);
  }

  #merge(attributes: string): void {
    const area = readArea(attribute(attributes, "ref") ?? "");
    if (!area) throw malformedCell("has merged cells without a place");
    if (this.merges.length >= WORKBOOK_LIMITS.merges)
      throw fail("payload_too_large", `A sheet has more than ${WORKBOOK_LIMITS.merges} merged areas.`);
    this.merges.push(area);
  }
}

const malformedCell = (what: string) => fail("malformed_data", `A sheet of the workbook ${what}.`);
const outside = (place: string | undefined) =>
  malformedCell(`has a cell outside of any sheet: ${JSON.stringify((place ?? "").slice(0, 40))}`);
