import { STREAM_LIMITS } from "../contract";
import { emptyPoint, placeText } from "../protocols/row";
import type { Slot } from "./template";
import { decodeExactly } from "./text";

/** What a value is to its row. OTHER: nothing that the scanner can say; the general way reads the row. */
export const ABSENT = 0;
export const FIELD = 1;
export const TAG = 2;
export const OTHER = 3;

export interface Meaning {
  kind: number;
  /** Of a field. */
  number: number;
  /** Of a tag. */
  text: string;
  /** Of a tag: from 1 on, one for each text of the slot. */
  id: number;
}

/** Tags of one slot with an id; rows of further ones are read in the general way. */
const MOST_TAGS = 16_384;

/** How the texts of a slot are read, each once. */
export function meaningIn(slot: Slot): (bytes: Uint8Array) => Meaning {
  const ids = new Map<string, number>();
  const tag = (text: string): Meaning => {
    // Texts that differ only in the space around them are one tag.
    const known = ids.get(text);
    if (known === undefined && ids.size === MOST_TAGS) return nothing(OTHER);
    const id = known ?? ids.size + 1;
    ids.set(text, id);
    return { kind: TAG, number: 0, text, id };
  };
  return slot.role === "tag"
    ? (bytes) => {
        const text = decodeExactly(bytes);
        return text.length <= STREAM_LIMITS.tagValueChars ? tag(text) : nothing(OTHER);
      }
    : (bytes) => {
        const point = emptyPoint(null, {});
        placeText(point, slot.name, decodeExactly(bytes));
        if (point.attributes) return nothing(OTHER);
        for (const name in point.fields) {
          const number = point.fields[name]!;
          return Number.isFinite(number) ? { ...nothing(FIELD), number } : nothing(OTHER);
        }
        for (const name in point.tags) return tag(point.tags[name]!);
        return nothing(ABSENT);
      };
}

const nothing = (kind: number): Meaning => ({ kind, number: 0, text: "", id: 0 });
