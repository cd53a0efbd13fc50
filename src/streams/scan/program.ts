import type { RowShape } from "../frame-builder";

/** What stands at a place of a record. */
export const END = 0;
/** A whole number of an epoch. */
export const EPOCH = 1;
/** Text of a date-time; its quotes belong to the literals around it. */
export const ISO = 2;
/** A number of the field of index `arg`; quotes around it, too. */
export const NUMBER = 3;
/** A tag, the `arg`-th, with the quote that closes it. */
export const TEXT = 4;

/**
 * A template whose values are each of one known form, as a list of steps: one loop reads row after row by it. Before each
 * value stands a literal, and after the last one what parts a record from the next, with the next one's start.
 */
export interface Program {
  shape: RowShape;
  /** Before the first value of a record. */
  head: Literal;
  /** Of each value and of the END: {@link STEP} integers. */
  steps: Int32Array;
  /** The literals' bytes by eight, as doubles. */
  words: Float64Array;
  /** The bytes of those that have not eight. */
  bytes: Uint8Array;
  texts: number;
}

/** kind, arg, and the literal after the value: length, first word or byte. */
export const STEP = 4;

export interface Literal {
  length: number;
  at: number;
}

export interface Value {
  kind: number;
  arg: number;
  /** The bytes from the end of the value before. */
  before: Uint8Array;
}

/** `after` is what comes behind the last value, up to the first value of the next record. */
export function programOf(shape: RowShape, values: readonly Value[], after: Uint8Array): Program {
  const words: number[] = [];
  const bytes: number[] = [];
  const put = (literal: Uint8Array): Literal => {
    const { length } = literal;
    if (length < 8) return { length, at: bytes.push(...literal) - length };
    const view = new DataView(literal.buffer, literal.byteOffset, length);
    const at = words.length;
    for (let i = 0; i + 8 <= length; i += 8) words.push(view.getFloat64(i, true));
    // The last eight, though some of them stand in the word before.
    if (length % 8 > 0) words.push(view.getFloat64(length - 8, true));
    return { length, at };
  };
  const head = put(values[0]!.before);
  const steps = values.flatMap(({ kind, arg }, i) => {
    const { length, at } = put(i + 1 < values.length ? values[i + 1]!.before : after);
    return [kind, arg, length, at];
  });
  return {
    shape,
    head,
    steps: Int32Array.from([...steps, END, 0, 0, 0]),
    words: Float64Array.from(words),
    bytes: Uint8Array.from(bytes),
    texts: values.filter(({ kind }) => kind === TEXT).length,
  };
}
