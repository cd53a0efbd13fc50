import { orderInTime } from "../../../src/streams/engine/order";
import { type RowsByTagSet, rowsByTagSet } from "../../../src/streams/engine/rows-by-tag-set";
import type { Frame, FrameField } from "../../../src/streams/frame";
import { tagSetKey } from "../../../src/streams/point";
import { type Catalog, extendTo, type Series, type TagSet } from "./catalog";
import { type FrameLookup, ordinalOf } from "./frame-lookup";
import type { Points } from "./points";

/** received = accepted (new) + updated + duplicates, in rows. */
export interface AppendCounts {
  accepted: number;
  updated: number;
  duplicates: number;
}

/** A frame that is being applied row by row. */
interface Work {
  frame: Frame;
  tagSets: TagSet[];
  /** Its series by tag set and field, as far as they are known. */
  table: (Series | undefined)[];
  stands: FrameLookup;
}

/**
 * Takes a frame's rows into the head. The same frame on the same points always comes to the same: a replay of the log
 * runs through here too. A point overwrites the one at its time and ordinal; a row counts by the best that came of it.
 */
export class Applier {
  constructor(
    private readonly catalog: Catalog,
    private readonly points: Points,
  ) {}

  apply(frame: Frame): AppendCounts {
    const counts: AppendCounts = { accepted: 0, updated: 0, duplicates: 0 };
    const tagSets = this.catalog.tagSetsOf(frame);
    const byTagSet = rowsByTagSet(frame);
    if (this.isPlain(frame, tagSets, byTagSet)) {
      counts.accepted = this.addAll(frame, tagSets, byTagSet);
      return counts;
    }
    const { times, tagSetOf } = frame;
    const order = orderInTime(times);
    const texts = new Map(frame.attributes.map(({ row, values }) => [row, values]));
    const work: Work = { frame, tagSets, table: [], stands: this.points.at(frame, tagSets) };
    for (let k = 0; k < times.length; k++) {
      const row = order ? order[k]! : k;
      const isNew = times[row]! > tagSets[tagSetOf[row]!]!.lastTime;
      let outcome: keyof AppendCounts = isNew ? this.addRow(work, row) : this.mergeRow(work, row);
      const values = texts.get(row);
      if (values) {
        const isChanged = this.putTexts(work, row, values, isNew);
        if (isChanged && outcome === "duplicates") outcome = "updated";
      }
      counts[outcome]++;
    }
    return counts;
  }

  /** Whether each row is later than all of its tag set, and has neither texts nor an ordinal: as live readings are. */
  private isPlain(
    { times, fields, attributes }: Frame,
    tagSets: TagSet[],
    { rows, ends }: RowsByTagSet,
  ): boolean {
    if (attributes.length > 0 || fields.some(({ ordinals }) => ordinals !== null)) return false;
    let k = 0;
    for (let at = 0; at < tagSets.length; at++) {
      let last = tagSets[at]!.lastTime;
      for (const end = ends[at]!; k < end; k++) {
        const time = times[rows[k]!]!;
        if (!(time > last)) return false;
        last = time;
      }
    }
    return true;
  }

  /** The rows of a plain frame, series by series: no place has to be looked for. Gives how many there are. */
  private addAll({ times, fields }: Frame, tagSets: TagSet[], { rows, ends }: RowsByTagSet): number {
    for (const field of fields) {
      for (let at = 0, from = 0; at < tagSets.length; from = ends[at]!, at++)
        this.addColumn(times, field, tagSets[at]!, rows, from, ends[at]!);
    }
    for (let at = 0, from = 0; at < tagSets.length; from = ends[at]!, at++) {
      if (from === ends[at]!) continue;
      tagSets[at]!.lastTime = times[rows[ends[at]! - 1]!]!;
      tagSets[at]!.lastOrdinal = 0;
    }
    this.points.rows += times.length;
    return times.length;
  }

  /** What a field says of the rows `from` to `to` of `rows`, which are of one tag set. */
  private addColumn(
    times: Float64Array,
    { name, values }: FrameField,
    tagSet: TagSet,
    rows: Uint32Array,
    from: number,
    to: number,
  ): void {
    // Not every row has every field.
    let first = from;
    while (first < to && Number.isNaN(values[rows[first]!]!)) first++;
    if (first === to) return;
    let end = to;
    while (Number.isNaN(values[rows[end - 1]!]!)) end--;
    const series = this.catalog.seriesOf(tagSet, name);
    const points = this.points.head.open(series.id).push(times, values, rows, first, end);
    this.catalog.growBy(series, points, times[rows[first]!]!, times[rows[end - 1]!]!);
  }

  /** A row later than all of its tag set: nothing can stand there. */
  private addRow(work: Work, row: number): "accepted" {
    const { frame } = work;
    const time = frame.times[row]!;
    let ordinal = -1;
    // Nearly always null: all fields of a row stand at one ordinal.
    let places: Set<number> | null = null;
    for (let i = 0; i < frame.fields.length; i++) {
      const field = frame.fields[i]!;
      const value = field.values[row]!;
      if (Number.isNaN(value)) continue;
      const own = ordinalOf(field, row);
      if (own !== ordinal && ordinal >= 0) places = (places ?? new Set([ordinal])).add(own);
      if (own > ordinal) ordinal = own;
      this.points.add(this.seriesAt(work, i, row), time, own, value);
    }
    const tagSet = tagSetAt(work, row);
    tagSet.lastTime = time;
    tagSet.lastOrdinal = ordinal;
    this.points.rows += places?.size ?? 1;
    return "accepted";
  }

  private mergeRow(work: Work, row: number): keyof AppendCounts {
    const { frame, stands } = work;
    const time = frame.times[row]!;
    let outcome: keyof AppendCounts = "duplicates";
    const before: (number | undefined)[] = [];
    // Places of the row, and whether a row of the tag set stands there already.
    const places = new Map<number, boolean>();
    for (let i = 0; i < frame.fields.length; i++) {
      const field = frame.fields[i]!;
      if (Number.isNaN(field.values[row]!)) continue;
      const ordinal = ordinalOf(field, row);
      before[i] = stands.value(this.seriesAt(work, i, row), i, row);
      places.set(ordinal, before[i] !== undefined || places.get(ordinal) === true);
    }
    for (const [ordinal, isThere] of places)
      if (!isThere && !this.isRow(work, row, ordinal)) this.points.rows++;
    for (let i = 0; i < frame.fields.length; i++) {
      const field = frame.fields[i]!;
      const value = field.values[row]!;
      if (Number.isNaN(value) || before[i] === value) continue;
      const series = this.seriesAt(work, i, row);
      const ordinal = ordinalOf(field, row);
      if (before[i] === undefined) {
        this.points.add(series, time, ordinal, value);
        outcome = "accepted";
      } else {
        this.points.overwrite(series, time, ordinal, value);
        if (outcome === "duplicates") outcome = "updated";
      }
    }
    for (const ordinal of places.keys()) extendTo(tagSetAt(work, row), time, ordinal);
    return outcome;
  }

  /** Whether some series of the tag set has a point at this place, where those of the row's own fields have none. */
  private isRow(work: Work, row: number, ordinal: number): boolean {
    const { lastTime, lastOrdinal, series } = tagSetAt(work, row);
    const time = work.frame.times[row]!;
    if (time > lastTime || (time === lastTime && ordinal > lastOrdinal)) return false;
    // A tag set of one series has no other that could stand here.
    return series.length > 1 && work.stands.isRow(row, ordinal);
  }

  /** True where the row's texts changed. */
  private putTexts(work: Work, row: number, values: Record<string, string>, isNew: boolean): boolean {
    const before = isNew ? undefined : work.stands.textsAt(row);
    const merged = { ...before, ...values };
    if (before && tagSetKey(before) === tagSetKey(merged)) return false;
    const timeMicros = work.frame.times[row]!;
    const ordinal = work.stands.textOrdinal(row);
    this.points.texts.put(tagSetAt(work, row).id, { timeMicros, ordinal, values: merged });
    return true;
  }

  private seriesAt(work: Work, field: number, row: number): Series {
    const { fields, tagSetOf } = work.frame;
    const at = tagSetOf[row]! * fields.length + field;
    const known = work.table[at];
    if (known) return known;
    const series = this.catalog.seriesOf(tagSetAt(work, row), fields[field]!.name);
    work.table[at] = series;
    return series;
  }
}

const tagSetAt = ({ frame, tagSets }: Work, row: number): TagSet => tagSets[frame.tagSetOf[row]!]!;
