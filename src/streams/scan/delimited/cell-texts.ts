import { STREAM_LIMITS } from "../../contract";
import { type ByteEntry, ByteTable } from "../byte-table";
import { decodeExactly } from "../text";
import type { CellMeaning } from "./spec";

export const ABSENT = 0;
export const FIELD = 1;
export const TAG = 2;
export const ATTRIBUTE = 3;
/** The row is for readRow. */
export const UNCLEAR = 4;

/** What a cell means. */
export interface CellText {
  kind: number;
  /** Of a field. */
  number: number;
  /** Of a tag or an attribute. */
  text: string;
  /** Of a tag: from 1 on, one for each text of the column. */
  id: number;
}

interface Entry extends ByteEntry {
  value: CellText;
}

/** Texts of a column that are known by their bytes, and how long they are and take together at most. */
const MOST_ENTRIES = 16_384;
const MOST_LENGTH = 64;
const MOST_BYTES = 500_000;
/** Tags of a column with an id; rows of further ones are for readRow. */
const MOST_TAGS = 16_384;

/** What the cells of one column mean, by their bytes: a text that was met before is not decoded again. */
export class CellTexts {
  private readonly known = new ByteTable<Entry>();
  private readonly ids = new Map<string, number>();

  constructor(
    private readonly meaningOf: (text: string) => CellMeaning,
    /** Whether a text is worth being remembered. */
    private readonly recurs: boolean,
  ) {}

  /** `hash` is {@link hashOf} of the bytes. */
  read(bytes: Uint8Array, start: number, end: number, hash: number): CellText {
    const length = end - start;
    if (!this.recurs || length > MOST_LENGTH) return this.meaning(bytes.subarray(start, end));
    const found = this.known.find(bytes, start, length, hash);
    if (found) return found.value;
    const text = bytes.subarray(start, end);
    const value = this.meaning(text);
    if (this.known.size < MOST_ENTRIES && this.known.used + length <= MOST_BYTES)
      this.known.add(text, (at) => ({ start: at, length, hash, value }));
    return value;
  }

  private meaning(bytes: Uint8Array): CellText {
    const meaning = this.meaningOf(decodeExactly(bytes));
    switch (meaning.is) {
      case "absent":
        return NOTHING;
      case "field":
        return Number.isFinite(meaning.value)
          ? { kind: FIELD, number: meaning.value, text: "", id: 0 }
          : LEFT;
      case "tag":
        return this.tag(meaning.text);
      case "attribute":
        return meaning.text.length > STREAM_LIMITS.attributeChars
          ? LEFT
          : { kind: ATTRIBUTE, number: 0, text: meaning.text, id: 0 };
      case "unclear":
        return LEFT;
    }
  }

  private tag(text: string): CellText {
    if (text.length > STREAM_LIMITS.tagValueChars) return LEFT;
    // Cells that are written otherwise may be one tag.
    let id = this.ids.get(text);
    if (id === undefined) {
      if (this.ids.size === MOST_TAGS) return LEFT;
      id = this.ids.size + 1;
      this.ids.set(text, id);
    }
    return { kind: TAG, number: 0, text, id };
  }
}

const NOTHING: CellText = { kind: ABSENT, number: 0, text: "", id: 0 };
const LEFT: CellText = { kind: UNCLEAR, number: 0, text: "", id: 0 };
