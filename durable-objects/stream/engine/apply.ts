import type { StreamTotals } from "../../../src/streams/contract";
import { keysOf } from "../../../src/streams/engine/frame-keys";
import type { HeadSeries } from "../../../src/streams/engine/head-series";
import { orderInTime } from "../../../src/streams/engine/order";
import type { Frame } from "../../../src/streams/frame";
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

/** What a plain frame adds to one series. */
interface HeadColumn {
  series: Series;
  head: HeadSeries;
  points: number;
  first: number;
  last: number;
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
    const tagSets = keysOf(frame).map((key, at) => this.catalog.tagSetOf(key, frame.tagSets[at]!));
    if (this.isPlain(frame, tagSets)) {
      counts.accepted = this.addAll(frame, tagSets);
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
  private isPlain({ times, tagSetOf, fields, attributes }: Frame, tagSets: TagSet[]): boolean {
    if (attributes.length > 0 || fields.some(({ ordinals }) => ordinals !== null)) return false;
    const last = Float64Array.from(tagSets, ({ lastTime }) => lastTime);
    for (let row = 0; row < times.length; row++) {
      const at = tagSetOf[row]!;
      if (!(times[row]! > last[at]!)) return false;
      last[at] = times[row]!;
    }
    return true;
  }

  /** The rows of a plain frame, column by column: no place has to be looked for. Gives how many there are. */
  private addAll({ times, tagSetOf, fields }: Frame, tagSets: TagSet[]): number {
    for (const { name, values } of fields) {
      const columns: (HeadColumn | undefined)[] = new Array(tagSets.length);
      for (let row = 0; row < times.length; row++) {
        const value = values[row]!;
        if (Number.isNaN(value)) continue;
        const at = tagSetOf[row]!;
        const column = columns[at] ?? this.column(tagSets[at]!, name, times[row]!);
        columns[at] = column;
        column.head.push(times[row]!, value);
        column.points++;
        column.last = times[row]!;
      }
      for (const column of columns) {
        if (!column) continue;
        const { series, points, first, last } = column;
        this.catalog.growBy(series, points, first, last);
      }
    }
    for (let row = 0; row < times.length; row++) {
      const tagSet = tagSets[tagSetOf[row]!]!;
      tagSet.lastTime = times[row]!;
      tagSet.lastOrdinal = 0;
    }
    this.points.rows += times.length;
    return times.length;
  }

  private column(tagSet: TagSet, field: string, first: number): HeadColumn {
    const series = this.catalog.seriesOf(tagSet, field);
    return { series, head: this.points.head.open(series.id), points: 0, first, last: first };
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

export function addTo(totals: StreamTotals, counts: AppendCounts, rejected: number): void {
  totals.accepted += counts.accepted;
  totals.updated += counts.updated;
  totals.duplicates += counts.duplicates;
  totals.rejected += rejected;
}
