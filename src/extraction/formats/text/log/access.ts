import type { Cell, ColumnHint, ReadRow } from "../../source-table";
import { type TextLayout, TextRows } from "../layout";
import type { Line } from "../lines";
import { LEVEL } from "./slots";
import { timeAt } from "./time-head";
import { repeats } from "./vocabulary";

/**
 * Requests to a web server, a line each: the Common Log Format (NCSA) and those that continue it, as the combined one
 * does; and lines of balancers and stores that have more columns before the request, parted by blanks alike.
 */
export interface AccessLayout {
  kind: "access";
  /** Words before the time, each with its column. */
  words: number;
  /** What follows the time, in order, with the columns; -1 is the request. */
  rest: number[];
  /** By place in the rest, the key that stands before the value: `rt` of `rt=0.25`. */
  keys: (string | null)[];
}

const MOST = 0.8;
/** What the words before a time in brackets are, by their number. */
const HEAD_NAMES: Record<number, string[]> = {
  3: ["client", "identity", "user"],
  4: ["host", "client", "identity", "user"],
};
const WORD = /(\S{1,255}) /y;
const TOKEN = /"((?:[^"\\]|\\.)*)"|(\S+)/g;
const REQUEST = /^([A-Z][A-Z_-]{1,15}) (\S{1,8000})(?: ([A-Z]{2,8}\/\d(?:\.\d)?))?$/;
const KEYED = /^([a-z_]{1,40})="?([\d.,-]{1,40})"?$/;
const MOST_TOKENS = 40;

interface Parts {
  words: string[];
  time: string;
  tokens: string[];
}

function partsOf(line: string, words: number): Parts | null {
  const head: string[] = [];
  let place = 0;
  for (let i = 0; i < words; i++) {
    WORD.lastIndex = place;
    const word = WORD.exec(line);
    if (!word) return null;
    head.push(word[1]!);
    place += word[0].length;
  }
  const time = timeAt(line, place, ["day_name_month", "year_first"]);
  if (!time) return null;
  const tokens: string[] = [];
  for (const match of line.slice(time.end).matchAll(TOKEN)) {
    tokens.push(match[1] ?? match[2]!);
    if (tokens.length === MOST_TOKENS) break;
  }
  return { words: head, time: time.text, tokens };
}

const isRequest = (token: string): boolean => REQUEST.test(token);

/** A time behind a few words, and a request in quotes behind it; or null. */
export function decideAccess(sample: readonly Line[]): TextLayout<AccessLayout> | null {
  // Without a request in quotes in half of the lines that fit, none of the ways to read them does.
  if (sample.filter(({ text }) => text.includes('"')).length < (sample.length * MOST) / 2) return null;
  for (const words of [3, 4, 0, 1, 2] as const) {
    const parts = sample.flatMap(({ text }) => partsOf(text, words) ?? []);
    if (parts.length === 0 || parts.length < sample.length * MOST) continue;
    const bracketed = sample.filter(({ text }) => /^[^"]{0,600}\[/.test(text)).length >= sample.length * MOST;
    const common = words >= 3 && bracketed;
    const at = Array.from({ length: common ? 3 : MOST_BEFORE }, (_, i) => i).find(
      (i) => parts.filter(({ tokens }) => isRequest(tokens[i] ?? "")).length >= parts.length / 2,
    );
    if (at === undefined || !(common || isTabular(parts, at))) continue;
    return layoutOf(parts, words, at, common);
  }
  return null;
}

/** Columns between the time and the request, at most. */
const MOST_BEFORE = 12;

/** Lines of one width, a status near the request and no level in any column: no messages of a log that quote requests. */
function isTabular(parts: readonly Parts[], request: number): boolean {
  const width = parts[0]!.tokens.length;
  if (parts.filter(({ tokens }) => tokens.length === width).length < parts.length * MOST) return false;
  const share = (i: number, test: RegExp) =>
    parts.filter(({ tokens }) => test.test(tokens[i] ?? "")).length >= parts.length * MOST;
  const places = Array.from({ length: width }, (_, i) => i);
  if (places.some((i) => share(i, LEVEL))) return false;
  return places.some((i) => i !== request && Math.abs(i - request) <= 5 && share(i, STATUS));
}

const STATUS = /^(?:[1-5]\d\d|-)$/;

function layoutOf(
  parts: readonly Parts[],
  words: number,
  request: number,
  common: boolean,
): TextLayout<AccessLayout> {
  const head = (common && HEAD_NAMES[words]) || parts[0]!.words.map((_, i) => `field_${i + 1}`);
  const columns = [...head, "timestamp", "method", "path", "protocol"];
  const units: (string | null)[] = columns.map(() => null);
  const hints: Record<string, ColumnHint> = {
    identity: "attribute",
    method: "category",
    protocol: "category",
  };
  head.forEach((name, i) => {
    if (name !== "identity")
      hints[name] = repeats(
        parts.map((one) => one.words[i]!),
        1_000,
      )
        ? "category"
        : "attribute";
  });
  const paths = parts.map(({ tokens }) => REQUEST.exec(tokens[request] ?? "")?.[2] ?? "");
  hints.path = repeats(paths, 100) ? "category" : "attribute";
  const width = Math.max(...parts.map(({ tokens }) => tokens.length));
  const keys = Array.from({ length: width }, (_, i) => keyOf(parts.flatMap(({ tokens }) => tokens[i] ?? [])));
  const rest = Array.from({ length: width }, (_, i) => {
    if (i === request) return -1;
    const cells = parts.flatMap(({ tokens }) =>
      tokens[i] === undefined || tokens[i] === "-" ? [] : [tokens[i]],
    );
    const key = keys[i];
    const { name, hint, unit } =
      key && !columns.includes(key)
        ? { name: key, hint: "value" as const, unit: null }
        : describe(cells, columns, { at: words + i + 1, after: i - request });
    columns.push(name);
    units.push(unit);
    hints[name] = hint;
    return columns.length - 1;
  });
  return {
    columns,
    units,
    hints,
    timeColumn: "timestamp",
    about: "web_traffic",
    certainty: 0.97,
    detail: { kind: "access", words, rest, keys },
  };
}

/** The key that all values of a column stand behind. */
function keyOf(cells: readonly string[]): string | null {
  const found = new Set(cells.map((cell) => KEYED.exec(cell)?.[1] ?? null));
  const [key] = found;
  return found.size === 1 && key ? key : null;
}

const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[?[\da-f]{0,4}(?::[\da-f]{0,4}){2,7}\]?)(?::\d{1,5})?$/i;

/** Product tokens, as clients name themselves (RFC 9110, 10.1.5). */
const PRODUCT = /^[A-Za-z][\w.+-]{0,40}\/\d[\w.]{0,40}(?:[ (;]|$)/;
/** Places behind the request within which the size of the response stands. */
const MOST_AFTER = 3;

/** What stands beside the request is told by its values; the order only of those that are alike is that of the format. */
function describe(
  cells: readonly string[],
  taken: readonly string[],
  { at, after }: { at: number; after: number },
) {
  const all = (test: RegExp) => cells.length > 0 && cells.every((cell) => test.test(cell));
  const free = (name: string) => !taken.includes(name);
  const as = (name: string, hint: ColumnHint, unit: string | null = null) => ({ name, hint, unit });
  const words: ColumnHint = repeats(cells, 100) && cells.length > 0 ? "category" : "attribute";
  if (free("client") && all(ADDRESS)) return as("client", repeats(cells, 1_000) ? "category" : "attribute");
  if (all(/^[1-5]\d\d$/) && (free("status") || new Set(cells).size === 1))
    return as(free("status") ? "status" : `field_${at}`, "category");
  if (after > 0 && after <= MOST_AFTER && free("bytes") && all(/^\d+$/)) return as("bytes", "value", "B");
  if (free("duration") && all(/^\d+\.\d+$/)) return as("duration", "value", "s");
  const measured = all(/^-?\d+(?:\.\d+)?$/);
  if (free("user_agent") && all(PRODUCT)) return as("user_agent", "attribute");
  if (after < 0) return as(`field_${at}`, measured ? "value" : words);
  if (free("referrer") && !free("bytes") && (cells.length === 0 || all(/^(?:[a-z][a-z+.-]*:|\/)/i)))
    return as("referrer", "attribute");
  if (free("user_agent") && !free("referrer") && !all(/^[\d.]+$/)) return as("user_agent", "attribute");
  return as(`field_${at}`, measured ? "value" : "attribute");
}

const nil = (text: string | undefined): Cell =>
  text === undefined || text === "-" || text === "" ? null : text;

export class AccessRows extends TextRows {
  constructor(
    private readonly layout: AccessLayout,
    width: number,
  ) {
    super(width);
  }

  protected line(text: string, row: number): ReadRow[] {
    const { words, rest, keys } = this.layout;
    const parts = partsOf(text, words);
    if (!parts) {
      return [{ row, reason: "the line does not begin like a request to a web server" }];
    }
    if (parts.tokens.length > rest.length) {
      return [{ row, reason: "the line has more columns than those it was understood by" }];
    }
    const cells = this.emptyCells();
    parts.words.forEach((word, i) => {
      cells[i] = nil(word);
    });
    cells[words] = parts.time;
    parts.tokens.forEach((token, i) => {
      const at = rest[i]!;
      if (at >= 0) {
        cells[at] = nil(keys[i] ? (KEYED.exec(token)?.[2] ?? token) : token);
        return;
      }
      const request = REQUEST.exec(token);
      // What a client sent that is no request is kept where the path would be.
      cells[words + 1] = request?.[1] ?? null;
      cells[words + 2] = request?.[2] ?? nil(token);
      cells[words + 3] = request?.[3] ?? null;
    });
    return [{ row, cells }];
  }
}
