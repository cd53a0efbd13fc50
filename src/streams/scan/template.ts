import { isObject } from "../../core/json";
import { STREAM_LIMITS } from "../contract";
import { isName } from "../point";
import { timeNameOf } from "../protocols/row";
import { decodeExactly } from "./text";

/** What a value means by its place. `flat`: field, tag or nothing, by what it is. */
export const ROLES = ["time", "flat", "field", "tag", "null", "ignored"] as const;
export type Role = (typeof ROLES)[number];

export interface Slot {
  role: Role;
  name: string;
}

/**
 * The writing of a record: literal bytes with a value between each two of them. Producers write their records with one
 * piece of code, and so each like the one before.
 */
export interface Template {
  /** One more than slots; the first starts with `{`, the last ends with `}`. */
  literals: Uint8Array[];
  slots: Slot[];
}

/** Values of a record at most; longer ones are rare, and nearly all limits of a row are looked at beforehand so. */
const MOST_SLOTS = STREAM_LIMITS.fieldsPerRow;
/** As parseRecord reads: deeper objects are texts. */
const DEPTH = 4;

/** A value of a record that is no object, and where it stands. */
export interface PlacedValue {
  path: string[];
  start: number;
  end: number;
}

/**
 * The template of `record`, which is the valid JSON in bytes[start..end); null where its records are not for a template:
 * lists, texts, and all whose meaning hangs on more than the place of a value.
 */
export function templateOf(record: unknown, bytes: Uint8Array, start: number, end: number): Template | null {
  if (!isObject(record)) return null;
  const values = valuesOf(bytes, start, end);
  if (!values) return null;
  const slots = isObject(record.fields) ? explicitSlots(record, values) : flatSlots(record, values);
  if (!slots) return null;
  const named = slots.filter(({ role }) => role === "flat" || role === "field" || role === "tag");
  if (named.some(({ name }) => !isName(name))) return null;
  for (const roles of [["flat"], ["field"], ["tag"]]) {
    const names = named.filter(({ role }) => roles.includes(role)).map(({ name }) => name);
    if (new Set(names).size !== names.length) return null;
  }
  return { literals: literalsAround(values, bytes, start, end), slots };
}

/**
 * The values of the object that is the valid JSON in bytes[start..end), in their order; null where it has lists or very
 * many values, is nested deeply, or has keys whose order or meaning does not follow from their places.
 */
export function valuesOf(bytes: Uint8Array, start: number, end: number): PlacedValue[] | null {
  const values: PlacedValue[] = [];
  const isWhole = new ShapeReader(bytes).object(start, [], values) === end;
  return isWhole && values.length <= MOST_SLOTS ? values : null;
}

/** The bytes of bytes[start..end) before each value and behind the last one. */
export function literalsAround(
  values: readonly PlacedValue[],
  bytes: Uint8Array,
  start: number,
  end: number,
): Uint8Array[] {
  const starts = [start, ...values.map((value) => value.end)];
  return starts.map((from, i) => bytes.slice(from, values[i]?.start ?? end));
}

export function isSameTemplate(a: Template, b: Template): boolean {
  return (
    a.literals.length === b.literals.length &&
    a.slots.every(({ role }, i) => role === b.slots[i]!.role) &&
    a.literals.every((literal, i) => {
      const other = b.literals[i]!;
      return literal.length === other.length && literal.every((byte, at) => byte === other[at]);
    })
  );
}

function flatSlots(record: Record<string, unknown>, values: readonly PlacedValue[]): Slot[] | null {
  const timeName = timeNameOf(Object.keys(record));
  const slots: Slot[] = [];
  for (const { path } of values) {
    const isTime = path[0] === timeName;
    if (path.length > (isTime ? 1 : DEPTH + 1)) return null;
    slots.push({ role: isTime ? "time" : "flat", name: path.join(".") });
  }
  if (timeName !== null && !slots.some(({ role }) => role === "time")) return null;
  return slots;
}

/** The form {timestamp, fields, tags, attributes}. */
function explicitSlots(record: Record<string, unknown>, values: readonly PlacedValue[]): Slot[] | null {
  // An object without members leaves no value behind, and may stand where a text must.
  if (
    isObject(record.timestamp) ||
    (isObject(record.attributes) && Object.keys(record.attributes).length > 0)
  )
    return null;
  const slots: Slot[] = [];
  for (const { path } of values) {
    const [part, name] = path;
    if (path.length === 1) {
      const isTexts = part === "tags" || part === "attributes";
      slots.push({ role: part === "timestamp" ? "time" : isTexts ? "null" : "ignored", name: part! });
    } else if (path.length === 2 && part === "fields") slots.push({ role: "field", name: name! });
    else if (path.length === 2 && part === "tags") slots.push({ role: "tag", name: name! });
    else return null;
  }
  for (const part of ["fields", "tags"] as const) {
    const members = record[part];
    if (
      isObject(members) &&
      Object.values(members).some((member) => typeof member === "object" && member !== null)
    )
      return null;
  }
  return slots;
}

/** Walks over valid JSON, object by object. */
class ShapeReader {
  constructor(private readonly bytes: Uint8Array) {}

  /** Collects the values of the object at `at`; returns its end, or -1 where it has what a template can't hold. */
  object(start: number, path: string[], values: PlacedValue[]): number {
    let at = this.afterSpace(start + 1);
    if (this.bytes[at] === 125) return at + 1;
    const keys = new Set<string>();
    for (;;) {
      const keyEnd = this.bytes.indexOf(34, at + 1);
      const key = decodeExactly(this.bytes.subarray(at + 1, keyEnd));
      // Keys like array indices come first in an object, whatever their place in the text.
      if (key.includes("\\") || key === "__proto__" || /^\d+$/.test(key) || keys.has(key)) return -1;
      keys.add(key);
      at = this.afterSpace(this.afterSpace(keyEnd + 1) + 1);
      at = this.value(at, [...path, key], values);
      if (at < 0) return -1;
      at = this.afterSpace(at);
      if (this.bytes[at] === 125) return at + 1;
      at = this.afterSpace(at + 1);
    }
  }

  private value(at: number, path: string[], values: PlacedValue[]): number {
    const byte = this.bytes[at];
    if (byte === 91) return -1;
    if (byte === 123) return path.length > DEPTH ? -1 : this.object(at, path, values);
    const end = byte === 34 ? stringEnd(this.bytes, at) : scalarEnd(this.bytes, at);
    values.push({ path, start: at, end });
    return end;
  }

  private afterSpace(at: number): number {
    let next = at;
    while (isSpace(this.bytes[next]!)) next++;
    return next;
  }
}

export const isSpace = (byte: number): boolean => byte === 32 || byte === 10 || byte === 13 || byte === 9;

/** After the closing quote of the string that opens at `at`; the length of the bytes where none closes. */
export function stringEnd(bytes: Uint8Array, at: number): number {
  let next = at + 1;
  while (next < bytes.length && bytes[next] !== 34) next += bytes[next] === 92 ? 2 : 1;
  return Math.min(next + 1, bytes.length);
}

function scalarEnd(bytes: Uint8Array, at: number): number {
  let next = at;
  while (next < bytes.length && bytes[next] !== 44 && bytes[next] !== 125 && !isSpace(bytes[next]!)) next++;
  return next;
}

/** After the value that starts at `at`, were the JSON valid: brackets are counted, not told apart. */
export function valueEnd(bytes: Uint8Array, at: number): number {
  let depth = 0;
  let next = at;
  while (next < bytes.length) {
    const byte = bytes[next]!;
    if (byte === 34) {
      next = stringEnd(bytes, next);
      if (depth === 0) return next;
    } else if (byte === 123 || byte === 91) {
      depth++;
      next++;
    } else if (byte === 125 || byte === 93) {
      if (depth === 0) return next;
      next++;
      if (--depth === 0) return next;
    } else if (depth === 0 && (byte === 44 || isSpace(byte))) return next;
    else next++;
  }
  return next;
}
