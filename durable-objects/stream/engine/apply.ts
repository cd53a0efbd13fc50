import { OCCURRENCE, type StreamTotals } from "../../../src/streams/contract";
import { keysOf } from "../../../src/streams/engine/frame-keys";
import type { HeadSeries } from "../../../src/streams/engine/head";
import { orderInTime } from "../../../src/streams/engine/order";
import type { Frame } from "../../../src/streams/frame";
import { tagSetKey } from "../../../src/streams/point";
import { type Catalog, extendTo, type Series, type TagSet } from "./catalog";
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
    const fields = frame.fields.length;
    const table: (Series | undefined)[] = new Array(fields * tagSets.length);
    const { times, tagSetOf } = frame;
    const order = orderInTime(times);
    const occurrence = frame.fields.findIndex(({ name }) => name === OCCURRENCE);
    const texts = new Map(frame.attributes.map(({ row, values }) => [row, values]));
    for (let k = 0; k < times.length; k++) {
      const row = order ? order[k]! : k;
      const at = tagSetOf[row]!;
      const tagSet = tagSets[at]!;
      const isNew = times[row]! > tagSet.lastTime;
      let outcome: keyof AppendCounts = isNew
        ? this.addRow(frame, row, tagSet, table, at * fields)
        : this.mergeRow(frame, row, tagSet, table, at * fields);
      const values = texts.get(row);
      if (values) {
        const ordinal = frame.fields[occurrence]?.ordinals?.[row] ?? 0;
        const isChanged = this.putTexts(tagSet, times[row]!, ordinal, values, isNew);
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
        this.points.head.pushed(points);
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
  private addRow(
    frame: Frame,
    row: number,
    tagSet: TagSet,
    table: (Series | undefined)[],
    base: number,
  ): "accepted" {
    const time = frame.times[row]!;
    let ordinal = -1;
    // Nearly always null: all fields of a row stand at one ordinal.
    let places: Set<number> | null = null;
    for (let i = 0; i < frame.fields.length; i++) {
      const field = frame.fields[i]!;
      const value = field.values[row]!;
      if (Number.isNaN(value)) continue;
      table[base + i] ??= this.catalog.seriesOf(tagSet, field.name);
      const own = field.ordinals ? field.ordinals[row]! : 0;
      if (own !== ordinal && ordinal >= 0) places = (places ?? new Set([ordinal])).add(own);
      if (own > ordinal) ordinal = own;
      this.points.add(table[base + i]!, time, own, value);
    }
    tagSet.lastTime = time;
    tagSet.lastOrdinal = ordinal;
    this.points.rows += places?.size ?? 1;
    return "accepted";
  }

  private mergeRow(
    frame: Frame,
    row: number,
    tagSet: TagSet,
    table: (Series | undefined)[],
    base: number,
  ): keyof AppendCounts {
    const time = frame.times[row]!;
    let outcome: keyof AppendCounts = "duplicates";
    const before: (number | undefined)[] = [];
    // Places of the row, and whether a row of the tag set stands there already.
    const places = new Map<number, boolean>();
    for (let i = 0; i < frame.fields.length; i++) {
      const field = frame.fields[i]!;
      if (Number.isNaN(field.values[row]!)) continue;
      table[base + i] ??= this.catalog.seriesOf(tagSet, field.name);
      const ordinal = field.ordinals ? field.ordinals[row]! : 0;
      before[i] = this.points.find(table[base + i]!, time, ordinal);
      places.set(ordinal, before[i] !== undefined || places.get(ordinal) === true);
    }
    for (const [ordinal, stands] of places)
      if (!stands && !this.isRow(tagSet, time, ordinal)) this.points.rows++;
    for (let i = 0; i < frame.fields.length; i++) {
      const field = frame.fields[i]!;
      const value = field.values[row]!;
      if (Number.isNaN(value) || before[i] === value) continue;
      const series = table[base + i]!;
      const ordinal = field.ordinals ? field.ordinals[row]! : 0;
      if (before[i] === undefined) {
        this.points.add(series, time, ordinal, value);
        outcome = "accepted";
      } else {
        this.points.overwrite(series, time, ordinal, value);
        if (outcome === "duplicates") outcome = "updated";
      }
    }
    for (const ordinal of places.keys()) extendTo(tagSet, time, ordinal);
    return outcome;
  }

  /** Whether some series of the tag set has a point at this place. */
  private isRow(tagSet: TagSet, time: number, ordinal: number): boolean {
    if (time > tagSet.lastTime || (time === tagSet.lastTime && ordinal > tagSet.lastOrdinal)) return false;
    // A tag set of one series has no other that could stand here.
    if (tagSet.series.length === 1) return false;
    return tagSet.series.some(
      (series) => series.count > 0 && this.points.find(series, time, ordinal) !== undefined,
    );
  }

  /** True where the row's texts changed. */
  private putTexts(
    tagSet: TagSet,
    timeMicros: number,
    ordinal: number,
    values: Record<string, string>,
    isNew: boolean,
  ): boolean {
    const before = isNew ? undefined : this.points.textsAt(tagSet, timeMicros, ordinal);
    const merged = { ...before, ...values };
    if (before && tagSetKey(before) === tagSetKey(merged)) return false;
    this.points.texts.put(tagSet.id, { timeMicros, ordinal, values: merged });
    return true;
  }
}

export function addTo(totals: StreamTotals, counts: AppendCounts, rejected: number): void {
  totals.accepted += counts.accepted;
  totals.updated += counts.updated;
  totals.duplicates += counts.duplicates;
  totals.rejected += rejected;
}
