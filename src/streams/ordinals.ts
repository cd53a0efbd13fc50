import { KeyIndex } from "./key-index";

/**
 * Numbers the points of one request or one upload: the n-th point of a series at a given time gets ordinal n - 1 and
 * overwrites what stands there under that ordinal. Sending a file again changes nothing; three rows under one date stay
 * three. One counter serves all frames of a request.
 */
export class OrdinalCounter {
  private readonly tagSets = new KeyIndex<TagSetTimes>();
  private deferred: DeferredTimes[] = [];

  /** Of every tag set, by its id. */
  readonly spans = new Spans();

  /** Names this counter to those who outlive it: they must not hold it. */
  readonly request = Symbol();

  /** The ordinals of a row's fields, in their order; null: all are 0, as nearly always. */
  next(tagSetKey: string, fields: readonly string[], time: number): number[] | null {
    return this.timesOf(tagSetKey, fields, null).next(fields, time);
  }

  /** The times of a tag set; `fields` are those of its first row, where this is it. `owner` as {@link KeyIndex.find}. */
  timesOf(tagSetKey: string, fields: readonly string[], owner: object | null): TagSetTimes {
    let known = this.tagSets.find(tagSetKey, owner);
    if (!known) {
      known = new TagSetTimes(this, this.tagSets.size, fields);
      this.spans.add();
      this.tagSets.add(tagSetKey, known, owner);
    }
    return known;
  }

  /** The times of the tag set with this id. */
  at(id: number): TagSetTimes {
    return this.tagSets.at(id);
  }

  /**
   * Leaves rows to be counted when a row comes whose time is within its tag set's span: most requests have none, and their
   * times need no list of their own. The rows were taken by {@link spans} one by one.
   */
  defer({ times, tagSetOf, owners, start, end }: DeferredTimes): void {
    const last = this.deferred.at(-1);
    if (last && last.times === times && last.end === start) last.end = end;
    else this.deferred.push({ times, tagSetOf, owners, start, end });
  }

  settle(): void {
    if (this.deferred.length === 0) return;
    for (const { times, tagSetOf, owners, start, end } of this.deferred)
      for (let row = start; row < end; row++) owners[tagSetOf[row]!]!.count(times[row]!);
    this.deferred = [];
  }
}

/**
 * The earliest and the latest time of each tag set while all its rows have the same fields; all times from then on. A row
 * outside of them has the ordinals 0, whatever came before.
 */
export class Spans {
  earliest = new Float64Array(16).fill(Number.POSITIVE_INFINITY);
  latest = new Float64Array(16).fill(Number.NEGATIVE_INFINITY);
  private length = 0;

  add(): void {
    if (this.length++ < this.latest.length) return;
    const size = this.latest.length * 4;
    this.earliest = widened(this.earliest, size, Number.POSITIVE_INFINITY);
    this.latest = widened(this.latest, size, Number.NEGATIVE_INFINITY);
  }

  /** Whether the time was outside. */
  widen(id: number, time: number): boolean {
    const isLatest = time > this.latest[id]!;
    const isEarliest = time < this.earliest[id]!;
    if (isLatest) this.latest[id] = time;
    if (isEarliest) this.earliest[id] = time;
    return isLatest || isEarliest;
  }

  close(id: number): void {
    this.earliest[id] = Number.NEGATIVE_INFINITY;
    this.latest[id] = Number.POSITIVE_INFINITY;
  }
}

function widened(values: Float64Array, size: number, rest: number): Float64Array<ArrayBuffer> {
  const out = new Float64Array(size).fill(rest, values.length);
  out.set(values);
  return out;
}

/** Rows start..end of a frame's columns. */
export interface DeferredTimes {
  times: Float64Array;
  tagSetOf: Uint32Array;
  /** By the index of a tag set in the frame. */
  owners: readonly (TagSetTimes | undefined)[];
  start: number;
  end: number;
}

const NO_FIELDS: ReadonlySet<string> = new Set();

/**
 * Rows of a tag set mostly all have the same fields: then one list of times serves them all. At the first row with other
 * fields that list is closed, and each field counts for itself from there on.
 */
export class TagSetTimes {
  /** Made when it is needed: as a rule the span says enough. */
  private seen: TimesSeen | null = null;
  private order: string | null = null;
  private own: Map<string, TimesSeen> | null = null;
  /** Of the list that was closed. */
  private sharedFields: ReadonlySet<string> = NO_FIELDS;

  /** The very list that had this order last: nearly always the same again. */
  private lastFields: readonly string[];

  constructor(
    private readonly counter: OrdinalCounter,
    readonly id: number,
    private readonly fields: readonly string[],
  ) {
    this.lastFields = fields;
  }

  private get shared(): TimesSeen {
    this.seen ??= new TimesSeen();
    return this.seen;
  }

  /** Whether all rows so far had these fields in this order. */
  hasOnly(fields: readonly string[]): boolean {
    if (this.own) return false;
    if (fields === this.lastFields) return true;
    this.order ??= this.fields.join("\n");
    if (fields.join("\n") !== this.order) return false;
    this.lastFields = fields;
    return true;
  }

  next(fields: readonly string[], time: number): number[] | null {
    this.counter.settle();
    if (this.hasOnly(fields)) {
      this.counter.spans.widen(this.id, time);
      const count = this.shared.add(time);
      return count === 0 ? null : fields.map(() => count);
    }
    if (!this.own) this.close();
    const own = this.own!;
    const before = this.shared.count(time);
    const ordinals = fields.map((field) => {
      let seen = own.get(field);
      if (!seen) {
        seen = new TimesSeen();
        own.set(field, seen);
      }
      return seen.add(time) + (this.sharedFields.has(field) ? before : 0);
    });
    return ordinals.some((ordinal) => ordinal > 0) ? ordinals : null;
  }

  private close(): void {
    this.own = new Map();
    this.sharedFields = new Set(this.fields);
    this.counter.spans.close(this.id);
  }

  /** Counts a row that had its ordinals before. */
  count(time: number): void {
    this.shared.add(time);
  }
}

/**
 * How often each time was seen. Times that come in order, up or down, take 8 bytes each; only those out of order go
 * to a map.
 */
class TimesSeen {
  /** Doubles without gaps: 8 bytes each, and cheaper to make than a small typed array, one of which is for each tag set. */
  private readonly times: number[] = [];
  /** 1 ascending, -1 descending; the list holds times multiplied by it, so that it always ascends. */
  private direction = 0;
  private late: Map<number, number> | null = null;

  /** Counts `time`, and returns how often it was seen before. */
  add(time: number): number {
    const { length } = this.times;
    if (length === 0) {
      this.times.push(time);
      return 0;
    }
    if (this.direction === 0 && time !== this.times[0]) {
      this.direction = time > this.times[0]! ? 1 : -1;
      if (this.direction < 0) for (let i = 0; i < length; i++) this.times[i] = -this.times[i]!;
    }
    const place = this.direction < 0 ? -time : time;
    const last = this.times[length - 1]!;
    if (place > last && !this.late) {
      this.times.push(place);
      return 0;
    }
    const before = this.count(time);
    if (place >= last) this.times.push(place);
    else {
      this.late ??= new Map();
      this.late.set(time, (this.late.get(time) ?? 0) + 1);
    }
    return before;
  }

  count(time: number): number {
    const place = this.direction < 0 ? -time : time;
    return this.lowerBound(place, true) - this.lowerBound(place, false) + (this.late?.get(time) ?? 0);
  }

  private lowerBound(place: number, after: boolean): number {
    let low = 0;
    let high = this.times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const value = this.times[middle]!;
      if (value < place || (after && value === place)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
