import { CHUNK_KINDS } from "../../../src/streams/block/block";
import { Head } from "../../../src/streams/engine/head";
import {
  boundOf,
  collect,
  countOf,
  mergeParts,
  ordinalAt,
  type Part,
  type Range,
  within,
} from "../../../src/streams/engine/merge";
import type { Frame } from "../../../src/streams/frame";
import { SealedLookup } from "./blocks/lookup";
import type { ChunkPlace } from "./blocks/runs";
import type { BlockStore } from "./blocks/store";
import type { Catalog, Series, TagSet } from "./catalog";
import { FrameLookup } from "./frame-lookup";
import { HeadTexts } from "./head-texts";
import type { Unsealed } from "./rollups";

/** The points of a stream wherever they lie: the head over the blocks. */
export class Points {
  readonly head = new Head();
  readonly texts = new HeadTexts();
  /** Ranges deleted since the last seal. */
  deleted: Range[] = [];
  /** Rows: places at which some series of a tag set has a point. */
  rows = 0;
  private readonly sealed: SealedLookup;

  constructor(
    private readonly catalog: Catalog,
    private readonly blocks: BlockStore,
  ) {
    this.sealed = new SealedLookup(blocks);
  }

  /** What stands at the places of a frame, whose tag sets are these. */
  at(frame: Frame, tagSets: readonly TagSet[]): FrameLookup {
    return new FrameLookup(frame, tagSets, this.catalog, this, this.sealed);
  }

  /** A point at a place where none stands. */
  add(series: Series, time: number, ordinal: number, value: number): void {
    this.head.add(series.id, time, ordinal, value);
    this.catalog.grow(series, time);
  }

  /** Another value at a place where one stands. */
  overwrite({ id }: Series, time: number, ordinal: number, value: number): void {
    if (this.head.find(id, time, ordinal) === undefined) this.head.add(id, time, ordinal, value);
    else this.head.replace(id, time, ordinal, value);
  }

  /** The series' points in [start, end), in order. */
  parts(series: Series, start: number, end: number): Generator<Part> {
    return this.merged(series, 1, start, end);
  }

  /** The same without their values. */
  places(series: Series, start: number, end: number): Generator<Part> {
    return this.merged(series, 0, start, end);
  }

  private merged({ id }: Series, width: number, start: number, end: number): Generator<Part> {
    const sources: Iterable<Part>[] = this.blocks.sources(CHUNK_KINDS.raw, id, width, start, end);
    const head = this.head.part(id, start, end);
    return within(mergeParts(head ? [...sources, [head]] : sources), start, end);
  }

  /** What rollups must know of the series' points in [start, end) that no block holds. */
  unsealed(series: Series, start: number, end: number): Unsealed {
    return {
      head: this.head.part(series.id, start, end),
      deleted: this.deleted,
      points: (start, end) => this.parts(series, start, end),
    };
  }

  /** All of the head is in blocks. */
  clearHead(): void {
    this.head.clear();
    this.texts.clear();
    this.deleted = [];
  }

  /** Deletes what lies in [start, end); gives how many rows went. `bury` tells the blocks. */
  delete(range: Range, bury: () => void): number {
    const { start, end } = range;
    let rows = 0;
    const touched: { series: Series; points: number }[] = [];
    for (const tagSet of this.catalog.tagSets) {
      const found = tagSet.series.filter(
        ({ count, first, last }) => count > 0 && first < end && last >= start,
      );
      for (const series of found) touched.push({ series, points: countOf(this.places(series, start, end)) });
      if (found.length === 1) rows += touched.at(-1)!.points;
      else if (found.length > 1)
        rows += countOf(mergeParts(found.map((series) => this.places(series, start, end))));
    }
    if (rows === 0) return 0;
    this.head.removeRange(start, end);
    this.texts.removeRange(start, end);
    bury();
    this.deleted.push(range);
    for (const { series, points } of touched) {
      this.catalog.shrink(series, points);
      if (series.count > 0) this.narrow(series, range);
    }
    this.rows -= rows;
    return rows;
  }

  /** The first point at or after `time`. */
  firstFrom(series: Series, time: number): { time: number; ordinal: number } | null {
    for (const part of this.places(series, time, Number.POSITIVE_INFINITY))
      return { time: part.times[part.from]!, ordinal: ordinalAt(part, part.from) };
    return null;
  }

  /** The newest `count` points of the series in [start, before). */
  newest(series: Series, start: number, before: number, count: number) {
    // An end that is infinite would leave nothing to step back by.
    const end = Math.min(before, series.last + 1);
    let from = Math.max(start, this.timeOfNewest(series, count, end));
    for (;;) {
      const found = collect(this.parts(series, from, end), 1);
      const { length } = found.times;
      if (length >= count || from <= start || from <= series.first) {
        const cut = Math.max(0, length - count);
        return {
          times: found.times.subarray(cut),
          values: found.columns[0]!.subarray(cut),
          ordinals: found.ordinals?.subarray(cut) ?? null,
        };
      }
      // Overwritten points were counted twice: look further back.
      from = Math.max(start, Math.min(from - 1, end - (end - from) * 4));
    }
  }

  /**
   * A time from which on `count` points lie, by what directories say: only chunks that begin there count, so that one of
   * few points over a long time does not lead to its beginning.
   */
  private timeOfNewest({ id, first }: Series, count: number, end: number): number {
    const head = this.head.part(id, Number.NEGATIVE_INFINITY, end);
    const byHead = head && head.to >= count && count > 0 ? head.times[head.to - count]! : first;
    if (byHead > this.catalog.series[id]!.sealedLast) return byHead;
    const places: ChunkPlace[] = [];
    for (const more of this.blocks.fromNewest(CHUNK_KINDS.raw, id)) {
      places.push(...more.filter(({ max }) => max < end));
      places.sort((a, b) => b.min - a.min);
      let found = 0;
      for (const { min, points } of places) {
        found += points;
        const inHead = head ? head.to - boundOf(head, 0, min, 0) : 0;
        if (found + inHead >= count) return Math.max(min, byHead);
      }
    }
    return byHead;
  }

  /** The extent after a deletion that took one of its ends. */
  private narrow(series: Series, { start, end }: Range): void {
    if (series.first >= start && series.first < end)
      series.first = this.firstFrom(series, end)?.time ?? series.first;
    if (series.last >= start && series.last < end)
      series.last = this.newest(series, series.first, start, 1).times[0] ?? series.last;
  }
}
