import { builtInFormat, type NumberFormat, readFormat } from "./number-format";
import { eachAttribute, type XmlHandler } from "./xml";

const STYLES = 65_536;

/** The number format of each style that cells name (ECMA-376 part 1, 18.8): `formats[s]`. */
export class StylesReader implements XmlHandler {
  readonly formats: NumberFormat[] = [];
  readonly #own = new Map<number, NumberFormat>();
  #inCellStyles = false;

  open(name: string, attributes: string): void {
    if (name === "cellXfs") this.#inCellStyles = true;
    else if (name === "numFmt") {
      let id = -1;
      let code = "";
      eachAttribute(attributes, (key, value) => {
        if (key === "numFmtId") id = Number(value);
        else if (key === "formatCode") code = value;
      });
      if (this.#own.size < STYLES) this.#own.set(id, readFormat(code));
    } else if (name === "xf" && this.#inCellStyles && this.formats.length < STYLES) {
      let id = 0;
      eachAttribute(attributes, (key, value) => {
        if (key === "numFmtId") id = Number(value);
      });
      this.formats.push(this.#own.get(id) ?? builtInFormat(id));
    }
  }

  close(name: string): void {
    if (name === "cellXfs") this.#inCellStyles = false;
  }
}
