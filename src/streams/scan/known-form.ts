import { concat } from "../../core/bytes";
import type { RowShape } from "../frame-builder";
import { ABSENT, FIELD, TAG } from "./meaning";
import { EPOCH, ISO, NUMBER, type Program, programOf, TEXT, type Value } from "./program";
import type { Template } from "./template";

const [QUOTE, MINUS] = [34, 45];

/** A record that was read after a template. */
export interface ReadRecord {
  bytes: Uint8Array;
  /** Where the value of each slot starts, and what it was. */
  starts: Int32Array;
  kinds: Uint8Array;
  end: number;
}

/**
 * The program of records like this one, which the next one starts behind at `next`; null where a value has none of its
 * forms. What has no meaning stays as it is: part of the literals.
 */
export function programFor(
  shape: RowShape,
  template: Template,
  { bytes, starts, kinds, end }: ReadRecord,
  next: number,
): Program | null {
  const { slots, literals } = template;
  const values: Value[] = [];
  let fields = 0;
  let texts = 0;
  let hasTime = false;
  let from = starts[0]! - literals[0]!.length;
  const put = (kind: number, arg: number, start: number, after: number) => {
    values.push({ kind, arg, before: bytes.slice(from, start) });
    from = after;
  };
  for (let slot = 0; slot < slots.length; slot++) {
    const start = starts[slot]!;
    const next = slot + 1 < slots.length ? starts[slot + 1]! : end;
    const after = next - literals[slot + 1]!.length;
    const isText = bytes[start] === QUOTE;
    const inner = isText ? start + 1 : start;
    const innerEnd = isText ? after - 1 : after;
    const byte = bytes[inner]!;
    const isDigit = byte >= 48 && byte <= 57;
    if (slots[slot]!.role === "time") {
      if (!isDigit) return null;
      put(isText ? ISO : EPOCH, 0, inner, innerEnd);
      hasTime = true;
    } else if (kinds[slot] === FIELD) {
      if (!isDigit && byte !== MINUS) return null;
      put(NUMBER, fields++, inner, innerEnd);
    } else if (kinds[slot] === TAG) put(TEXT, texts++, inner, after);
    else if (kinds[slot] !== ABSENT) return null;
  }
  if (!hasTime || fields === 0) return null;
  return programOf(shape, values, concat([bytes.slice(from, next), values[0]!.before]));
}
