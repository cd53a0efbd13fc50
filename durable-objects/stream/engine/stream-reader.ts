import { BUCKET_WIDTH } from "../../../src/streams/engine/buckets";
import { collect, mergeParts, within } from "../../../src/streams/engine/merge";
import {
  type BucketColumns,
  type PointColumns,
  ROLLUP_TIERS,
  type RollupTier,
  type RowTexts,
  type SeriesInfo,
  type SeriesReader,
} from "../../../src/streams/reader";
import { textPart } from "./blocks/chunk-parts";
import type { Series } from "./catalog";
import type { Engine } from "./engine";
import { hasTier } from "./rollups";

/** Reads what the engine holds, sealed or not. */
export class StreamReader implements SeriesReader {
  private sorted: Series[] = [];

  constructor(private readonly engine: Engine) {}

  series(): SeriesInfo[] {
    const { series } = this.engine.catalog;
    if (this.sorted.length !== series.length)
      this.sorted = [...series].sort((a, b) =>
        a.field < b.field ? -1 : a.field > b.field ? 1 : a.id - b.id,
      );
    return this.sorted
      .filter(({ count }) => count > 0)
      .map(({ id, field, tagSet, count, first, last }) => ({
        id,
        field,
        tagSet: tagSet.id,
        tags: tagSet.tags,
        count,
        firstMicros: first,
        lastMicros: last,
      }));
  }

  columns(id: number, startMicros: number, endMicros: number, newest?: number): PointColumns {
    const series = this.engine.catalog.series[id]!;
    if (newest !== undefined) return this.engine.points.newest(series, startMicros, endMicros, newest);
    const { times, columns, ordinals } = collect(this.engine.points.parts(series, startMicros, endMicros), 1);
    return { times, values: columns[0]!, ordinals };
  }

  rollup(id: number, tier: RollupTier, startMicros: number, endMicros: number): BucketColumns | null {
    const series = this.engine.catalog.series[id]!;
    const index = ROLLUP_TIERS.indexOf(tier);
    if (!hasTier(series.tiers, index)) return null;
    const from = Math.ceil(startMicros / tier) * tier;
    const to = Math.floor(endMicros / tier) * tier;
    const parts = this.engine.rollups.read(
      series,
      index,
      this.engine.points.unsealed(series, from, to),
      from,
      to,
    );
    const { times, columns } = collect(parts, BUCKET_WIDTH);
    const [count, sum, min, max, first, last] = columns;
    return {
      times,
      count: count!,
      sum: sum!,
      min: min!,
      max: max!,
      first: first!,
      last: last!,
    };
  }

  texts(tagSet: number, startMicros: number, endMicros: number): RowTexts[] {
    const { points, blocks } = this.engine;
    const sources = [
      ...blocks.textSources(tagSet, startMicros, endMicros),
      [textPart(points.texts.rows(tagSet, startMicros, endMicros))],
    ];
    const rows: RowTexts[] = [];
    for (const part of within(mergeParts(sources), startMicros, endMicros))
      for (let i = part.from; i < part.to; i++) rows.push(part.rows[i]!);
    return rows;
  }
}
