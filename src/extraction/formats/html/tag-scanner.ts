import { decodeEntities } from "./entities";
import { HTML_LIMITS } from "./limits";

/** What a scanner tells, in document order. Names are in lower case. */
export interface HtmlHandler {
  /** `attributes` is the text between name and end of the tag: see {@link htmlAttributes}. */
  open(name: string, attributes: string): void;
  close(name: string): void;
  /** Text with its character references resolved. May come in several pieces. */
  text(text: string): void;
}

/** Elements whose content is no markup (HTML Living Standard, 13.1.2). */
const RAW = new Set(["script", "style", "textarea", "title", "noscript", "template"]);
/** A character reference that the next piece may complete. */
const LONGEST_REFERENCE = 10;

/**
 * A forward scanner for the tags of HTML as it is found: attributes without quotes, tags that do not close, marks of Word
 * and Excel. Nothing is malformed to it; what cannot be a tag is text. Takes time and memory in proportion to the page.
 */
export class TagScanner {
  readonly #handler: HtmlHandler;
  #rest = "";
  /** What ends that which is passed over, in lower case; "" where nothing is. */
  #until = "";

  constructor(handler: HtmlHandler) {
    this.#handler = handler;
  }

  push(text: string): void {
    this.#scan(this.#rest + text, false);
  }

  /** To be called once, after the last piece. */
  end(): void {
    this.#scan(this.#rest, true);
  }

  #scan(source: string, isLast: boolean): void {
    let at = 0;
    while (at < source.length) {
      const end = this.#until === "" ? this.#markup(source, at, isLast) : this.#pass(source, at, isLast);
      if (end < 0) break;
      at = end;
    }
    this.#rest = isLast ? "" : source.slice(at);
  }

  /** Handles what stands at `at` and tells where it ends, -1 where its end has not come yet. */
  #markup(source: string, at: number, isLast: boolean): number {
    if (source.charCodeAt(at) !== LESS) return this.#text(source, at, isLast);
    const second = source.charCodeAt(at + 1);
    if (Number.isNaN(second)) return isLast ? this.#said(source, at, at + 1) : -1;
    if (second === BANG || second === QUESTION) return this.#declaration(source, at, isLast);
    const isClose = second === SLASH;
    const nameAt = isClose ? at + 2 : at + 1;
    if (nameAt >= source.length) return isLast ? this.#said(source, at, source.length) : -1;
    if (!isLetter(source.charCodeAt(nameAt))) return this.#said(source, at, at + 1);
    const end = endOfTag(source, nameAt);
    if (end < 0) {
      if (isLast) return source.length;
      // All that is known of it at once: looking for its end from each mark in it would take quadratic time.
      return source.length - at > HTML_LIMITS.markupChars ? this.#said(source, at, source.length) : -1;
    }
    this.#tag(source.slice(nameAt, end), isClose);
    return end + 1;
  }

  #tag(inside: string, isClose: boolean): void {
    const name = /^[^\s/>]{1,60}/.exec(inside)![0].toLowerCase();
    if (isClose) this.#handler.close(name);
    else {
      this.#handler.open(name, inside.slice(name.length));
      if (RAW.has(name) && !inside.endsWith("/")) this.#until = `</${name}`;
    }
  }

  #text(source: string, at: number, isLast: boolean): number {
    const next = source.indexOf("<", at);
    if (next >= 0) return this.#said(source, at, next);
    if (isLast) return this.#said(source, at, source.length);
    const reference = source.lastIndexOf("&");
    const isOpen = reference >= at && reference > source.length - LONGEST_REFERENCE;
    const end = isOpen ? reference : source.length;
    return end === at ? -1 : this.#said(source, at, end);
  }

  #said(source: string, from: number, to: number): number {
    this.#handler.text(decodeEntities(source.slice(from, to)));
    return to;
  }

  /** Comments, document types and instructions; `<![endif]>` is one. */
  #declaration(source: string, at: number, isLast: boolean): number {
    if (!isLast && source.length - at < 4) return -1;
    const isComment = source.startsWith("<!--", at);
    this.#until = isComment ? "-->" : ">";
    return at + (isComment ? 4 : 2);
  }

  #pass(source: string, at: number, isLast: boolean): number {
    const mark = this.#until;
    const isElement = mark.startsWith("</");
    const begin = isElement ? "</" : mark;
    for (let found = source.indexOf(begin, at); found >= 0; found = source.indexOf(begin, found + 2)) {
      if (source.slice(found, found + mark.length).toLowerCase() !== mark) continue;
      this.#until = "";
      return isElement ? found : found + mark.length;
    }
    if (isLast) return source.length;
    const kept = Math.max(at, source.length - mark.length + 1);
    return kept === at ? -1 : kept;
  }
}

const LESS = 60;
const BANG = 33;
const QUESTION = 63;
const SLASH = 47;
const GREATER = 62;
const EQUALS = 61;
const DOUBLE_QUOTE = 34;
const SINGLE_QUOTE = 39;

const isLetter = (code: number): boolean => (code | 32) >= 97 && (code | 32) <= 122;

/** The ">" that ends a tag. A quote begins a value only behind "=": one that stands elsewhere opens nothing. */
function endOfTag(source: string, from: number): number {
  let quote = 0;
  let last = 0;
  for (let at = from; at < source.length; at++) {
    const code = source.charCodeAt(at);
    if (quote !== 0) {
      if (code === quote) quote = 0;
    } else if (code === GREATER) return at;
    else if ((code === DOUBLE_QUOTE || code === SINGLE_QUOTE) && last === EQUALS) quote = code;
    if (code > 32) last = code;
  }
  return -1;
}

const LONGEST_ATTRIBUTES = 4_000;

/** The attributes of a tag by name, "" for those without a value. Of two of one name the first holds. */
export function htmlAttributes(attributes: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  if (attributes.length < 2) return found;
  const pattern = /([^\s=>"'/]{1,200})(?:\s{0,20}=\s{0,20}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g;
  for (const [, raw, double, single, bare] of attributes.slice(0, LONGEST_ATTRIBUTES).matchAll(pattern)) {
    const name = raw!.toLowerCase();
    if (!found.has(name)) found.set(name, decodeEntities(double ?? single ?? bare ?? ""));
  }
  return found;
}
