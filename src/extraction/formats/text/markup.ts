import { EXTRACTION_LIMITS } from "../../limits";
import { eachAttribute, localName, unescapeXml } from "../xlsx/xml";

/** What stands in XML, or in SGML as OFX writes it. Names come without their prefix. */
export type MarkupEvent =
  | { kind: "open"; name: string; attributes: [string, string][]; closed: boolean }
  | { kind: "close"; name: string }
  | { kind: "text"; text: string };

const NAME = "[A-Za-z_][\\w:.-]{0,80}";
const VALUE = "(?:\"[^\"<]{0,4000}\"|'[^'<]{0,4000}')";
// A tag, a declaration or what stands between tags; none can begin like another.
const PART = new RegExp(
  `<(/?)(${NAME})((?:\\s{1,40}${NAME}=${VALUE}){0,64})\\s{0,40}(/?)>|<[?!][^>]{0,1000}>|([^<]{1,16000})`,
  "y",
);
/** Markup whose end may stand in a later line. */
const BEGUN = new RegExp(`^<(?:[!?]|/?${NAME}(?:\\s|$))[^>]*$`);
const SECTIONS = [
  { begin: "<!--", end: "-->" },
  { begin: "<![CDATA[", end: "]]>" },
] as const;

/** Reads markup line by line: a tag, a comment or a section may go on over lines, up to as much as a line may hold. */
export class MarkupLines {
  /** What began in lines before, and what ends it: it is looked at again only when that comes. */
  private held: string[] = [];
  private heldChars = 0;
  private end = ">";

  /** What a line says, with what was open before it; null where it is no markup. */
  take(line: string): MarkupEvent[] | null {
    const trimmed = line.trim();
    if (this.held.length > 0 && !trimmed.includes(this.end)) return this.hold(trimmed) ? [] : null;
    const text = [...this.held, trimmed].join("\n");
    this.release();
    const events: MarkupEvent[] = [];
    for (let at = 0; at < text.length; ) {
      const end = this.section(text, at, events) ?? part(text, at, events);
      if (end !== null) at = end;
      else {
        const rest = text.slice(at);
        this.end = SECTIONS.find(({ begin }) => rest.startsWith(begin))?.end ?? ">";
        return isBegun(rest) && this.hold(rest) ? events : null;
      }
    }
    return events;
  }

  /** Keeps text for the lines to come; false, and all is let go of, where it is more than a line may hold. */
  private hold(text: string): boolean {
    this.held.push(text);
    this.heldChars += text.length + 1;
    if (this.heldChars <= EXTRACTION_LIMITS.textLineChars) return true;
    this.release();
    return false;
  }

  private release(): void {
    this.held = [];
    this.heldChars = 0;
  }

  /** A comment or a section of characters at `at`: where it ends; null where there is none, or its end is to come. */
  private section(text: string, at: number, events: MarkupEvent[]): number | null {
    const section = SECTIONS.find(({ begin }) => text.startsWith(begin, at));
    const from = at + (section?.begin.length ?? 0);
    const end = section ? text.indexOf(section.end, from) : -1;
    if (!section || end < 0) return null;
    if (section.end === "]]>" && end > from) events.push({ kind: "text", text: text.slice(from, end) });
    return end + section.end.length;
  }
}

const isBegun = (text: string): boolean =>
  text.length <= EXTRACTION_LIMITS.textLineChars &&
  (BEGUN.test(text) || SECTIONS.some(({ begin, end }) => text.startsWith(begin) && !text.includes(end)));

/** The tag, declaration or text at `at`: where it ends, or null where none is complete. */
function part(text: string, at: number, events: MarkupEvent[]): number | null {
  if (SECTIONS.some(({ begin }) => text.startsWith(begin, at))) return null;
  PART.lastIndex = at;
  const match = PART.exec(text);
  if (!match) return null;
  const [, close, name, attributes, closed, words] = match;
  if (name === undefined) {
    const said = words === undefined ? "" : unescapeXml(words).trim();
    if (said !== "") events.push({ kind: "text", text: said });
  } else if (close === "/") events.push({ kind: "close", name: localName(name) });
  else {
    const pairs: [string, string][] = [];
    eachAttribute(attributes!, (key, value) => {
      if (!key.startsWith("xmlns")) pairs.push([localName(key), value]);
    });
    events.push({ kind: "open", name: localName(name), attributes: pairs, closed: closed === "/" });
  }
  return PART.lastIndex;
}

/** Characters that say whether markup has lines. */
const LOOKED_AT = 100_000;

/** Whether a text is markup that was written without lines: one is too long to be read. */
export const isUnbroken = (text: string): boolean =>
  /^\s{0,100}</.test(text.slice(0, 200)) &&
  text
    .slice(0, LOOKED_AT)
    .split("\n")
    .some((line) => line.length > EXTRACTION_LIMITS.textLineChars);

/** Begins a line at each tag that follows another: what it gives together does not depend on where the text is cut. */
export class TagBreaker {
  private held = "";

  push(text: string): string {
    const all = this.held + text;
    this.held = all.endsWith(">") ? ">" : "";
    return all.slice(0, all.length - this.held.length).replaceAll("><", ">\n<");
  }

  end(): string {
    const rest = this.held;
    this.held = "";
    return rest;
  }
}

/** A whole text with a line for each tag. */
export const brokenAtTags = (text: string): string => text.replaceAll("><", ">\n<");
