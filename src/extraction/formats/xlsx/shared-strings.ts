import type { Texts } from "./cells";
import type { XmlHandler } from "./xml";

/** Adds the strings that cells share (ECMA-376 part 1, 18.4), runs of rich text joined, guides to reading left out. */
export class SharedStringsReader implements XmlHandler {
  readonly #texts: Texts;
  #text = "";
  #isText = false;
  #phonetic = 0;

  constructor(texts: Texts) {
    this.#texts = texts;
  }

  open(name: string): void {
    if (name === "si") this.#text = "";
    else if (name === "rPh") this.#phonetic++;
    else if (name === "t") this.#isText = this.#phonetic === 0;
  }

  text(text: string): void {
    if (this.#isText) this.#text += text;
  }

  close(name: string): void {
    if (name === "t") this.#isText = false;
    else if (name === "rPh") this.#phonetic--;
    else if (name === "si") this.#texts.add(unescapeControls(this.#text));
  }
}

/** Characters that XML cannot hold are written as `_x000D_` (ECMA-376 part 1, 22.9.2.19). */
export const unescapeControls = (text: string): string =>
  text.includes("_x")
    ? text.replace(/_x([\dA-Fa-f]{4})_/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    : text;
