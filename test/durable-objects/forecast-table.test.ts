import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { ForecastTable } from "../../durable-objects/stream/forecasts/table";
import { streamObject } from "../../src/platform/objects";
import type { KeptForecast } from "../../src/streams/accuracy/forecast";
import { newTrack } from "../../src/streams/accuracy/track";

const from = (originMicros: number): KeptForecast => ({
  ...{ originMicros, knownMicros: originMicros, naive: 1, level: 0.95, ofMeans: false },
  times: Float64Array.of(originMicros + 10, originMicros + 20),
  mean: Float64Array.of(1, 2),
  lower: Float64Array.of(0, 0),
  upper: Float64Array.of(3, 3),
});
const key = { series: 1, strategyId: "s" };

const withTable = (work: (table: ForecastTable) => void) =>
  runInDurableObject(streamObject(env, crypto.randomUUID(), "s"), (_, { storage }) => {
    const table = new ForecastTable(storage.sql);
    table.create();
    // Made twice it is the same.
    new ForecastTable(storage.sql).create();
    work(table);
  });
const origins = (table: ForecastTable) => table.forecasts(key).map(({ originMicros }) => originMicros);

describe("the table of forecasts", () => {
  it("keeps so many forecasts, those that were remembered last", () =>
    withTable((table) => {
      for (const [i, origin] of [30, 10, 20].entries()) table.put(key, from(origin), 1_000 + i);
      table.dropOldest(3);
      expect(origins(table)).toEqual([10, 20, 30]);
      table.dropOldest(2);
      expect(origins(table)).toEqual([10, 20]);
      table.put(key, from(10), 2_000);
      expect(origins(table)).toEqual([10, 20]);
    }));

  it("opens so many tracks, and goes on with those that are there", () =>
    withTable((table) => {
      expect(table.open(key, 0, 1)).toBe(true);
      expect(table.open({ ...key, series: 2 }, 0, 1)).toBe(false);
      expect(table.open(key, 99, 1)).toBe(true);
      expect(table.track(key)).toEqual({ track: newTrack(), settledMicros: 0 });
    }));

  it("knows what is due, and drops what is done", () =>
    withTable((table) => {
      table.open(key, 0, 9);
      table.put(key, from(0), 0);
      table.put(key, from(10), 0);
      expect(table.due()).toEqual(new Map([[1, 20]]));
      table.settled(key, { ...newTrack(), compared: 3, accuracy: 0.5 }, 30);
      expect(origins(table)).toEqual([10]);
      expect(table.due()).toEqual(new Map([[1, 40]]));
      expect(table.totals()).toEqual({ compared: 3, accuracy: 0.5 });
      expect(table.open(key, 30, 9)).toBe(true);
      expect(origins(table)).toEqual([10]);
      // Readings were deleted since: the series ends before what was settled.
      expect(table.open(key, 5, 9)).toBe(true);
      expect(origins(table)).toEqual([]);
      expect(table.track(key).settledMicros).toBe(5);
      expect(table.totals()).toEqual({ compared: 3, accuracy: 0.5 });
    }));
});
