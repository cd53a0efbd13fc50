/**
 * Numbers the points of one request or one upload: the n-th point of a series at a given time gets ordinal n - 1 and
 * overwrites what stands there under that ordinal. Sending a file again changes nothing; three rows under one date stay
 * three. One counter serves all frames of a request.
 */
export class OrdinalCounter {
  private readonly tagSets = new Map<string, TagSetTimes>();

  /** The ordinals of a row's fields, in their order; null: all are 0, as nearly always. */
  next(tagSetKey: string, fields: readonly string[], time: number): number[] | null {
    return this.timesOf(tagSetKey, fields).next(fields, time);
  }

  /** The times of a tag set; `fields` are those of its first row, where this is it. */
  timesOf(tagSetKey: string, fields: readonly string[]): TagSetTimes {
    let known = this.tagSets.get(tagSetKey);
    if (!known) {
      known = new TagSetTimes(fields);
      this.tagSets.set(tagSetKey, known);
    }
    return known;
  }
}

/**
 * Rows of a tag set mostly all have the same fields: then one list of times serves them all. At the first row with other
 * fields that list is closed, and each field counts for itself from there on.
 */
export class TagSetTimes {
  private readonly shared = new TimesSeen();
  private readonly sharedFields: ReadonlySet<string>;
  private readonly order: string;
  private own: Map<string, TimesSeen> | null = null;

  /** The very list that had this order last: nearly always the same again. */
  private lastFields: readonly string[];

  constructor(fields: readonly string[]) {
    this.lastFields = fields;
    this.sharedFields = new Set(fields);
    this.order = fields.join("\n");
  }

  next(fields: readonly string[], time: number): number[] | null {
    if (!this.own) {
      if (fields === this.lastFields || fields.join("\n") === this.order) {
        this.lastFields = fields;
        const count = this.shared.add(time);
        return count === 0 ? null : fields.map(() => count);
      }
      this.own = new Map();
    }
    const own = this.own;
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
  private readonly late = new Map<number, number>();

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
    if (place > last && this.late.size === 0) {
      this.times.push(place);
      return 0;
    }
    const before = this.count(time);
    if (place >= last) this.times.push(place);
    else this.late.set(time, (this.late.get(time) ?? 0) + 1);
    return before;
  }

  count(time: number): number {
    const place = this.direction < 0 ? -time : time;
    return this.lowerBound(place, true) - this.lowerBound(place, false) + (this.late.get(time) ?? 0);
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
