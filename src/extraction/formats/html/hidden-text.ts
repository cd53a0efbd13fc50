/** Elements of which tables are made: they end what is within a cell, whether it was closed or not. */
const STRUCTURE = new Set(["table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th"]);
const HIDES = /(?:^|[\s"';])display\s{0,5}:\s{0,5}none/i;

/** Follows elements within a cell that are not shown, as keys by which a page sorts its rows. */
export class HiddenText {
  /** The element that hides, and how many of its name are open within it. */
  #name = "";
  #open = 0;

  /** Whether what begins is hidden. */
  open(name: string, attributes: string): boolean {
    if (STRUCTURE.has(name)) this.#name = "";
    else if (this.#name === name) this.#open++;
    else if (this.#name === "" && HIDES.test(attributes.slice(0, 1_000)) && !attributes.endsWith("/")) {
      this.#name = name;
      this.#open = 1;
    }
    return this.#name !== "";
  }

  /** Whether what ends was hidden. */
  close(name: string): boolean {
    if (STRUCTURE.has(name)) this.#name = "";
    if (this.#name === "") return false;
    if (this.#name === name && --this.#open === 0) this.#name = "";
    return true;
  }

  get isHidden(): boolean {
    return this.#name !== "";
  }
}
