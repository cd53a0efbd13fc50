import { tenantObject } from "../../../src/platform/objects";
import { keptOf } from "../../../src/streams/accuracy/forecast";
import { settle } from "../../../src/streams/accuracy/settle";
import type { SeriesTrack } from "../../../src/streams/accuracy/track";
import type { SeriesForecast } from "../../../src/streams/contract";
import type { Series } from "../engine/catalog";
import type { Identity, StreamStore } from "../stream-store";
import { ForecastTable } from "./table";

/** Forecasts that wait for their readings, 2 KB each; past that the oldest go. */
const MOST_WAITING = 1_000;
/** Series and strategies whose forecasts are held against what comes; past that no others are. */
const MOST_TRACKS = 1_000;
/** What came due is settled together: a row for each series and strategy, not one for each reading. */
const SETTLE_EVERY_MS = 60_000;
const RETELL_MS = 300_000;

/**
 * Forecasts made of this shard's series, and how they turned out. Settled behind the writes, when the readings are there;
 * in one transaction with the mark up to which that was done, so that it is done once.
 */
export class ForecastBook {
  private table: ForecastTable;
  /** Whose stream the memory below speaks of. */
  private identity: Identity | null = null;
  /** By series: when the first step that waits comes due, in the series' own time. Null: not read yet. */
  private due: Map<number, number> | null = null;
  private settledMs = 0;
  /** When the tenant is to be told; null: it knows. A former life of this object may have been cut off before it told. */
  private tellMs: number | null = 0;

  constructor(
    private readonly env: Env,
    private readonly store: StreamStore,
  ) {
    this.table = new ForecastTable(store.sql);
  }

  /** Keeps those that are of series of this shard. One made again from the same readings stands in for the one before. */
  remember(forecasts: readonly SeriesForecast[], nowMs: number): void {
    if (!this.isOpen()) return;
    this.due = null;
    this.table.create();
    this.store.transaction(() => {
      for (const made of forecasts) {
        const series = this.store.engine.catalog.named(made.field, made.tags);
        if (!series || series.count === 0) continue;
        const kept = keptOf(made, series.last);
        const key = { series: series.id, strategyId: made.strategyId };
        if (kept && this.table.open(key, series.last, MOST_TRACKS)) this.table.put(key, kept, nowMs);
      }
      this.table.dropOldest(MOST_WAITING);
    });
  }

  tracks(): SeriesTrack[] {
    if (!this.isOpen()) return [];
    const { series } = this.store.engine.catalog;
    return this.table.tracks().map(({ key, track }) => {
      const { field, tagSet } = series[key.series]!;
      return { field, tags: tagSet.tags, strategyId: key.strategyId, track };
    });
  }

  /** When there is something to do next. */
  next(): number | null {
    if (!this.isOpen()) return null;
    const settleMs = this.dueSeries().length > 0 ? this.settledMs + SETTLE_EVERY_MS : null;
    // What a former life may not have told waits for an alarm that rings anyway.
    const tellMs = this.tellMs === 0 ? null : this.tellMs;
    return settleMs === null || tellMs === null ? (settleMs ?? tellMs) : Math.min(settleMs, tellMs);
  }

  async run(nowMs: number): Promise<void> {
    if (!this.isOpen()) return;
    if (nowMs - this.settledMs >= SETTLE_EVERY_MS) this.settleDue(nowMs);
    if (this.tellMs !== null && this.tellMs <= nowMs) await this.tell(this.identity!, nowMs);
  }

  private settleDue(nowMs: number): void {
    const due = this.dueSeries();
    if (due.length === 0) return;
    this.settledMs = nowMs;
    this.due = null;
    this.store.transaction(() => {
      for (const series of due)
        for (const strategyId of this.table.waiting(series.id)) this.settle(series, strategyId);
    });
    this.tellMs = nowMs;
  }

  private settle(series: Series, strategyId: string): void {
    const key = { series: series.id, strategyId };
    const { track, settledMicros } = this.table.track(key);
    const untilMicros = series.last;
    const readings = (start: number, end: number) => this.store.reader.columns(series.id, start, end);
    const until = { settledMicros, untilMicros };
    this.table.settled(key, settle(track, this.table.forecasts(key), until, readings), untilMicros);
  }

  private dueSeries(): Series[] {
    this.due ??= this.table.due();
    if (this.due.size === 0) return [];
    const { series } = this.store.engine.catalog;
    const found: Series[] = [];
    for (const [id, dueMicros] of this.due) {
      const one = series[id]!;
      if (one.count > 0 && one.last >= dueMicros) found.push(one);
    }
    return found;
  }

  /** Whether there is a stream. Memory is of one that was not erased since. */
  private isOpen(): boolean {
    const identity = this.store.identity();
    if (identity !== this.identity) {
      this.identity = identity;
      this.table = new ForecastTable(this.store.sql);
      this.due = null;
      this.settledMs = 0;
      this.tellMs = 0;
    }
    return identity !== null;
  }

  /** Tells the tenant how all forecasts of this shard have turned out so far: told twice, it is the same. */
  private async tell({ tenantId, streamId, shard }: Identity, nowMs: number): Promise<void> {
    const totals = this.table.totals();
    this.tellMs = null;
    if (totals.compared === 0) return;
    try {
      await tenantObject(this.env, tenantId).noteAccuracy({ streamId, shard }, totals);
    } catch {
      this.tellMs = nowMs + RETELL_MS;
    }
  }
}
