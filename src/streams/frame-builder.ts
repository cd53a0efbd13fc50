import { OCCURRENCE, type Point, STREAM_LIMITS } from "./contract";
import { type Frame, type FrameField, sizeOf } from "./frame";
import { KeyIndex } from "./key-index";
import { OrdinalCounter, type Spans, type TagSetTimes } from "./ordinals";
import { tagSetKey, whyInvalid } from "./point";
import { textBytes, textsBytes } from "./text-bytes";

interface Column {
  values: Float64Array;
  ordinals: Uint32Array | null;
}

/** Rows that a frame has room for at first where nobody said how many come; it grows fourfold. */
const CAPACITY = 256;
/** What a column's entry in the directory has beside its name. */
const COLUMN_BYTES = 30;

/** The fields of rows that are alike, for one builder after another, in the order of a row; without a number the OCCURRENCE stands there alone. */
export class RowShape {
  /** Valid while `frame` is the builder's. */
  frame: symbol | null = null;
  columns: Column[] = [];

  constructor(readonly names: readonly string[]) {}

  /** Lets go of the frame that had its rows. */
  rest(): void {
    this.frame = null;
    this.columns = [];
  }
}

/** A tag set that rows have in common, for one builder after another, with what was found out about it. */
export class SharedTagSet {
  /** Bytes in the directory of a frame. */
  readonly bytes: number;
  /** Its index in the frame, valid while `frame` is the builder's. */
  frame: symbol | null = null;
  index = 0;
  /** Its id in the counter of a request, valid while `request` is the builder's counter's. */
  request: symbol | null = null;
  id = 0;

  /** `key` is the tags' tagSetKey, and no other set of the owner's has it. */
  constructor(
    readonly tags: Record<string, string>,
    readonly key: string,
    readonly owner: object,
  ) {
    this.bytes = textsBytes(tags);
  }
}

/** Texts of a row, with their bytes in the directory of a frame. */
export interface RowTexts {
  values: Record<string, string>;
  bytes: number;
}

/** The builder's own columns, to write rows start..end - 1 into, straight: {@link FrameBuilder.lend}. */
export interface Lent {
  times: Float64Array;
  tagSetOf: Uint32Array;
  /** In the order of the shape's names; NaN from `start` on. */
  columns: Float64Array[];
  /** Rows must be outside of these, and widen them. */
  spans: Spans;
  start: number;
  end: number;
}

/** Collects valid points into frames of at most STREAM_LIMITS.rowsPerFrame rows and about STREAM_LIMITS.frameBytes. */
export class FrameBuilder {
  private rows = 0;
  private times = new Float64Array(0);
  private tagSetOf = new Uint32Array(0);
  private tagSets: Record<string, string>[] = [];
  private tagSetIndex = new KeyIndex<number>();
  private owners: (TagSetTimes | undefined)[] = [];
  private columns = new Map<string, Column>();
  private ordinalColumns = 0;
  private attributes: Frame["attributes"] = [];
  private textBytes = 0;
  /** Which frame is being filled: what a shape or a tag set knows of an earlier one is void. */
  private frame = Symbol();
  private expected = 0;

  constructor(private readonly ordinals = new OrdinalCounter()) {}

  get length(): number {
    return this.rows;
  }

  /** Why the point is no row, or null after taking it. Ask {@link fits} first. */
  add(point: Point): string | null {
    const reason = whyInvalid(point);
    if (reason) return reason;
    const row = this.newRow();
    const fields = withOccurrence(point);
    const names = Object.keys(fields);
    const key = tagSetKey(point.tags);
    this.times[row] = point.timestamp ?? Number.NaN;
    this.tagSetOf[row] = this.indexOfTagSet(key, point.tags);
    const ordinals = point.timestamp === null ? null : this.ordinals.next(key, names, point.timestamp);
    names.forEach((name, i) => {
      const column = this.columnOf(name);
      if (row >= column.values.length) column.values = padded(column.values, this.times.length);
      column.values[row] = fields[name]!;
      if (ordinals) this.setOrdinal(column, row, ordinals[i]!);
    });
    if (point.attributes && Object.keys(point.attributes).length > 0)
      this.addTexts(row, { values: point.attributes, bytes: textsBytes(point.attributes) });
    return null;
  }

  /**
   * Takes a row that is known to be valid; where it has texts, the OCCURRENCE is in its shape. `values` stand in the order
   * of the shape's names. NaN as time: none. Ask {@link fitsShared} first.
   */
  addShared(
    shape: RowShape,
    tagSet: SharedTagSet,
    time: number,
    values: Float64Array,
    texts: RowTexts | null = null,
  ): void {
    const row = this.newRow();
    this.times[row] = time;
    this.tagSetOf[row] = this.indexOfShared(shape, tagSet);
    if (shape.frame !== this.frame) {
      shape.columns = shape.names.map((name) => this.columnOf(name));
      shape.frame = this.frame;
    }
    const ordinals = Number.isNaN(time) ? null : this.ordinalsOf(tagSet.id, shape.names, row, time);
    const { columns } = shape;
    for (let i = 0; i < columns.length; i++) {
      const column = columns[i]!;
      if (row >= column.values.length) column.values = padded(column.values, this.times.length);
      column.values[row] = values[i]!;
      if (ordinals) this.setOrdinal(column, row, ordinals[i]!);
    }
    if (texts) this.addTexts(row, texts);
  }

  /**
   * Columns for rows of a shape that the frame has already, whose tag sets have at most `bytes` bytes; null where
   * there is no room for one. Rows written into them are made the frame's by {@link keep}, before anything else is done.
   */
  lend(shape: RowShape, bytes: number): Lent | null {
    if (shape.frame !== this.frame) return null;
    const start = this.rows;
    const end = this.roomFor(bytes);
    if (start >= end) return null;
    if (start >= this.times.length) this.grow();
    const columns = shape.columns.map((column) => {
      if (column.values.length < this.times.length) column.values = padded(column.values, this.times.length);
      return column.values;
    });
    const { times, tagSetOf } = this;
    return { times, tagSetOf, columns, spans: this.ordinals.spans, start, end: Math.min(end, times.length) };
  }

  /**
   * The index of a tag set for the row `row` of what was lent, which may then have fewer rows; -1 where it does not fit, or
   * had rows of other fields.
   */
  indexInLent(lent: Lent, shape: RowShape, tagSet: SharedTagSet, row: number, bytes: number): number {
    if (!this.fitsShared(shape, tagSet, row)) return -1;
    const index = this.indexOfShared(shape, tagSet);
    if (!this.hasOnly(shape, tagSet)) return -1;
    lent.end = Math.min(lent.end, this.roomFor(bytes));
    return row < lent.end ? index : -1;
  }

  /** Takes the texts of the row `row` of what was lent, as {@link indexInLent} a tag set; false where they do not fit. */
  textsInLent(lent: Lent, tagSet: SharedTagSet, row: number, texts: RowTexts, bytes: number): boolean {
    const size = sizeOf(row + 1, this.columns.size, this.ordinalColumns);
    if (row > 0 && size + this.textBytes + tagSet.bytes + texts.bytes > STREAM_LIMITS.frameBytes)
      return false;
    this.addTexts(row, texts);
    lent.end = Math.min(lent.end, this.roomFor(bytes));
    return true;
  }

  private addTexts(row: number, { values, bytes }: RowTexts): void {
    this.attributes.push({ row, values });
    this.textBytes += bytes;
  }

  /** Whether all rows of the tag set had the fields of the shape, in this request, where one was added. */
  hasOnly({ names }: RowShape, { id, request }: SharedTagSet): boolean {
    return request === this.ordinals.request && this.ordinals.at(id).hasOnly(names);
  }

  /** Up to which row the frame goes while tag sets of `bytes` bytes may come. */
  private roomFor(bytes: number): number {
    const perRow = sizeOf(1, this.columns.size, this.ordinalColumns);
    const most = Math.floor((STREAM_LIMITS.frameBytes - this.textBytes - bytes) / perRow);
    return Math.min(STREAM_LIMITS.rowsPerFrame, most);
  }

  /** Takes the rows before `end` of what was lent, the last thing that was asked for. */
  keep({ times, tagSetOf, columns, start }: Lent, end: number): void {
    // A row that broke off may have left a value.
    for (const column of columns) if (end < column.length) column[end] = Number.NaN;
    if (end === start) return;
    this.rows = end;
    this.ordinals.defer({ times, tagSetOf, owners: this.owners, start, end });
  }

  /** The tag set's index in the frame, for a row of a shape. */
  private indexOfShared(shape: RowShape, tagSet: SharedTagSet): number {
    if (tagSet.frame === this.frame) return tagSet.index;
    const { key, tags, bytes, owner } = tagSet;
    if (tagSet.request !== this.ordinals.request) {
      tagSet.id = this.ordinals.timesOf(key, shape.names, owner).id;
      tagSet.request = this.ordinals.request;
    }
    tagSet.index = this.tagSetIndex.find(key, owner) ?? this.addTagSet(key, tags, bytes, owner);
    tagSet.frame = this.frame;
    this.owners[tagSet.index] = this.ordinals.at(tagSet.id);
    return tagSet.index;
  }

  /** About how many rows the first frame has: columns are made for so many. */
  expect(rows: number): void {
    this.expected = rows;
  }

  private ordinalsOf(id: number, names: readonly string[], row: number, time: number): number[] | null {
    const own = this.ordinals.at(id);
    if (!own.hasOnly(names) || !this.ordinals.spans.widen(id, time)) return own.next(names, time);
    const { times: column, tagSetOf, owners } = this;
    this.ordinals.defer({ times: column, tagSetOf, owners, start: row, end: row + 1 });
    return null;
  }

  /** As {@link fits}, for {@link addShared} of a row with texts of `textBytes` bytes. */
  fitsShared(shape: RowShape, tagSet: SharedTagSet, rows = this.rows, textBytes = 0): boolean {
    if (rows === 0) return true;
    if (rows >= STREAM_LIMITS.rowsPerFrame) return false;
    let fields = this.columns.size;
    if (shape.frame !== this.frame)
      for (const name of shape.names) if (name !== OCCURRENCE && !this.columns.has(name)) fields++;
    const bytes = sizeOf(rows + 1, fields, this.ordinalColumns);
    return bytes + this.textBytes + tagSet.bytes + textBytes <= STREAM_LIMITS.frameBytes;
  }

  /** Whether the frame stays within its limits with `point` in it. An empty frame takes any valid point. */
  fits(point: Point): boolean {
    if (this.rows === 0) return true;
    if (this.rows >= STREAM_LIMITS.rowsPerFrame) return false;
    let fields = this.columns.size;
    for (const name in point.fields) if (!this.columns.has(name)) fields++;
    const texts =
      this.textBytes + textsBytes(point.tags) + (point.attributes ? textsBytes(point.attributes) : 0);
    return sizeOf(this.rows + 1, fields, this.ordinalColumns) + texts <= STREAM_LIMITS.frameBytes;
  }

  /** The rows so far as a frame; the builder is empty then, and goes on counting ordinals. */
  take(): Frame {
    const { rows } = this;
    const fields: FrameField[] = [...this.columns].map(([name, { values, ordinals }]) => ({
      name,
      values: values.length < rows ? padded(values, rows) : values.subarray(0, rows),
      ordinals: ordinals?.subarray(0, rows) ?? null,
    }));
    const frame: Frame = {
      times: this.times.subarray(0, rows),
      tagSets: this.tagSets,
      tagSetOf: this.tagSetOf.subarray(0, rows),
      fields,
      attributes: this.attributes,
    };
    this.rows = 0;
    this.expected = 0;
    this.times = new Float64Array(0);
    this.tagSetOf = new Uint32Array(0);
    this.frame = Symbol();
    this.tagSets = [];
    this.tagSetIndex = new KeyIndex();
    this.owners = [];
    this.columns = new Map();
    this.ordinalColumns = 0;
    this.attributes = [];
    this.textBytes = 0;
    return frame;
  }

  private newRow(): number {
    const row = this.rows++;
    if (row === this.times.length) this.grow();
    return row;
  }

  private grow(): void {
    const { length } = this.times;
    const expected = Math.min(this.expected, this.rows * 16 + CAPACITY * 4);
    const capacity = Math.min(STREAM_LIMITS.rowsPerFrame, Math.max(CAPACITY, length * 4, expected));
    this.times = padded(this.times, capacity);
    const tagSetOf = new Uint32Array(capacity);
    tagSetOf.set(this.tagSetOf);
    this.tagSetOf = tagSetOf;
  }

  private indexOfTagSet(key: string, tags: Record<string, string>): number {
    return this.tagSetIndex.find(key, null) ?? this.addTagSet(key, tags, textsBytes(tags), null);
  }

  private addTagSet(key: string, tags: Record<string, string>, bytes: number, owner: object | null): number {
    const index = this.tagSets.push(tags) - 1;
    this.tagSetIndex.add(key, index, owner);
    this.textBytes += bytes;
    return index;
  }

  private columnOf(name: string): Column {
    const known = this.columns.get(name);
    if (known) return known;
    const values = new Float64Array(capacityFor(this.rows)).fill(Number.NaN);
    const column: Column = { values, ordinals: null };
    this.columns.set(name, column);
    this.textBytes += textBytes(name) + COLUMN_BYTES;
    return column;
  }

  private setOrdinal(column: Column, row: number, ordinal: number): void {
    if (ordinal === 0) return;
    if (!column.ordinals) {
      column.ordinals = new Uint32Array(STREAM_LIMITS.rowsPerFrame);
      this.ordinalColumns++;
    }
    column.ordinals[row] = ordinal;
  }
}

function withOccurrence({ fields, attributes }: Point): Record<string, number> {
  for (const _ in attributes) return { ...fields, [OCCURRENCE]: 1 };
  for (const _ in fields) return fields;
  return { [OCCURRENCE]: 1 };
}

/** A column of a name that is new at `row`: rows that each bring new names must not take a full column for each name. */
const capacityFor = (row: number): number =>
  Math.min(STREAM_LIMITS.rowsPerFrame, Math.max(CAPACITY, 2 ** Math.ceil(Math.log2(row + 1))));

function padded(values: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const out = new Float64Array(length);
  out.set(values);
  return out.fill(Number.NaN, values.length);
}
