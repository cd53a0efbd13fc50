import { EXTRACTION_LIMITS } from "../../limits";
import { type Cell, distinctNames, type ReadRow } from "../source-table";
import { type TextLayout, TextRows } from "./layout";
import { keyName } from "./line-slots";
import type { Line } from "./lines";
import { LEVEL } from "./log/slots";

/** Records of lines of `Key: value`; a record ends where its first key comes again or a line is blank. */
export interface BlocksLayout {
  kind: "blocks";
  keys: string[];
}

const PAIR =
  /^\s{0,40}(?:[-*•]\s{1,3})?([\p{L}_][\p{L}\p{N}_ ./()%°-]{0,60}?)\s{0,20}(?::(?!\/\/)|=)\s{0,40}(.*)$/u;
const MOST = 0.9;
/** A line that only parts records, as documents of YAML are. */
const RULE = /^\s*(?:[-=*_]{3,}|\.{3})$/;

const pairOf = (line: string): { key: string; value: string } | null => {
  const match = PAIR.exec(line);
  // The colon of a clock parts no key from its value.
  if (!match || match[1]!.split(" ").length > 5 || (/\d$/.test(match[1]!) && /^\d\d/.test(match[2]!)))
    return null;
  return { key: keyName(match[1]!), value: match[2]!.trim() };
};

/** Lines that are nearly all a key and a value, the keys coming again; or null. */
export function decideBlocks(sample: readonly Line[]): TextLayout<BlocksLayout> | null {
  if (sample.length < 4) return null;
  const lines = sample.filter(({ text }) => !RULE.test(text));
  // A key with nothing behind it is a title of what follows.
  while (lines.length > 0 && pairOf(lines[0]!.text)?.value === "") lines.shift();
  const pairs = lines.map(({ text }) => pairOf(text));
  const found = pairs.filter((pair) => pair !== null);
  if (found.length < lines.length * MOST || !pairs[0]) return null;
  // Several pairs in a line are a line of readings.
  if (
    found.filter(({ value }) => /[,;|]\s*[\p{L}_][\p{L}\p{N}_ ]{0,30}[:=]\s?\S/u.test(value)).length >
    found.length / 4
  )
    return null;
  // A level and a colon begin the lines of a log.
  if (found.filter(({ key }) => LEVEL.test(key)).length > found.length / 2) return null;
  const counts = new Map<string, number>();
  for (const { key } of found) counts.set(key, (counts.get(key) ?? 0) + 1);
  const first = counts.get(pairs[0].key)!;
  const common = [...counts.values()].filter((count) => count >= Math.max(2, first * 0.5)).length;
  if (first < 2 || common < 2 || found.length / counts.size < 1.5) return null;
  const keys = [...counts.keys()].slice(0, EXTRACTION_LIMITS.columns - 1);
  const columns = distinctNames([...keys, "unlisted"]);
  return {
    columns,
    hints: { [columns.at(-1)!]: "attribute" },
    certainty: 0.92,
    detail: { kind: "blocks", keys },
  };
}

export class BlockRows extends TextRows {
  private readonly places: ReadonlyMap<string, number>;
  private open: { row: number; cells: Cell[]; last: number } | null = null;
  private readonly others: number;
  private began = false;

  constructor(layout: BlocksLayout, width: number) {
    super(width);
    this.places = new Map(layout.keys.map((key, i) => [key, i]));
    this.others = width - 1;
  }

  protected line(text: string, row: number): ReadRow[] {
    if (RULE.test(text)) {
      this.skipped.comments++;
      return this.end();
    }
    const pair = pairOf(text);
    const at = pair ? this.places.get(pair.key) : undefined;
    // The first key again, or one that has its value: the next record.
    const done = at !== undefined && this.open && this.open.cells[at] !== null ? this.end() : [];
    if (!this.began && at === undefined && pair?.value === "") {
      this.skipped.preamble++;
      return [];
    }
    this.began = true;
    this.open ??= { row, cells: this.emptyCells(), last: this.others };
    const { cells } = this.open;
    if (pair && at !== undefined) {
      cells[at] = pair.value === "" ? null : pair.value;
      this.open.last = at;
    } else {
      const place = pair ? this.others : this.open.last;
      const before = cells[place];
      cells[place] = before === null ? text.trim() : `${before}\n${text.trim()}`;
    }
    if (row !== this.open.row) this.skipped.continued++;
    return done;
  }

  override blank(): ReadRow[] {
    return this.end();
  }

  override end(): ReadRow[] {
    if (!this.open) return [];
    const { row, cells } = this.open;
    this.open = null;
    return [{ row, cells }];
  }
}
