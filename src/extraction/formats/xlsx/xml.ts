import { fail } from "../../../core/errors";
import { WORKBOOK_LIMITS } from "./limits";

/** What a scanner tells, in document order. Names come without their prefix. */
export interface XmlHandler {
  /** `attributes` is the text between name and end of the tag: see {@link eachAttribute}. */
  open(name: string, attributes: string): void;
  close(name: string): void;
  /** Character data of an element, entities resolved. May come in several pieces. */
  text?(text: string): void;
}

const malformed = (what: string) => fail("malformed_data", `The XML of the workbook ${what}.`);

/**
 * A forward scanner for the XML of Office packages: elements, attributes, text, CDATA; comments and instructions are
 * passed over. There are no document types in it (ECMA-376 part 2, 8.1.4 forbids them), so no entity but the five of
 * XML itself exists, nothing is ever fetched and nothing grows. Elements must close in order. Throws `malformed_data`.
 */
export class XmlScanner {
  readonly #handler: XmlHandler;
  readonly #open: string[] = [];
  #decoder: TextDecoder | null;
  #rest = "";
  /** Where the search for the end of the last markup or text goes on: what was searched is not searched again. */
  #searched = 0;
  #sawRoot = false;

  /** `encoding` where the document is none of Unicode. */
  constructor(handler: XmlHandler, encoding: string | null = null) {
    this.#handler = handler;
    this.#decoder = encoding === null ? null : new TextDecoder(encoding);
  }

  push(bytes: Uint8Array): void {
    this.#decoder ??= new TextDecoder(encodingOf(bytes));
    this.#scan(this.#rest + this.#decoder.decode(bytes, { stream: true }));
  }

  /** To be called once, after the last piece. */
  end(): void {
    if (this.#open.length > 0 || !this.#sawRoot || this.#rest.trim() !== "") throw malformed("ends early");
  }

  #scan(source: string): void {
    let at = 0;
    for (;;) {
      if (source.charCodeAt(at) !== LESS) {
        const next = source.indexOf("<", at === 0 ? this.#searched : at);
        if (next < 0) break;
        checkLength(next - at);
        this.#text(source.slice(at, next));
        at = next;
        this.#searched = 0;
      }
      const end = this.#markup(source, at);
      if (end < 0) break;
      at = end;
      this.#searched = 0;
    }
    this.#searched = at === 0 ? source.length : 0;
    this.#rest = at === 0 ? source : source.slice(at);
    checkLength(this.#rest.length);
    // Markup is short and its end may hide in an attribute: it is searched from its start.
    if (this.#rest.startsWith("<")) this.#searched = 0;
  }

  /** Handles the markup at `at` and tells where it ends, -1 where its end has not come yet. */
  #markup(source: string, at: number): number {
    switch (source.charCodeAt(at + 1)) {
      case BANG:
        return this.#declaration(source, at);
      case QUESTION: {
        const end = source.indexOf("?>", at + 2);
        return end < 0 ? -1 : end + 2;
      }
      case SLASH: {
        const end = source.indexOf(">", at + 2);
        if (end < 0) return -1;
        this.#close(localName(source.slice(at + 2, end).trimEnd()));
        return end + 1;
      }
      default:
        return this.#tag(source, at);
    }
  }

  #tag(source: string, at: number): number {
    const end = endOfTag(source, at + 1);
    if (end < 0) return -1;
    checkLength(end - at);
    const isEmpty = source.charCodeAt(end - 1) === SLASH;
    const last = isEmpty ? end - 1 : end;
    let nameEnd = at + 1;
    while (nameEnd < last && source.charCodeAt(nameEnd) > 32) nameEnd++;
    if (nameEnd === at + 1) throw malformed("has a tag without a name");
    if (this.#sawRoot && this.#open.length === 0) throw malformed("goes on after its end");
    const name = localName(source.slice(at + 1, nameEnd));
    this.#sawRoot = true;
    if (this.#open.length >= WORKBOOK_LIMITS.xmlDepth) throw malformed("is nested too deep");
    this.#open.push(name);
    this.#handler.open(name, nameEnd < last ? source.slice(nameEnd, last) : "");
    if (isEmpty) this.#close(name);
    return end + 1;
  }

  #close(name: string): void {
    if (this.#open.pop() !== name) throw malformed(`closes "${name.slice(0, 40)}", which is not open`);
    this.#handler.close(name);
  }

  #declaration(source: string, at: number): number {
    if (source.startsWith("<!--", at)) {
      const end = source.indexOf("-->", at + 4);
      return end < 0 ? -1 : end + 3;
    }
    if (source.startsWith("<![CDATA[", at)) {
      const end = source.indexOf("]]>", at + 9);
      if (end < 0) return -1;
      checkLength(end - at);
      if (this.#open.length > 0 && end > at + 9) this.#handler.text?.(source.slice(at + 9, end));
      return end + 3;
    }
    // A mark that is still incomplete: "<!" with fewer characters than the longest of them.
    if (
      source.length - at < 9 &&
      ("<!--".startsWith(source.slice(at)) || "<![CDATA[".startsWith(source.slice(at)))
    )
      return -1;
    throw malformed("has a document type, which no workbook may have");
  }

  #text(raw: string): void {
    if (this.#open.length > 0) this.#handler.text?.(unescapeXml(raw));
    else if (raw.trim() !== "") throw malformed("has text outside of its elements");
  }
}

function checkLength(chars: number): void {
  if (chars > WORKBOOK_LIMITS.xmlChars) throw malformed("has a text or tag of over a million characters");
}

const LESS = 60;
const BANG = 33;
const QUESTION = 63;
const SLASH = 47;
const GREATER = 62;
const DOUBLE_QUOTE = 34;
const SINGLE_QUOTE = 39;

/** The ">" that ends a tag: not one that stands in the value of an attribute. */
function endOfTag(source: string, from: number): number {
  let quote = 0;
  for (let at = from; at < source.length; at++) {
    const code = source.charCodeAt(at);
    if (quote !== 0) {
      if (code === quote) quote = 0;
    } else if (code === GREATER) return at;
    else if (code === DOUBLE_QUOTE || code === SINGLE_QUOTE) quote = code;
  }
  return -1;
}

export const localName = (name: string): string => {
  const colon = name.indexOf(":");
  return colon < 0 ? name : name.slice(colon + 1);
};

function encodingOf(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  if (bytes[0] === 0x3c && bytes[1] === 0) return "utf-16le";
  return bytes[0] === 0 && bytes[1] === 0x3c ? "utf-16be" : "utf-8";
}

/** Calls `visit` with name and value of each attribute; names keep their prefix. */
export function eachAttribute(attributes: string, visit: (name: string, value: string) => void): void {
  let at = 0;
  for (;;) {
    const equals = attributes.indexOf("=", at);
    if (equals < 0) return;
    let open = equals + 1;
    while (attributes.charCodeAt(open) <= 32) open++;
    const quote = attributes[open];
    if (quote !== '"' && quote !== "'") throw malformed("has an attribute without quotes");
    const close = attributes.indexOf(quote, open + 1);
    if (close < 0) throw malformed("has an attribute that does not end");
    visit(attributes.slice(at, equals).trim(), unescapeXml(attributes.slice(open + 1, close)));
    at = close + 1;
  }
}

/** The value of one attribute, with or without a prefix before its name. */
export function attribute(attributes: string, wanted: string): string | undefined {
  let found: string | undefined;
  eachAttribute(attributes, (name, value) => {
    if (localName(name) === wanted) found ??= value;
  });
  return found;
}

const NAMED: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
]);

/** Entities of XML and references to characters; anything else behind "&" stays as it stands. */
export function unescapeXml(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(/&(?:#x([\da-fA-F]{1,6})|#(\d{1,7})|([a-z]{2,4}));/g, (whole, hex, decimal, name) => {
    if (name !== undefined) return NAMED.get(name) ?? whole;
    const code = hex === undefined ? Number.parseInt(decimal, 10) : Number.parseInt(hex, 16);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : "";
  });
}
