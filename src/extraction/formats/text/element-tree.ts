import { EXTRACTION_LIMITS } from "../../limits";
import type { MarkupEvent } from "./markup";

/** An element that is open, with what it is known to hold by now. */
export interface OpenElement {
  name: string;
  /** The names of the elements it stands in and its own, joined by slashes. */
  path: string;
  /** Its attributes, the texts of the elements in it, and theirs under names joined by dots. */
  fields: Map<string, string>;
  leaf: boolean;
  text: string;
}

/** Fields of an element that are followed. */
export const MOST_FIELDS = Math.min(256, EXTRACTION_LIMITS.columns);
const MOST_DEPTH = 32;

/**
 * Follows markup and tells each element that ends, with all that stands in it. Elements named in `unclosed` have no end
 * tag, as SGML leaves them out (OFX 1.6, section 2.3): they end where the next tag begins.
 */
export class ElementTree {
  readonly open: OpenElement[] = [];
  /** Elements past the depth that is followed. */
  private tooDeep = 0;

  constructor(private readonly unclosed: ReadonlySet<string> = new Set()) {}

  /** `ended` says whether the element was taken as a record: what it holds is then no part of those around it. */
  take(event: MarkupEvent, ended: (element: OpenElement) => boolean): void {
    if (event.kind === "text") this.say(event.text);
    else if (this.endUnclosed(event, ended)) return;
    else if (event.kind === "close") this.close(event.name, ended);
    else this.begin(event, ended);
  }

  /** Ends what has no end tag; true where the tag was its own after all. */
  private endUnclosed(
    { kind, name }: Exclude<MarkupEvent, { kind: "text" }>,
    ended: (element: OpenElement) => boolean,
  ): boolean {
    while (this.open.length > 0 && this.unclosed.has(this.open.at(-1)!.name)) {
      const isItself = kind === "close" && name === this.open.at(-1)!.name;
      this.end(ended);
      if (isItself) return true;
    }
    return false;
  }

  private begin(
    { name, attributes, closed }: Extract<MarkupEvent, { kind: "open" }>,
    ended: (element: OpenElement) => boolean,
  ): void {
    const parent = this.open.at(-1);
    if (parent) parent.leaf = false;
    if (this.open.length >= MOST_DEPTH) {
      if (!closed) this.tooDeep++;
      return;
    }
    const path = parent ? `${parent.path}/${name}` : name;
    this.open.push({ name, path, fields: new Map(attributes), leaf: true, text: "" });
    if (closed) this.end(ended);
  }

  private say(text: string): void {
    const top = this.open.at(-1);
    if (top && this.tooDeep === 0 && top.text.length < EXTRACTION_LIMITS.textLineChars)
      top.text += top.text ? `\n${text}` : text;
  }

  /** What is not open cannot be closed, and what is left open in an element ends with it. */
  private close(name: string, ended: (element: OpenElement) => boolean): void {
    if (this.tooDeep > 0) {
      this.tooDeep--;
      return;
    }
    if (!this.open.some((one) => one.name === name)) return;
    while (this.open.at(-1)!.name !== name) this.end(ended);
    this.end(ended);
  }

  private end(ended: (element: OpenElement) => boolean): void {
    const element = this.open.pop()!;
    const { name, fields, leaf, text } = element;
    const parent = this.open.at(-1)?.fields;
    const own = leaf && text !== "" ? text : null;
    if (own !== null && fields.size > 0) put(fields, "value", own);
    if (ended(element) || !parent) return;
    if (own !== null) put(parent, name, own);
    for (const [field, value] of fields)
      if (own === null || field !== "value") put(parent, `${name}.${field}`, value);
  }
}

/** Of what comes again in one element the first is kept. */
function put(fields: Map<string, string>, name: string, value: string): void {
  if (!fields.has(name) && fields.size < MOST_FIELDS) fields.set(name, value);
}
