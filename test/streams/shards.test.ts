import { describe, expect, it } from "vitest";
import { newTenant, type TestTenant } from "../support/client";

const START = Date.UTC(2026, 0, 1);
const HOSTS = Array.from({ length: 24 }, (_, i) => `host-${i}`);

const points = (hosts: readonly string[], from: number, count: number) => ({
  points: hosts.flatMap((host, h) =>
    Array.from({ length: count }, (_, i) => ({
      timestamp: START + (from + i) * 60_000,
      fields: { v: h * 1_000 + from + i, ...(h % 2 ? { w: i } : {}) },
      tags: { host },
    })),
  ),
});

interface Data {
  points: { timestamp: string; fields: Record<string, number>; tags: { host: string } }[];
  next_cursor: string | null;
}

async function everything(tenant: TestTenant, stream: string, query = ""): Promise<Data["points"]> {
  const all: Data["points"] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const page: Data = await json(
      tenant,
      `/api/stream/${stream}/data?limit=100${query}${cursor === "" ? "" : `&cursor=${cursor}`}`,
    );
    all.push(...page.points);
    cursor = page.next_cursor;
  }
  return all;
}

const json = async <T>(tenant: TestTenant, path: string): Promise<T> =>
  (await tenant.call("GET", path)).json() as Promise<T>;

const sorted = (rows: Data["points"]) =>
  rows.map((row) => JSON.stringify([row.timestamp, row.tags, row.fields])).sort();

/** The same points in a stream of one shard and in one that was split half way. */
async function twins() {
  const tenant = await newTenant({ limits: { rate_limit_per_minute: 1_000 } });
  const write = (stream: string, body: unknown) => tenant.call("POST", `/api/stream/${stream}/points`, body);
  for (const stream of ["whole", "split"]) await write(stream, points(HOSTS.slice(0, 8), 0, 10));
  const changed = await tenant.call("PATCH", "/api/stream/split", { shards: 3 });
  expect(await changed.json()).toMatchObject({ shards: 3, points: 80 });
  const answers: unknown[][] = [];
  for (const stream of ["whole", "split"]) {
    const all = [points(HOSTS, 5, 10), points(HOSTS, 5, 10), points(HOSTS.slice(4, 12), 3, 4)];
    const given: unknown[] = [];
    for (const body of all) {
      const { stream_id, ...answer } = (await (await write(stream, body)).json()) as Record<string, unknown>;
      given.push(answer);
    }
    answers.push(given);
  }
  return { tenant, answers };
}

describe("a stream that was split", () => {
  it("counts, holds and gives the same as one that was not", async () => {
    const { tenant, answers } = await twins();
    expect(answers[1]).toEqual(answers[0]);
    const [whole, split] = [await everything(tenant, "whole"), await everything(tenant, "split")];
    expect(split.map(({ timestamp }) => timestamp)).toEqual(whole.map(({ timestamp }) => timestamp));
    expect(sorted(split)).toEqual(sorted(whole));
    const described = await Promise.all(
      ["whole", "split"].map((stream) => json<Record<string, unknown>>(tenant, `/api/stream/${stream}`)),
    );
    for (const name of ["points", "values", "cardinality", "received", "updated", "first_timestamp"])
      expect(described[1]![name]).toEqual(described[0]![name]);
  });

  it("answers windows, groups, percentiles and samples over all its shards", async () => {
    const { tenant } = await twins();
    for (const query of [
      "every=5m&agg=mean&group_by=",
      "every=5m&agg=p95&group_by=",
      "agg=count",
      "every=2m&agg=last&group_by=host",
      "field=w&every=5m&agg=sum&group_by=",
      "tag.host=host-20",
      "max_points=5&field=v",
    ]) {
      const [whole, split] = await Promise.all(
        ["whole", "split"].map((stream) => json<Data>(tenant, `/api/stream/${stream}/data?${query}`)),
      );
      expect(whole!.points.length, query).toBeGreaterThan(0);
      expect(sorted(split!.points), query).toEqual(sorted(whole!.points));
    }
    const missing = await tenant.call("GET", "/api/stream/split/data?field=none");
    expect(await missing.json()).toMatchObject({ code: "field_not_found" });
  });

  it("answers an idempotency key once, over all its shards", async () => {
    const { tenant } = await twins();
    const send = () =>
      tenant.call("POST", "/api/stream/split/points", points(HOSTS, 100, 3), { "idempotency-key": "k" });
    const first = await (await send()).json();
    expect(first).toMatchObject({ accepted: 72 });
    const again = await send();
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect(await again.json()).toEqual(first);
  });

  it("keeps each tag set in one shard also where writes are under way while it is split", async () => {
    const tenant = await newTenant({ limits: { rate_limit_per_minute: 1_000 } });
    const write = (hosts: readonly string[], from: number) =>
      tenant.call("POST", "/api/stream/busy/points", points(hosts, from, 2));
    await write(["first"], 0);
    const answers = await Promise.all([
      ...HOSTS.map((host) => write([host], 0)),
      tenant.call("PATCH", "/api/stream/busy", { shards: 4 }),
      ...HOSTS.map((host) => write([host], 1)),
    ]);
    // One that met the split itself is asked to try again, and nothing of it is stored.
    expect(answers.every(({ status }) => [200, 202, 503].includes(status))).toBe(true);
    await write(HOSTS, 0);
    await write(HOSTS, 1);
    const again = (await (await write(HOSTS, 1)).json()) as Record<string, number>;
    expect(again).toMatchObject({ accepted: 0 });
    const rows = await everything(tenant, "busy");
    expect(new Set(sorted(rows)).size).toBe(rows.length);
    expect(rows).toHaveLength(2 + HOSTS.length * 3);
  });

  it("deletes in all its shards, and begins as one shard when it is made anew", async () => {
    const { tenant } = await twins();
    const start = new Date(START + 5 * 60_000).toISOString();
    const deleted = await tenant.call("DELETE", `/api/stream/split/data?start=${start}`);
    const same = await tenant.call("DELETE", `/api/stream/whole/data?start=${start}`);
    expect(((await deleted.json()) as { deleted: number }).deleted).toBe(
      ((await same.json()) as { deleted: number }).deleted,
    );
    expect(sorted(await everything(tenant, "split"))).toEqual(sorted(await everything(tenant, "whole")));
    await tenant.call("DELETE", "/api/stream/split");
    expect((await tenant.call("GET", "/api/stream/split/data")).status).toBe(404);
    const anew = await tenant.call("POST", "/api/stream/split/points", points(HOSTS, 0, 1));
    expect(await anew.json()).toMatchObject({ accepted: 24 });
    expect(await everything(tenant, "split")).toHaveLength(24);
    expect(await json(tenant, "/api/stream/split")).toMatchObject({ shards: 1, points: 24 });
  });
});
