import type { Micros } from "../../../core/timestamps";
import type { CellMeaning, TimeForm } from "../delimited";

/** What stands at a place of a line: lists and objects are none. */
export type JsonScalar = string | number | boolean | null;

/**
 * A column of the points. Of `number` a JSON number is the field, as JSON.parse reads it, if it is finite; `read` says what
 * all else is, null aside, which is nothing. Texts of `text` come again and again, those of `attribute` are read every time.
 */
export interface JsonColumn {
  kind: "number" | "text" | "attribute";
  name: string;
  read: (cell: JsonScalar) => CellMeaning;
}

/** How times are mostly written, and the time of any other cell; undefined: the line is for {@link JsonLinesSpec.readLines}. */
export interface JsonTime {
  form: TimeForm;
  read: (cell: JsonScalar) => Micros | undefined;
}

/** What the values of a key are, instead of the index of their column: the time, or nothing. */
export const TIME = -1;
export const UNUSED = -2;

/** How lines of JSON (ndjson.org) are read from their bytes. All functions are pure but for what they count. */
export interface LineForms {
  columns: readonly JsonColumn[];
  /** The cell that a JSON text is; undefined: it is none of a scalar. */
  cellOf: (text: string) => JsonScalar | undefined;
  /** Lines without a time are not for here. Null: nobody asks for it. */
  time: JsonTime | null;
  /** The index of its column, {@link TIME} or {@link UNUSED}; null: lines with this key are not for here. Nested keys are joined by dots. */
  targetOf: (key: string) => number | null;
}
