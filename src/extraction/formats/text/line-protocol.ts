import { EXTRACTION_LIMITS } from "../../limits";
import { type Cell, type ColumnHint, distinctNames, type ReadRow } from "../source-table";
import { type TextLayout, TextRows } from "./layout";
import type { Line } from "./lines";
import { repeats } from "./log/vocabulary";

/**
 * The line protocol of InfluxDB: `measurement,tag=a field=1.5,other=2i 1709676847000000000`, a point a line. Blanks,
 * commas and equals signs in names are escaped; texts stand in quotes; whole numbers end in i or u.
 */
export interface LineProtocolLayout {
  kind: "line_protocol";
  tags: string[];
  fields: string[];
}

interface ProtocolPoint {
  measurement: string;
  tags: [string, string][];
  fields: [string, Cell][];
  time: string | null;
}

const NAME = "(?:[^\\s,=\\\\]|\\\\.){1,200}";
const VALUE = '(?:"(?:[^"\\\\]|\\\\.){0,4000}"|[^\\s,="]{1,100})';
const POINT = new RegExp(
  `^(${NAME})((?:,${NAME}=${NAME}){0,64}) (${NAME}=${VALUE}(?:,${NAME}=${VALUE}){0,255})(?: (-?\\d{1,19}))?$`,
);
const TAG = new RegExp(`,(${NAME})=(${NAME})`, "g");
const FIELD = new RegExp(`(?:^|,)(${NAME})=(${VALUE})`, "g");
const NUMBER = /^[+-]?(?:\d{1,40}(?:\.\d{0,40})?(?:[eE][+-]?\d{1,3})?|\d{1,20}[iu])$/;
const MOST = 0.95;

const unescaped = (text: string): string => text.replace(/\\([,= ])/g, "$1");

function cellOf(raw: string): Cell {
  if (raw.startsWith('"')) return raw.slice(1, -1).replace(/\\(["\\])/g, "$1");
  return NUMBER.test(raw) ? raw.replace(/[iu]$/, "") : raw;
}

function pointOf(line: string): ProtocolPoint | null {
  const match = POINT.exec(line);
  if (!match) return null;
  const [, measurement, tags, fields, time] = match;
  return {
    measurement: unescaped(measurement!),
    tags: Array.from(tags!.matchAll(TAG), ([, key, value]) => [unescaped(key!), unescaped(value!)]),
    fields: Array.from(fields!.matchAll(FIELD), ([, key, value]) => [unescaped(key!), cellOf(value!)]),
    time: time ?? null,
  };
}

/** Lines that are nearly all points, with tags or times in most; or null. */
export function decideLineProtocol(sample: readonly Line[]): TextLayout<LineProtocolLayout> | null {
  const lines = sample.filter(({ text }) => !text.startsWith("#"));
  const points = lines.flatMap(({ text }) => pointOf(text) ?? []);
  if (points.length === 0 || points.length < lines.length * MOST) return null;
  // A word before some pairs is a line of many texts.
  if (points.filter(({ tags, time }) => tags.length > 0 || time !== null).length < points.length / 2)
    return null;
  const tags = [...new Set(points.flatMap((point) => point.tags.map(([name]) => name)))];
  const fields = [...new Set(points.flatMap((point) => point.fields.map(([name]) => name)))];
  const timed = points.some(({ time }) => time !== null);
  tags.length = Math.min(tags.length, EXTRACTION_LIMITS.columns / 2);
  fields.length = Math.min(fields.length, EXTRACTION_LIMITS.columns / 2 - 2);
  const columns = distinctNames(["measurement", "timestamp", ...tags, ...fields]);
  const hints: Record<string, ColumnHint> = { measurement: "category" };
  tags.forEach((name, i) => {
    const cells = points.map((point) => point.tags.find(([key]) => key === name)?.[1] ?? null);
    hints[columns[i + 2]!] = repeats(cells, 1_000) ? "category" : "attribute";
  });
  const worded = new Set(
    points.flatMap((point) =>
      point.fields.flatMap(([name, cell]) => (NUMBER.test(String(cell)) ? [] : [name])),
    ),
  );
  fields.forEach((name, i) => {
    if (!worded.has(name)) hints[columns[i + 2 + tags.length]!] = "value";
  });
  return {
    columns,
    hints,
    timeColumn: timed ? "timestamp" : null,
    certainty: 0.97,
    detail: { kind: "line_protocol", tags, fields },
  };
}

export class LineProtocolRows extends TextRows {
  private readonly tags: ReadonlyMap<string, number>;
  private readonly fields: ReadonlyMap<string, number>;

  constructor(layout: LineProtocolLayout, width: number) {
    super(width);
    this.tags = new Map(layout.tags.map((name, i) => [name, i + 2]));
    this.fields = new Map(layout.fields.map((name, i) => [name, i + 2 + layout.tags.length]));
  }

  protected line(text: string, row: number): ReadRow[] {
    if (text.startsWith("#")) {
      this.skipped.comments++;
      return [];
    }
    const point = pointOf(text);
    if (!point) return [{ row, reason: "the line is no point of the line protocol" }];
    const cells = this.emptyCells();
    cells[0] = point.measurement;
    cells[1] = point.time;
    for (const [names, places] of [
      [point.tags, this.tags],
      [point.fields, this.fields],
    ] as const)
      for (const [name, value] of names) {
        const at = places.get(name);
        if (at !== undefined) cells[at] = value;
      }
    return [{ row, cells }];
  }
}
