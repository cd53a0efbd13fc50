import { fromUtf8, utf8 } from "../../../src/core/bytes";
import { unwrapEnvelope, wrap } from "../../../src/streams/block/envelope";
import { keysOf } from "../../../src/streams/engine/frame-keys";
import type { Frame } from "../../../src/streams/frame";
import { tagSetKey } from "../../../src/streams/point";

const TAG = "SMC1";
/** Floats of one series in a checkpoint: count, first, last, last sealed, tiers. */
const STATS = 5;
/** Series of one page of a checkpoint, 1 MB: those without points keep their ids, and a stored value holds 2 MB. */
const STATS_PAGE = 25_000;
/** Fields of one stream that a key of (tag set, field) can tell apart. */
const FIELD_SPACE = 2 ** 24;
/** Series of a tag set up to which they are looked through: faster than to ask for one by a key. */
const FEW_SERIES = 8;

/** One field under one set of tags, and what is known of its points without reading them. */
export interface Series {
  readonly id: number;
  readonly tagSet: TagSet;
  readonly field: string;
  /** Points held. */
  count: number;
  /** The extent of what was ever held since it was last empty, microseconds. */
  first: number;
  last: number;
  /** The latest time that stands in a block: what is later need not be looked for there. */
  sealedLast: number;
  /** Bit i: rollup tier i is kept. */
  tiers: number;
}

export interface TagSet {
  readonly id: number;
  readonly tags: Record<string, string>;
  readonly series: Series[];
  /** The greatest place a row of it ever had: what is later is new, and nobody needs to look. */
  lastTime: number;
  lastOrdinal: number;
}

interface Page {
  tag_sets: Record<string, string>[];
  fields: string[];
  series: [tagSet: number, field: number][];
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
  /** What the pages on disk hold. */
  private saved = { tagSets: 0, fields: 0, series: 0 };

  constructor(private readonly sql: SqlStorage) {}

  static createTables(sql: SqlStorage): void {
    sql.exec("CREATE TABLE IF NOT EXISTS catalog (page INTEGER PRIMARY KEY, data BLOB NOT NULL)");
  }

  /** `stats`: the pages that {@link stats} gave. */
  load(stats: readonly ArrayBuffer[]): void {
    for (const { data } of this.sql.exec<{ data: ArrayBuffer }>("SELECT data FROM catalog ORDER BY page")) {
      const page = JSON.parse(fromUtf8(unwrapEnvelope(TAG, new Uint8Array(data)))) as Page;
      for (const tags of page.tag_sets) this.addTagSet(tagSetKey(tags), tags);
      for (const field of page.fields) this.fieldId(field);
      for (const [tagSet, field] of page.series) this.addSeries(this.tagSets[tagSet]!, this.fields[field]!);
    }
    this.saved = this.sizes();
    let id = 0;
    for (const page of stats) {
      const floats = new Float64Array(page);
      for (let at = 0; at < floats.length; at += STATS) {
        const [count, first, last, sealedLast, tiers] = floats.subarray(at, at + STATS);
        const series = this.series[id++]!;
        Object.assign(series, { count, first, last, sealedLast, tiers });
        if (count! > 0) this.live++;
        // An ordinal beyond any that can be: a row at that very time is looked for.
        extendTo(series.tagSet, last!, Number.MAX_SAFE_INTEGER);
      }
    }
  }

  /** Writes what is new since the last page. */
  save(): void {
    const { saved } = this;
    const now = this.sizes();
    if (now.series === saved.series && now.tagSets === saved.tagSets) return;
    const page: Page = {
      tag_sets: this.tagSets.slice(saved.tagSets).map(({ tags }) => tags),
      fields: this.fields.slice(saved.fields),
      series: this.series
        .slice(saved.series)
        .map(({ tagSet, field }) => [tagSet.id, this.fieldIds.get(field)!]),
    };
    // A row holds 2 MB; names may be long.
    for (const part of splitPage(page))
      this.sql.exec("INSERT INTO catalog (data) VALUES (?)", wrap(TAG, utf8(JSON.stringify(part))));
    this.saved = now;
  }

  /** What is known of the series' points, in pages. */
  stats(): ArrayBuffer[] {
    const pages: ArrayBuffer[] = [];
    for (let from = 0; from < this.series.length; from += STATS_PAGE) {
      const page = this.series.slice(from, from + STATS_PAGE);
      const floats = new Float64Array(page.length * STATS);
      for (const [i, { count, first, last, sealedLast, tiers }] of page.entries())
        floats.set([count, first, last, sealedLast, tiers], i * STATS);
      pages.push(floats.buffer);
    }
    return pages;
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

/** Pages whose JSON stays under a row's size: tag sets and fields come before the series that name them. */
function splitPage(page: Page): Page[] {
  // Characters, of up to three bytes each.
  const MOST = 600_000;
  if (JSON.stringify(page).length <= MOST) return [page];
  const pages: Page[] = [];
  let tagSets: Page["tag_sets"] = [];
  let chars = 0;
  for (const tags of page.tag_sets) {
    chars += JSON.stringify(tags).length;
    tagSets.push(tags);
    if (chars > MOST / 4) {
      pages.push({ tag_sets: tagSets, fields: [], series: [] });
      tagSets = [];
      chars = 0;
    }
  }
  if (tagSets.length > 0) pages.push({ tag_sets: tagSets, fields: [], series: [] });
  for (let at = 0; at < page.fields.length; at += 500)
    pages.push({ tag_sets: [], fields: page.fields.slice(at, at + 500), series: [] });
  for (let at = 0; at < page.series.length; at += 50_000)
    pages.push({ tag_sets: [], fields: [], series: page.series.slice(at, at + 50_000) });
  return pages;
}
