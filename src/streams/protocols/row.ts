import { isObject } from "../../core/json";
import { parseIso, parseTimestamp } from "../../core/timestamps";
import type { ParsedRow } from "../append";
import type { Point } from "../contract";

/**
 * A record of any producer as a point. What names and values mean:
 * - the time: the first of TIME_NAMES that is there, in any case;
 * - numbers and booleans (1, 0) are fields; so is a number written as text ("23.51", as exchanges send prices), unless
 *   it has leading zeros or the name says that it identifies something (device_id, zip, code);
 * - other short text is a tag; long text, times and lists are attributes; null and "" are absent;
 * - an object's members are read as `outer.inner`.
 */
const TIME_NAMES = [
  "timestamp",
  "@timestamp",
  "time",
  "ts",
  "datetime",
  "date_time",
  "date",
  "event_time",
  "eventtime",
  "recorded_at",
  "measured_at",
  "created_at",
  "epoch",
  "t",
];
const MISSING = new Set(["", "-", "na", "n/a", "nan", "null", "none", "nil"]);
const NUMBER = /^[+-]?(?:0|[1-9]\d{0,17})?(?:\.\d+)?(?:[eE][+-]?\d{1,3})?$/;
const IDENTIFIES =
  /(?:^|[_\-.\s])(?:id|uuid|guid|code|zip|zipcode|postcode|phone|sku|serial|key|version)$|[a-z]I[Dd]$/i;
/** A tag tells rows apart; a text of more than this is read by people. */
const TAG = { chars: 64, words: 6 };
const DEPTH = 4;

export function parseRecord(row: number, record: unknown, extraTags: Record<string, string> = {}): ParsedRow {
  if (!isObject(record)) return { row, rejected: "the row is not an object" };
  if (isObject(record.fields)) return parsePoint(row, record, extraTags);
  const timeName = timeNameOf(Object.keys(record));
  const timestamp = timeOf(timeName === null ? null : record[timeName]);
  if (timestamp === undefined) return { row, rejected: `"${timeName}" is not a time` };
  const point = emptyPoint(timestamp, extraTags);
  for (const name in record) if (name !== timeName) place(point, name, record[name], 0);
  return { row, point };
}

/** Which of the names is the time's, or null. */
export function timeNameOf(names: readonly string[]): string | null {
  for (const wanted of TIME_NAMES) {
    const found = names.find((name) => name.trim().toLowerCase() === wanted);
    if (found !== undefined) return found;
  }
  return null;
}

/** Microseconds; null where there is none; undefined where it is no time. */
export function timeOf(value: unknown): number | null | undefined {
  if (value === null || value === undefined || value === "") return null;
  return parseTimestamp(value) ?? undefined;
}

export const emptyPoint = (timestamp: number | null, tags: Record<string, string>): Point => ({
  timestamp,
  fields: record<number>(),
  tags: Object.assign(record<string>(), tags),
});

/** Whether the values of this name identify something: their digits are no measure. */
export const isIdentifier = (name: string): boolean => IDENTIFIES.test(name);

/** Puts a text where it belongs. */
export function placeText(point: Point, name: string, text: string): void {
  const trimmed = text.trim();
  const lower = trimmed.toLowerCase();
  if (MISSING.has(lower)) return;
  if (lower === "true" || lower === "false") {
    point.fields[name] = lower === "true" ? 1 : 0;
    return;
  }
  if (/\d/.test(trimmed) && NUMBER.test(trimmed) && !isIdentifier(name)) {
    point.fields[name] = Number(trimmed);
    return;
  }
  const isTag =
    trimmed.length <= TAG.chars && trimmed.split(/\s+/).length <= TAG.words && parseIso(trimmed) === null;
  if (isTag) point.tags[name] = trimmed;
  else placeAttribute(point, name, text);
}

function place(point: Point, name: string, value: unknown, depth: number): void {
  if (typeof value === "number") point.fields[name] = value;
  else if (typeof value === "boolean") point.fields[name] = value ? 1 : 0;
  else if (typeof value === "string") placeText(point, name, value);
  else if (isObject(value) && depth < DEPTH) {
    for (const inner in value) place(point, `${name}.${inner}`, value[inner], depth + 1);
  } else if (value !== null && value !== undefined) placeAttribute(point, name, JSON.stringify(value));
}

function placeAttribute(point: Point, name: string, text: string): void {
  point.attributes ??= record<string>();
  point.attributes[name] = text;
}

/** The explicit form {timestamp, fields, tags, attributes}: nothing is guessed. */
function parsePoint(
  row: number,
  source: Record<string, unknown>,
  extraTags: Record<string, string>,
): ParsedRow {
  const timestamp = timeOf(source.timestamp);
  if (timestamp === undefined) return { row, rejected: '"timestamp" is not a time' };
  const point = emptyPoint(timestamp, extraTags);
  for (const [name, value] of Object.entries(source.fields as Record<string, unknown>)) {
    if (value === null) continue;
    if (typeof value === "boolean") point.fields[name] = value ? 1 : 0;
    else if (typeof value === "number") point.fields[name] = value;
    else return { row, rejected: `the field "${name.slice(0, 60)}" is not a number` };
  }
  const tags = textsOf(source.tags);
  const attributes = textsOf(source.attributes);
  if (!tags || !attributes) return { row, rejected: "tags and attributes are objects of texts" };
  Object.assign(point.tags, tags);
  if (Object.keys(attributes).length > 0) point.attributes = attributes;
  return { row, point };
}

/** Texts by name, numbers and booleans as text; null where it is something else. */
export function textsOf(value: unknown): Record<string, string> | null {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) return null;
  const out = record<string>();
  for (const [name, text] of Object.entries(value)) {
    if (text === null) continue;
    if (typeof text === "object") return null;
    out[name] = String(text);
  }
  return out;
}

/** Names come from the caller: `__proto__` must be there for its row to be rejected. */
const record = <T>(): Record<string, T> => Object.create(null);
