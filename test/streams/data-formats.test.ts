import { beforeAll, describe, expect, it } from "vitest";
import { newTenant, problem, type TestTenant } from "../support/client";

const MINUTE = 60_000;
const START = Date.UTC(2025, 2, 30);

interface Answer {
  stream_id: string;
  points: {
    timestamp: string;
    fields: Record<string, number | null>;
    tags: Record<string, string>;
    attributes?: Record<string, string>;
  }[];
  next_cursor: string | null;
}

let tenant: TestTenant;

/** Two hosts, a reading a minute for two hours, and a text now and then. */
beforeAll(async () => {
  tenant = await newTenant({ limits: { rate_limit_per_minute: 1_000 } });
  const payload = Array.from({ length: 240 }, (_, i) => ({
    timestamp: new Date(START + (i >> 1) * MINUTE).toISOString(),
    fields: { load: i >> 1, ...(i % 4 === 0 ? { temp: 20 } : {}) },
    tags: { host: i % 2 ? "b" : "a", site: "x,y" },
    ...(i % 60 === 0 ? { attributes: { note: `row ${i}` } } : {}),
  }));
  const written = await tenant.call("POST", "/api/stream", { stream_id: "s", payload });
  expect(await written.json()).toMatchObject({ accepted: 240 });
});

const get = (query: string, accept?: string) =>
  tenant.call("GET", `/api/stream/s/data${query}`, undefined, accept === undefined ? {} : { accept });
const json = async (query: string) => {
  const response = await get(query);
  expect(response.status, await response.clone().text()).toBe(200);
  return (await response.json()) as Answer;
};

describe("JSON", () => {
  it("pages through all rows by time", async () => {
    const rows: Answer["points"] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const page: Answer = await json(`?limit=100${cursor && `&cursor=${cursor}`}`);
      rows.push(...page.points);
      cursor = page.next_cursor;
    }
    expect(rows).toHaveLength(240);
    expect(new Set(rows.map(({ timestamp, tags }) => `${timestamp} ${tags.host}`)).size).toBe(240);
    expect(rows[0]).toEqual({
      timestamp: "2025-03-30T00:00:00.000Z",
      fields: { load: 0, temp: 20 },
      tags: { host: "a", site: "x,y" },
      attributes: { note: "row 0" },
    });
  });

  it("has windows, groups, percentiles, fills and pages of them", async () => {
    const hourly = await json("?every=1h&agg=max&field=load&tag.host=a");
    expect(hourly.points.map(({ timestamp, fields, tags }) => [timestamp, fields, tags.host])).toEqual([
      ["2025-03-30T00:00:00.000Z", { load: 59 }, "a"],
      ["2025-03-30T01:00:00.000Z", { load: 119 }, "a"],
    ]);
    const pooled = await json("?agg=p50&field=load&group_by=site");
    expect(pooled.points).toEqual([
      { timestamp: "2025-03-30T00:00:00.000Z", fields: { load: 59.5 }, tags: { site: "x,y" } },
    ]);
    const day = await json("?every=1d&tz=Europe/Berlin&agg=count&field=load&group_by=");
    expect(day.points).toEqual([{ timestamp: "2025-03-29T23:00:00.000Z", fields: { load: 240 }, tags: {} }]);
    const filled = await json(
      "?every=30m&agg=sum&field=temp&tag.host=a&start=2025-03-30T01:00:00Z&end=2025-03-30T03:00:00Z&fill=null",
    );
    expect(filled.points.map(({ fields }) => fields.temp)).toEqual([300, 300, null, null]);
    const first = await json("?every=1m&field=load&limit=7");
    expect(first.points).toHaveLength(7);
    const next = await json(`?every=1m&field=load&limit=7&cursor=${first.next_cursor}`);
    expect([...first.points, ...next.points].map(({ fields }) => fields.load)).toEqual([
      0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6,
    ]);
    const sampled = await json("?max_points=10&field=load&tag.host=b");
    expect(sampled.points).toHaveLength(10);
    expect(sampled.next_cursor).toBeNull();
  });

  it("answers what no one can read, and says that the form depends on Accept", async () => {
    const response = await get("?limit=1", "image/png, text/html;q=0.3");
    expect(response.headers.get("content-type")).toContain("application/json");
    expect(response.headers.get("vary")).toContain("Accept");
  });

  it.each([
    ["?every=5x", "#/query/every"],
    ["?fill=null", "#/query/fill"],
    ["?tz=Mars/Base", "#/query/tz"],
    ["?unheard=of", "#/query/unheard"],
    ["?cursor=bm8", "#/query/cursor"],
    ["?every=1h&cursor=bm8", "#/query/cursor"],
    ["?cursor=*", "#/query/cursor"],
    ["?limit=6000", "#/query/limit"],
  ])("refuses %s with a pointer", async (query, pointer) => {
    const { status, code, body } = await problem(await get(query));
    expect([status, code]).toEqual([422, "invalid_request"]);
    expect(body.errors).toMatchObject([{ pointer }]);
  });

  it("refuses what is too much or not there, in every form", async () => {
    for (const accept of ["application/json", "text/csv", "application/x-ndjson"]) {
      expect(await problem(await get("?every=1us", accept))).toMatchObject({
        status: 422,
        code: "work_budget_exceeded",
      });
      expect(await problem(await get("?field=none", accept))).toMatchObject({
        status: 404,
        code: "field_not_found",
      });
    }
  });
});

describe("NDJSON and CSV", () => {
  it("have the whole answer, a point a line", async () => {
    const response = await get("", "application/x-ndjson");
    expect(response.headers.get("content-type")).toBe("application/x-ndjson");
    expect(response.headers.get("vary")).toContain("Accept");
    const lines = (await response.text()).trimEnd().split("\n");
    expect(lines).toHaveLength(240);
    expect(JSON.parse(lines[0]!)).toMatchObject({ fields: { load: 0 }, attributes: { note: "row 0" } });
    expect((await (await get("?limit=3", "application/x-ndjson")).text()).trimEnd().split("\n")).toHaveLength(
      3,
    );
  });

  it("have columns for every tag and field", async () => {
    const response = await get("?limit=3", "text/csv;q=0.9, application/json;q=0.1");
    expect(response.headers.get("content-type")).toContain("text/csv");
    expect(await response.text()).toBe(
      [
        "timestamp,host,site,load,temp",
        '2025-03-30T00:00:00.000Z,a,"x,y",0,20',
        '2025-03-30T00:00:00.000Z,b,"x,y",0,',
        '2025-03-30T00:01:00.000Z,a,"x,y",1,',
        "",
      ].join("\r\n"),
    );
    const grouped = await get("?every=1h&group_by=host&agg=last&field=load", "text/csv");
    expect((await grouped.text()).split("\r\n").slice(0, 2)).toEqual([
      "timestamp,host,load",
      "2025-03-30T00:00:00.000Z,a,59",
    ]);
  });

  it("cross pages of the stream's object", async () => {
    const rows = Array.from({ length: 6_000 }, (_, i) => `${START + i * 1_000},${i}`);
    const written = await tenant.call("POST", "/api/stream/long/points", ["time,v", ...rows].join("\n"), {
      "content-type": "text/csv",
    });
    expect(written.status).toBeLessThan(300);
    for (const query of ["", "?every=1s"]) {
      const answer = await tenant.call("GET", `/api/stream/long/data${query}`, undefined, {
        accept: "text/csv",
      });
      const lines = (await answer.text()).trimEnd().split("\r\n");
      expect(lines.slice(1).map((line) => Number(line.split(",")[1]))).toEqual(rows.map((_, i) => i));
    }
  });
});
