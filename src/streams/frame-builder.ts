import { OCCURRENCE, type Point, STREAM_LIMITS } from "./contract";
import { type Frame, type FrameField, sizeOf } from "./frame";
import { OrdinalCounter } from "./ordinals";
import { tagSetKey, whyInvalid } from "./point";

interface Column {
  values: Float64Array;
  ordinals: Uint32Array | null;
}

/** Collects valid points into frames of at most STREAM_LIMITS.rowsPerFrame rows and about STREAM_LIMITS.frameBytes. */
export class FrameBuilder {
  private rows = 0;
  private readonly times = new Float64Array(STREAM_LIMITS.rowsPerFrame);
  private readonly tagSetOf = new Uint32Array(STREAM_LIMITS.rowsPerFrame);
  private tagSets: Record<string, string>[] = [];
  private tagSetIndex = new Map<string, number>();
  private columns = new Map<string, Column>();
  private ordinalColumns = 0;
  private attributes: Frame["attributes"] = [];
  private textChars = 0;

  constructor(private readonly ordinals = new OrdinalCounter()) {}

  get length(): number {
    return this.rows;
  }

  /** Why the point is no row, or null after taking it. Ask {@link fits} first. */
  add(point: Point): string | null {
    const reason = whyInvalid(point);
    if (reason) return reason;
    const row = this.rows++;
    const fields = withOccurrence(point);
    const names = Object.keys(fields);
    const key = tagSetKey(point.tags);
    this.times[row] = point.timestamp ?? Number.NaN;
    this.tagSetOf[row] = this.indexOfTagSet(key, point.tags);
    const ordinals = point.timestamp === null ? null : this.ordinals.next(key, names, point.timestamp);
    names.forEach((name, i) => {
      const column = this.columnOf(name);
      if (row >= column.values.length) column.values = padded(column.values, capacityFor(row));
      column.values[row] = fields[name]!;
      if (ordinals) this.setOrdinal(column, row, ordinals[i]!);
    });
    if (point.attributes && Object.keys(point.attributes).length > 0) {
      this.attributes.push({ row, values: point.attributes });
      this.textChars += charsOf(point.attributes);
    }
    return null;
  }

  /** Whether the frame stays within its limits with `point` in it. An empty frame takes any valid point. */
  fits(point: Point): boolean {
    if (this.rows === 0) return true;
    if (this.rows >= STREAM_LIMITS.rowsPerFrame) return false;
    let fields = this.columns.size;
    for (const name in point.fields) if (!this.columns.has(name)) fields++;
    const texts = this.textChars + charsOf(point.tags) + (point.attributes ? charsOf(point.attributes) : 0);
    return sizeOf(this.rows + 1, fields, this.ordinalColumns) + texts <= STREAM_LIMITS.frameBytes;
  }

  /** The rows so far as a frame; the builder is empty then, and goes on counting ordinals. */
  take(): Frame {
    const { rows } = this;
    const fields: FrameField[] = [...this.columns].map(([name, { values, ordinals }]) => ({
      name,
      values: values.length < rows ? padded(values, rows) : values.slice(0, rows),
      ordinals: ordinals?.slice(0, rows) ?? null,
    }));
    const frame: Frame = {
      times: this.times.slice(0, rows),
      tagSets: this.tagSets,
      tagSetOf: this.tagSetOf.slice(0, rows),
      fields,
      attributes: this.attributes,
    };
    this.rows = 0;
    this.tagSets = [];
    this.tagSetIndex = new Map();
    this.columns = new Map();
    this.ordinalColumns = 0;
    this.attributes = [];
    this.textChars = 0;
    return frame;
  }

  private indexOfTagSet(key: string, tags: Record<string, string>): number {
    const known = this.tagSetIndex.get(key);
    if (known !== undefined) return known;
    const index = this.tagSets.push(tags) - 1;
    this.tagSetIndex.set(key, index);
    this.textChars += key.length;
    return index;
  }

  private columnOf(name: string): Column {
    const known = this.columns.get(name);
    if (known) return known;
    const values = new Float64Array(capacityFor(this.rows)).fill(Number.NaN);
    const column: Column = { values, ordinals: null };
    this.columns.set(name, column);
    this.textChars += name.length;
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

/** Also counts the quotes, colons and commas that JSON puts around. */
function charsOf(texts: Record<string, string>): number {
  let chars = 0;
  for (const name in texts) chars += name.length + texts[name]!.length + 6;
  return chars;
}

/** Columns grow by doubling: rows that each bring new names must not take a full column for each name. */
const capacityFor = (row: number): number =>
  Math.min(STREAM_LIMITS.rowsPerFrame, Math.max(64, 2 ** Math.ceil(Math.log2(row + 1))));

function padded(values: Float64Array, length: number): Float64Array {
  const out = new Float64Array(length).fill(Number.NaN);
  out.set(values);
  return out;
}
