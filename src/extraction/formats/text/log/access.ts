import type { Cell, ColumnHint, ReadRow } from "../../source-table";
import { type TextLayout, TextRows } from "../layout";
import type { Line } from "../lines";
import { timeAt } from "./time-head";
import { repeats } from "./vocabulary";

/** Lines of a web server in the Common Log Format (NCSA) or one that continues it, as the combined one does. */
export interface AccessLayout {
  kind: "access";
  /** Words before the time: client, identity and user, and the host served where there are four. */
  words: 3 | 4;
  /** What follows the request, in order, with the columns; -1 is the request. */
  rest: number[];
}

const MOST = 0.8;
const HEAD: Record<3 | 4, RegExp> = {
  3: /^(\S{1,255}) (\S{1,64}) (\S{1,128}) \[/,
  4: /^(\S{1,255}) (\S{1,255}) (\S{1,64}) (\S{1,128}) \[/,
};
const HEAD_NAMES: Record<3 | 4, string[]> = {
  3: ["client", "identity", "user"],
  4: ["host", "client", "identity", "user"],
};
const TOKEN = /"((?:[^"\\]|\\.)*)"|(\S+)/g;
const REQUEST = /^([A-Z][A-Z_-]{1,15}) (\S{1,8000})(?: ([A-Z]{2,8}\/\d(?:\.\d)?))?$/;
const MOST_TOKENS = 24;

interface Parts {
  words: string[];
  time: string;
  tokens: string[];
}

function partsOf(line: string, words: 3 | 4): Parts | null {
  const head = HEAD[words].exec(line);
  if (!head) return null;
  const time = timeAt(line, head[0].length - 1, ["day_name_month", "year_first"]);
  if (!time) return null;
  const tokens: string[] = [];
  for (const match of line.slice(time.end).matchAll(TOKEN)) {
    tokens.push(match[1] ?? match[2]!);
    if (tokens.length === MOST_TOKENS) break;
  }
  return { words: head.slice(1), time: time.text, tokens };
}

const isRequest = (token: string): boolean => REQUEST.test(token);

/** Client, identity, user, the time in brackets and a request in quotes; or null. */
export function decideAccess(sample: readonly Line[]): TextLayout<AccessLayout> | null {
  for (const words of [3, 4] as const) {
    const parts = sample.flatMap(({ text }) => partsOf(text, words) ?? []);
    if (parts.length === 0 || parts.length < sample.length * MOST) continue;
    const at = [0, 1, 2].find(
      (i) => parts.filter(({ tokens }) => isRequest(tokens[i] ?? "")).length >= parts.length / 2,
    );
    if (at === undefined) continue;
    return layoutOf(parts, words, at);
  }
  return null;
}

function layoutOf(parts: readonly Parts[], words: 3 | 4, request: number): TextLayout<AccessLayout> {
  const columns = [...HEAD_NAMES[words], "timestamp", "method", "path", "protocol"];
  const units: (string | null)[] = columns.map(() => null);
  const hints: Record<string, ColumnHint> = {
    identity: "attribute",
    method: "category",
    protocol: "category",
  };
  HEAD_NAMES[words].forEach((name, i) => {
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
  const rest = Array.from({ length: width }, (_, i) => {
    if (i === request) return -1;
    const cells = parts.flatMap(({ tokens }) =>
      tokens[i] === undefined || tokens[i] === "-" ? [] : [tokens[i]],
    );
    const { name, hint, unit } = describe(cells, columns, i);
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
    notes: [],
    certainty: 0.97,
    detail: { kind: "access", words, rest },
  };
}

/** What follows the request is told by its values; the order only of those that are alike is that of the format. */
function describe(cells: readonly string[], taken: readonly string[], i: number) {
  const all = (test: RegExp) => cells.length > 0 && cells.every((cell) => test.test(cell));
  const free = (name: string) => !taken.includes(name);
  const as = (name: string, hint: ColumnHint, unit: string | null = null) => ({ name, hint, unit });
  if (free("status") && all(/^[1-5]\d\d$/)) return as("status", "category");
  if (free("bytes") && all(/^\d+$/)) return as("bytes", "value", "B");
  if (free("duration") && all(/^\d+\.\d+$/)) return as("duration", "value", "s");
  if (free("referrer") && !free("bytes") && (cells.length === 0 || all(/^(?:[a-z][a-z+.-]*:|\/)/i)))
    return as("referrer", "attribute");
  if (free("user_agent") && !free("referrer") && !all(/^[\d.]+$/)) return as("user_agent", "attribute");
  return as(`field_${i + 1}`, all(/^\d+(?:\.\d+)?$/) ? "value" : "attribute");
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
    const { words, rest } = this.layout;
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
        cells[at] = nil(token);
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
