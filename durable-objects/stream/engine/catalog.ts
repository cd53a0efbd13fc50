import { keysOf } from "../../../src/streams/engine/frame-keys";
import type { Frame } from "../../../src/streams/frame";
import { tagSetKey } from "../../../src/streams/point";
import { CatalogPages, readStats, type SeriesStats, writeStats } from "./catalog-pages";

/** Fields of one stream that a key of (tag set, field) can tell apart. */
const FIELD_SPACE = 2 ** 24;
/** Series of a tag set up to which they are looked through: faster than to ask for one by a key. */
const FEW_SERIES = 8;

/** One field under one set of tags. */
export interface Series extends SeriesStats {
  readonly id: number;
  readonly tagSet: TagSet;
  readonly field: string;
}

export interface TagSet {
  readonly id: number;
  readonly tags: Record<string, string>;
  readonly series: Series[];
  /** The greatest place a row of it ever had: what is later is new, and nobody needs to look. */
  lastTime: number;
  lastOrdinal: number;
}

/**
 * The names of a stream's series. Ids are given in the order in which names appear in the log, so that a replay gives the
 * same ones; a seal writes what is new as one page.
 */
export class Catalog {
  readonly tagSets: TagSet[] = [];
  readonly series: Series[] = [];
  private readonly fields: string[] = [];
  private readonly tagSetIds = new Map<string, TagSet>();
  /** By a frame's list of them: frames of one source often have the very same one. */
  private readonly listed = new WeakMap<Frame["tagSets"], TagSet[]>();
  private readonly fieldIds = new Map<string, number>();
  private readonly places = new Map<number, Series>();
  private live = 0;
  private readonly pages: CatalogPages;
  /** What the pages on disk hold. */
  private saved = { tagSets: 0, fields: 0, series: 0 };

  constructor(sql: SqlStorage) {
    this.pages = new CatalogPages(sql);
  }

  /** `stats`: the pages that {@link stats} gave. */
  load(stats: readonly ArrayBuffer[]): void {
    for (const page of this.pages.read()) {
      for (const tags of page.tag_sets) this.addTagSet(tagSetKey(tags), tags);
      for (const field of page.fields) this.fieldId(field);
      for (const [tagSet, field] of page.series) this.addSeries(this.tagSets[tagSet]!, this.fields[field]!);
    }
    this.saved = this.sizes();
    let id = 0;
    for (const known of readStats(stats)) {
      const series = Object.assign(this.series[id++]!, known);
      if (series.count > 0) this.live++;
      // An ordinal beyond any that can be: a row at that very time is looked for.
      extendTo(series.tagSet, series.last, Number.MAX_SAFE_INTEGER);
    }
  }

  /** Writes what is new since the last page. */
  save(): void {
    const { saved } = this;
    const now = this.sizes();
    if (now.series === saved.series && now.tagSets === saved.tagSets) return;
    this.pages.append({
      tag_sets: this.tagSets.slice(saved.tagSets).map(({ tags }) => tags),
      fields: this.fields.slice(saved.fields),
      series: this.series
        .slice(saved.series)
        .map(({ tagSet, field }) => [tagSet.id, this.fieldIds.get(field)!]),
    });
    this.saved = now;
  }

  /** What is known of the series' points, in pages. */
  stats(): ArrayBuffer[] {
    return writeStats(this.series);
  }

  /** Series that hold points. */
  get liveSeries(): number {
    return this.live;
  }

  /** The tag sets of a frame; what is new is added. */
  tagSetsOf(frame: Frame): TagSet[] {
    let tagSets = this.listed.get(frame.tagSets);
    if (!tagSets) {
      tagSets = keysOf(frame).map(
        (key, at) => this.tagSetIds.get(key) ?? this.addTagSet(key, frame.tagSets[at]!),
      );
      this.listed.set(frame.tagSets, tagSets);
    }
    return tagSets;
  }

  find(tagSet: TagSet, field: string): Series | null {
    if (tagSet.series.length <= FEW_SERIES) {
      for (let i = 0; i < tagSet.series.length; i++)
        if (tagSet.series[i]!.field === field) return tagSet.series[i]!;
      return null;
    }
    const id = this.fieldIds.get(field);
    return id === undefined ? null : (this.places.get(tagSet.id * FIELD_SPACE + id) ?? null);
  }

  seriesOf(tagSet: TagSet, field: string): Series {
    return this.find(tagSet, field) ?? this.addSeries(tagSet, field);
  }

  named(field: string, tags: Record<string, string>): Series | null {
    const tagSet = this.tagSetIds.get(tagSetKey(tags));
    return tagSet ? this.find(tagSet, field) : null;
  }

  /** How many series the frame would bring to life. */
  newSeries(frame: Frame): number {
    let count = 0;
    const tagSets = this.listed.get(frame.tagSets) ?? keysOf(frame).map((key) => this.tagSetIds.get(key));
    for (const { name, values } of frame.fields) {
      const hasNone = (tagSet: TagSet | undefined) => !(tagSet && this.find(tagSet, name)?.count);
      if (!tagSets.some(hasNone)) continue;
      const isNew = tagSets.map(hasNone);
      // Not every tag set has every field.
      for (let row = 0; row < values.length; row++) {
        const tagSet = frame.tagSetOf[row]!;
        if (!isNew[tagSet] || Number.isNaN(values[row]!)) continue;
        isNew[tagSet] = false;
        count++;
      }
    }
    return count;
  }

  /** A point was added. */
  grow(series: Series, time: number): void {
    if (series.count++ === 0) {
      this.live++;
      series.first = time;
      series.last = time;
    } else if (time > series.last) series.last = time;
    else if (time < series.first) series.first = time;
  }

  /** Points were added, all later than those before. */
  growBy(series: Series, points: number, first: number, last: number): void {
    if (series.count === 0) {
      this.live++;
      series.first = first;
    }
    series.count += points;
    series.last = last;
  }

  /** Points were taken away. */
  shrink(series: Series, by: number): void {
    if (by === 0) return;
    series.count -= by;
    if (series.count === 0) this.live--;
  }

  private addTagSet(key: string, tags: Record<string, string>): TagSet {
    const tagSet: TagSet = {
      id: this.tagSets.length,
      tags,
      series: [],
      lastTime: Number.NEGATIVE_INFINITY,
      lastOrdinal: 0,
    };
    this.tagSets.push(tagSet);
    this.tagSetIds.set(key, tagSet);
    return tagSet;
  }

  private fieldId(name: string): number {
    const known = this.fieldIds.get(name);
    if (known !== undefined) return known;
    const id = this.fields.push(name) - 1;
    this.fieldIds.set(name, id);
    return id;
  }

  private addSeries(tagSet: TagSet, field: string): Series {
    const series: Series = {
      id: this.series.length,
      tagSet,
      field,
      count: 0,
      first: 0,
      last: 0,
      sealedLast: Number.NEGATIVE_INFINITY,
      tiers: 0,
    };
    this.series.push(series);
    tagSet.series.push(series);
    this.places.set(tagSet.id * FIELD_SPACE + this.fieldId(field), series);
    return series;
  }

  private sizes() {
    return { tagSets: this.tagSets.length, fields: this.fields.length, series: this.series.length };
  }
}

export function extendTo(tagSet: TagSet, time: number, ordinal: number): void {
  if (time < tagSet.lastTime || (time === tagSet.lastTime && ordinal <= tagSet.lastOrdinal)) return;
  tagSet.lastTime = time;
  tagSet.lastOrdinal = ordinal;
}
