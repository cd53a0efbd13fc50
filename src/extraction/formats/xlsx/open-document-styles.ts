import { KIND, type Kind } from "./number-format";
import { attribute, type XmlHandler } from "./xml";

const STYLES = 65_536;

/**
 * Which styles of cells show durations, and in which unit (OASIS OpenDocument 1.3 part 3, 16.29.20): a format of times that
 * goes on counting past its largest unit, as `[h]:mm` does, or has no hours. Styles are written before the cells that name
 * them; common ones stand in a part of their own.
 */
export class OpenDocumentStyles implements XmlHandler {
  readonly #formats = new Map<string, Kind>();
  readonly #cellStyles = new Map<string, Kind>();
  /** The format of times that is being read. */
  #format: { name: string; counts: boolean; units: string[] } | null = null;

  open(name: string, attributes: string): void {
    if (name === "time-style")
      this.#format = {
        name: attribute(attributes, "name") ?? "",
        counts: attribute(attributes, "truncate-on-overflow") === "false",
        units: [],
      };
    else if (name === "style") this.#addCellStyle(attributes);
    else if (this.#format && (name === "hours" || name === "minutes" || name === "seconds"))
      this.#format.units.push(name);
  }

  close(name: string): void {
    if (name !== "time-style" || !this.#format) return;
    const kind = durationIn(this.#format);
    if (kind !== null && this.#formats.size < STYLES) this.#formats.set(this.#format.name, kind);
    this.#format = null;
  }

  /** The kind of durations that a style of cells shows, undefined where it shows none. */
  durationOf(cellStyle: string): Kind | undefined {
    return this.#cellStyles.get(cellStyle);
  }

  #addCellStyle(attributes: string): void {
    const format = attribute(attributes, "data-style-name");
    const kind =
      format === undefined
        ? this.#cellStyles.get(attribute(attributes, "parent-style-name") ?? "")
        : this.#formats.get(format);
    if (kind !== undefined && this.#cellStyles.size < STYLES)
      this.#cellStyles.set(attribute(attributes, "name") ?? "", kind);
  }
}

function durationIn({ counts, units }: { counts: boolean; units: readonly string[] }): Kind | null {
  if (counts) return units[0] === "hours" ? KIND.hours : units[0] === "minutes" ? KIND.minutes : KIND.seconds;
  return units.length > 0 && !units.includes("hours") ? KIND.minutesSeconds : null;
}
