import {
  abortAllDurableObjects,
  evictDurableObject,
  runDurableObjectAlarm,
  runInDurableObject,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { streamObject } from "../../src/platform/objects";
import { newTenant, type TestTenant } from "../support/client";

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2025, 0, 1);
const valueAt = (hour: number) => 100 + hour * 0.5 + 5 * Math.sin(hour);
const iso = (hour: number) => new Date(START_MS + hour * HOUR_MS).toISOString();

type Json = Record<string, never>;
interface Accuracy {
  score: number | null;
  forecasts: number;
  missed: number;
  skill: number | null;
  coverage: number | null;
  level: number | null;
  drift: { detected: boolean };
  by_strategy: { strategy_id: string; forecasts: number; score: number }[];
}

const json = async (response: Response) => (await response.json()) as Json;
const write = (tenant: TestTenant, hours: number[], value = valueAt, stream = "load") =>
  tenant.call(
    "POST",
    `/api/stream/${stream}/points`,
    hours.map((hour) => ({ timestamp: iso(hour), value: value(hour) })),
  );
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

const run = async (
  tenant: TestTenant,
  strategy_id = "arima_prediction",
  more: Record<string, unknown> = {},
) => {
  const config = strategy_id === "arima_prediction" ? { p: 1, d: 1, q: 0, steps: 4 } : {};
  const answer = await tenant.call("POST", "/api/strategy", {
    strategy_id,
    stream_id: "load",
    config,
    ...more,
  });
  expect(answer.status).toBe(200);
  return (await json(answer)).result as unknown as {
    data: {
      predictions: number[];
      currentValue: number;
      confidenceInterval: { lower: number[]; upper: number[] };
    };
  };
};

const object = (tenant: TestTenant, stream = "load") => streamObject(env, tenant.tenantId, stream);
/** What the alarm does; it may have rung by itself before. */
const settled = async (tenant: TestTenant, stream = "load", shard = 0) => {
  await runDurableObjectAlarm(streamObject(env, tenant.tenantId, stream, shard));
};
/** In one life a stream settles once a minute; in a new one at once. */
const settledAgain = async (tenant: TestTenant) => {
  await evictDurableObject(object(tenant));
  await settled(tenant);
};
const accuracy = async (tenant: TestTenant, stream = "load") =>
  (await json(await tenant.call("GET", `/api/stream/${stream}`))).accuracy as unknown as Accuracy;
const score = async (tenant: TestTenant) =>
  (await json(await tenant.call("GET", `/api/tenant/${tenant.tenantId}/usage`))).accuracy_score as unknown as
    | number
    | null;

async function forecast() {
  const tenant = await newTenant();
  await write(tenant, range(0, 120));
  return { tenant, made: await run(tenant) };
}
const rowsOf = (tenant: TestTenant) =>
  runInDurableObject(object(tenant), (_, state) => ({
    waiting: state.storage.sql.exec("SELECT count(*) AS n FROM forecasts").one().n,
    tracks: state.storage.sql.exec("SELECT count(*) AS n FROM forecast_tracks").one().n,
  }));

describe("the accuracy of past forecasts", () => {
  it("is null before any came due, and then what the contract defines, of the stream and of the tenant", async () => {
    const { tenant, made } = await forecast();
    expect(await accuracy(tenant)).toMatchObject({ score: null, forecasts: 0, skill: null });
    expect(await score(tenant)).toBeNull();
    // The fourth step waits for the reading after it.
    await write(tenant, range(120, 124));
    await settled(tenant);
    const { predictions, currentValue, confidenceInterval } = made.data;
    const steps = range(0, 3).map((h) => ({ actual: valueAt(120 + h), said: predictions[h]! }));
    const mean = (of: (step: (typeof steps)[number], h: number) => number) =>
      steps.reduce((sum, step, h) => sum + of(step, h) / 3, 0);
    const expected = mean(
      ({ actual, said }) => 1 - Math.abs(actual - said) / (Math.abs(actual) + Math.abs(said)),
    );
    await expect.poll(async () => (await accuracy(tenant)).forecasts).toBe(3);
    const found = await accuracy(tenant);
    expect(found.score).toBeCloseTo(expected, 9);
    expect(found.skill).toBeCloseTo(
      1 -
        mean(({ actual, said }) => Math.abs(actual - said)) /
          mean(({ actual }) => Math.abs(actual - currentValue)),
      9,
    );
    const { lower, upper } = confidenceInterval;
    expect(found.coverage).toBeCloseTo(
      mean(({ actual }, h) => (actual >= lower[h]! && actual <= upper[h]! ? 1 : 0)),
      9,
    );
    expect(found).toMatchObject({ missed: 0, level: 0.95, drift: { detected: false } });
    expect(found.by_strategy).toMatchObject([{ strategy_id: "arima_prediction", forecasts: 3 }]);
    await expect.poll(() => score(tenant)).toBeCloseTo(expected, 9);
  });

  it("is settled once: a late or an overwritten reading changes nothing any more", async () => {
    const { tenant, made } = await forecast();
    await write(tenant, [120, 122, 123]);
    await settled(tenant);
    await expect.poll(async () => (await accuracy(tenant)).forecasts).toBe(2);
    expect((await accuracy(tenant)).missed).toBe(1);
    expect(await rowsOf(tenant)).toEqual({ waiting: 1, tracks: 1 });
    await write(tenant, [121]);
    await write(tenant, [120, 122], () => 1e6);
    await write(tenant, [124]);
    await settledAgain(tenant);
    await expect.poll(async () => (await accuracy(tenant)).forecasts).toBe(3);
    const found = await accuracy(tenant);
    const said = made.data.predictions;
    const errors = [0, 2, 3].map((h) => {
      const actual = valueAt(120 + h);
      return Math.abs(actual - said[h]!) / (Math.abs(actual) + Math.abs(said[h]!));
    });
    expect(found.score).toBeCloseTo(1 - errors.reduce((sum, error) => sum + error / 3, 0), 9);
    expect(found.missed).toBe(1);
    expect(await rowsOf(tenant)).toEqual({ waiting: 0, tracks: 1 });
  });

  it("survives an eviction and a crash, before and after it is settled", async () => {
    const { tenant } = await forecast();
    await evictDurableObject(object(tenant));
    await write(tenant, range(120, 130));
    await abortAllDurableObjects();
    await expect.poll(async () => (await accuracy(tenant)).forecasts).toBe(4);
    const before = await accuracy(tenant);
    await abortAllDurableObjects();
    expect(await accuracy(tenant)).toEqual(before);
    await settled(tenant);
    await expect.poll(() => score(tenant)).toBeCloseTo(before.score!, 9);
  });

  it("counts a forecast made twice from the same readings once, and each strategy for itself", async () => {
    const { tenant } = await forecast();
    await run(tenant);
    await run(tenant, "hybrid_arima_ma", { config: { arimaConfig: { p: 1, d: 1, q: 0, steps: 4 } } });
    await run(tenant, "auto_analysis", { config: { steps: 4, quick: true } });
    await run(tenant, "moving_average", { config: { period: 5 } });
    await write(tenant, range(120, 126));
    await settled(tenant);
    await expect.poll(async () => (await accuracy(tenant)).forecasts).toBe(12);
    expect(
      (await accuracy(tenant)).by_strategy.map(({ strategy_id, forecasts }) => [strategy_id, forecasts]),
    ).toEqual([
      ["arima_prediction", 4],
      ["auto_analysis", 4],
      ["hybrid_arima_ma", 4],
    ]);
  });

  it("does not count what was foretold of the past, nor of data that is no stream's", async () => {
    const tenant = await newTenant();
    await write(tenant, range(0, 160));
    await run(tenant, "arima_prediction", { historical_data_filter: { end_date: iso(120) } });
    await tenant.call("POST", "/api/strategy", {
      strategy_id: "arima_prediction",
      data: range(0, 120).map(valueAt),
      config: { p: 1, d: 1, q: 0, steps: 4 },
    });
    await write(tenant, range(160, 170));
    await settled(tenant);
    expect(await accuracy(tenant)).toMatchObject({ forecasts: 0, missed: 0 });
  });

  it("goes on after a reading of a far future was deleted", async () => {
    const { tenant } = await forecast();
    await write(tenant, [1_000_000]);
    await settled(tenant);
    await expect.poll(async () => (await accuracy(tenant)).missed).toBe(4);
    await tenant.call("DELETE", `/api/stream/load/data?start=${iso(1_000)}`);
    await run(tenant);
    await write(tenant, range(120, 126));
    await settledAgain(tenant);
    await expect.poll(async () => (await accuracy(tenant)).forecasts).toBe(4);
  });

  it("goes with the stream, and with the tenant's data", async () => {
    const { tenant } = await forecast();
    await write(tenant, range(120, 126));
    await settled(tenant);
    await expect.poll(() => score(tenant)).not.toBeNull();
    await tenant.call("DELETE", "/api/stream/load");
    expect(await score(tenant)).toBeNull();
    await write(tenant, range(0, 126));
    expect(await accuracy(tenant)).toMatchObject({ score: null, forecasts: 0 });
    const other = await forecast();
    await write(other.tenant, range(120, 126));
    await settled(other.tenant);
    await expect.poll(() => score(other.tenant)).not.toBeNull();
    await other.tenant.call(
      "DELETE",
      `/api/tenant/${other.tenant.tenantId}/data?confirm=${other.tenant.tenantId}`,
    );
    expect(await score(other.tenant)).toBeNull();
  });

  it("is held by the shard that holds the series", async () => {
    const tenant = await newTenant();
    await write(tenant, [0], valueAt, "split");
    expect((await tenant.call("PATCH", "/api/stream/split", { shards: 3 })).status).toBe(200);
    const rows = (from: number, to: number) =>
      ["a", "b", "c", "d", "e"].flatMap((site) =>
        range(from, to).map((hour) => ({
          timestamp: iso(hour),
          fields: { value: valueAt(hour) },
          tags: { site },
        })),
      );
    await tenant.call("POST", "/api/stream/split/points", rows(0, 60));
    const config = { p: 1, d: 1, q: 0, steps: 2, minDataPoints: 30 };
    await tenant.call("POST", "/api/strategy", {
      strategy_id: "arima_prediction",
      stream_id: "split",
      config,
    });
    await tenant.call("POST", "/api/stream/split/points", rows(60, 64));
    for (const shard of [0, 1, 2])
      await runDurableObjectAlarm(streamObject(env, tenant.tenantId, "split", shard));
    await expect.poll(async () => (await accuracy(tenant, "split")).forecasts).toBe(10);
    const { score: ofStream } = await accuracy(tenant, "split");
    await expect.poll(() => score(tenant)).toBeCloseTo(ofStream!, 9);
  });
});
