import { KIND, type Kind } from "./number-format";
import { attribute, type XmlHandler } from "./xml";

const STYLES = 65_536;

const DURATIONS: ReadonlySet<Kind> = new Set([KIND.hours, KIND.minutes, KIND.seconds, KIND.minutesSeconds]);

/** A format of times or dates, with the parts that it shows in their order. */
interface TimeFormat {
  name: string;
  /** It goes on counting past its largest unit, as `[h]:mm` does. */
  counts: boolean;
  parts: string[];
}

/**
 * What the styles of cells make of numbers and times (OASIS OpenDocument 1.3 part 3, 16.29). Styles are written before
 * the cells that name them; common ones stand in a part of their own.
 */
export class OpenDocumentStyles implements XmlHandler {
  readonly #formats = new Map<string, Kind>();
  readonly #cellStyles = new Map<string, Kind>();
  #format: TimeFormat | null = null;

  open(name: string, attributes: string): void {
    if (name === "time-style" || name === "date-style")
      this.#format = {
        name: attribute(attributes, "name") ?? "",
        counts: attribute(attributes, "truncate-on-overflow") === "false",
        parts: [],
      };
    else if (name === "style") this.#addCellStyle(attributes);
    else this.#format?.parts.push(name);
  }

  close(name: string): void {
    if ((name !== "time-style" && name !== "date-style") || !this.#format) return;
    const kind = kindOf(this.#format);
    if (kind !== null && this.#formats.size < STYLES) this.#formats.set(this.#format.name, kind);
    this.#format = null;
  }

  /** The kind that a style of cells makes of numbers, undefined where it shows no times. */
  kindOf(cellStyle: string): Kind | undefined {
    return this.#cellStyles.get(cellStyle);
  }

  /** The kind of durations that a style of cells shows, undefined where it shows none. */
  durationOf(cellStyle: string): Kind | undefined {
    const kind = this.kindOf(cellStyle);
    return kind !== undefined && DURATIONS.has(kind) ? kind : undefined;
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

function kindOf({ counts, parts }: TimeFormat): Kind | null {
  const shows = (...names: string[]) => names.some((name) => parts.includes(name));
  const isClock = shows("hours", "minutes", "seconds");
  if (shows("day", "day-of-week", "month", "year", "quarter", "week-of-year"))
    return isClock ? KIND.dateTime : KIND.date;
  if (!isClock) return null;
  if (counts) return shows("hours") ? KIND.hours : shows("minutes") ? KIND.minutes : KIND.seconds;
  return shows("hours") ? KIND.timeOfDay : KIND.minutesSeconds;
}
