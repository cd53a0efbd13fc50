/** `context` holds what the parents of a record say once for all of them. */
export interface JsonRecord {
  value: unknown;
  context: Record<string, unknown>;
}

/** Of all records that have none: there may be a million. */
export const NO_CONTEXT: Record<string, unknown> = Object.freeze({});

/** Records, each made when it is asked for. */
export class Records implements Iterable<JsonRecord> {
  private constructor(
    readonly length: number,
    private readonly valueAt: (index: number) => unknown,
    private readonly contextAt: (index: number) => Record<string, unknown>,
    /** The list that they are the items of. */
    readonly items: unknown[] | null,
    private readonly from = 0,
  ) {}

  /** The items of a list, without the first `from`. */
  static of(
    items: unknown[],
    { from = 0, contextAt = (_: number) => NO_CONTEXT }: RecordOptions = {},
  ): Records {
    return new Records(items.length - from, (i) => items[from + i], contextAt, items, from);
  }

  static made(length: number, valueAt: (index: number) => unknown): Records {
    return new Records(length, valueAt, () => NO_CONTEXT, null);
  }

  *[Symbol.iterator](): Generator<JsonRecord> {
    for (let i = 0; i < this.length; i++) yield this.at(i);
  }

  at(index: number): JsonRecord {
    return { value: this.valueAt(index), context: this.contextAt(index) };
  }

  /** The first ones. */
  head(count: number): JsonRecord[] {
    return Array.from({ length: Math.min(count, this.length) }, (_, i) => this.at(i));
  }

  /** All, for the last time: what a record is made of is let go of with it, so that the tree and a table are not held at once. */
  *consumed(): Generator<JsonRecord> {
    for (let i = 0; i < this.length; i++) {
      const record = this.at(i);
      // A list of numbers takes more with a null in it.
      if (this.items && !isScalar(record.value)) this.items[this.from + i] = null;
      yield record;
    }
  }
}

interface RecordOptions {
  from?: number;
  contextAt?: (index: number) => Record<string, unknown>;
}

/** A list of records found somewhere in a tree: `[]` in the path means every item of the list there. */
export interface RecordList {
  path: string;
  /** Objects, arrays or single values. */
  records: Records;
  columns: string[] | null;
  kind: "objects" | "arrays" | "values" | "keyed" | "columns" | "single";
  units: Record<string, string>;
  /** The column that holds the time, where the shape says so. */
  timeColumn?: string;
  /** The cells of each of the columns, where the records are those alone. */
  lanes?: readonly unknown[][];
}

/** A node of the tree with the way to it. */
export interface JsonPlace {
  value: unknown;
  path: string;
  parent: unknown;
  root: unknown;
}

export const isScalar = (value: unknown): boolean => value === null || typeof value !== "object";
