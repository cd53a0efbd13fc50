import { EXTRACTION_LIMITS } from "../../limits";
import { type Cell, type ColumnHint, distinctNames, type ReadRow } from "../source-table";
import { type TextLayout, TextRows } from "./layout";
import { keyName } from "./line-slots";
import type { Line } from "./lines";
import { timeAt } from "./log/time-head";

/**
 * Entries that a line with the same first word opens (`commit 3f2a…`), then lines of `Key: value`, then text that is
 * indented, as histories of versions are printed.
 */
export interface EntriesLayout {
  kind: "entries";
  /** The first word of the line that opens an entry. */
  opener: string;
  keys: string[];
  /** Keys whose values are all times as logs write them. */
  times: string[];
}

const OPENER = /^([a-z]{2,20}) (\S.*)$/i;
const PAIR = /^([\p{L}][\p{L}\p{N}_-]{0,40}(?: [\p{L}\p{N}_-]{1,40}){0,2}):\s{1,40}(\S.*)$/u;
/** Of the lines that are not indented, those that open an entry or are a pair. */
const MOST = 0.95;
/** Characters of an entry's text that are kept: an attribute takes 16,384. */
const TEXT_CHARS = 16_000;

const pairOf = (text: string): { key: string; value: string } | null => {
  const match = PAIR.exec(text);
  return match && { key: keyName(match[1]!), value: match[2]! };
};
const opens = (text: string, opener: string): boolean => text.startsWith(`${opener} `) && !PAIR.test(text);
const timeIn = (value: string): string | null => {
  const time = timeAt(value, 0);
  return time && time.end === value.length ? time.text : null;
};

/** An opening line again and again, with pairs below it and nothing else that is not indented; or null. */
export function decideEntries(sample: readonly Line[]): TextLayout<EntriesLayout> | null {
  const first = sample[0]?.text ?? "";
  const opener = PAIR.test(first) ? undefined : OPENER.exec(first)?.[1];
  if (opener === undefined) return null;
  const flush = sample.filter(({ text }) => !/^\s/.test(text));
  const entries = flush.filter(({ text }) => opens(text, opener)).length;
  const pairs = flush.flatMap(({ text }) => pairOf(text) ?? []);
  // Without text below the pairs they are lines of something else.
  if (entries < 2 || pairs.length < entries || flush.length === sample.length) return null;
  if (entries + pairs.length < flush.length * MOST) return null;
  const values = Map.groupBy(pairs, ({ key }) => key);
  if (![...values.values()].some(({ length }) => length >= entries * MOST - 1)) return null;
  const keys = [...values.keys()].slice(0, EXTRACTION_LIMITS.columns - 2);
  const times = keys.filter((key) => values.get(key)!.every(({ value }) => timeIn(value) !== null));
  const columns = distinctNames([opener.toLowerCase(), ...keys, "text"]);
  const hints: Record<string, ColumnHint> = { [columns[0]!]: "attribute", [columns.at(-1)!]: "attribute" };
  return {
    columns,
    hints,
    timeColumn: times.length === 1 ? columns[keys.indexOf(times[0]!) + 1]! : null,
    about: "log_data",
    certainty: 0.9,
    detail: { kind: "entries", opener, keys, times },
  };
}

export class EntryRows extends TextRows {
  private readonly places: ReadonlyMap<string, number>;
  private readonly times: ReadonlySet<string>;
  private open: { row: number; cells: Cell[]; text: string } | null = null;
  private notKept = 0;

  constructor(
    private readonly layout: EntriesLayout,
    width: number,
  ) {
    super(width);
    this.places = new Map(layout.keys.map((key, i) => [key, i + 1]));
    this.times = new Set(layout.times);
  }

  protected line(text: string, row: number): ReadRow[] {
    if (opens(text, this.layout.opener)) {
      const done = this.end();
      const cells = this.emptyCells();
      cells[0] = text.slice(this.layout.opener.length).trim();
      this.open = { row, cells, text: "" };
      return done;
    }
    if (!this.open)
      return [{ row, reason: `no line that begins with "${this.layout.opener}" stands above it` }];
    this.skipped.continued++;
    const pair = this.open.text === "" ? pairOf(text) : null;
    const at = pair ? this.places.get(pair.key) : undefined;
    if (pair && at !== undefined && this.open.cells[at] === null)
      this.open.cells[at] = (this.times.has(pair.key) ? timeIn(pair.value) : null) ?? pair.value;
    else if (this.open.text.length + text.length < TEXT_CHARS)
      this.open.text += (this.open.text === "" ? "" : "\n") + text.trim();
    else this.notKept++;
    return [];
  }

  override notes(): string[] {
    return this.notKept === 0
      ? []
      : [`${this.notKept} line(s) of entries with over ${TEXT_CHARS} characters are not kept.`];
  }

  override end(): ReadRow[] {
    if (!this.open) return [];
    const { row, cells, text } = this.open;
    this.open = null;
    cells[this.width - 1] = text || null;
    return [{ row, cells }];
  }
}
