import { describe, expect, it } from "vitest";
import { quoteBigIntegers } from "../../src/extraction/formats/json/big-integers";
import { iso, play } from "./support";

const json = (value: unknown) => play(JSON.stringify(value));

describe("JSON", () => {
  it("finds the records wherever they are nested, and joins nested keys by dots", () => {
    const { body, points, understanding } = json({
      meta: { tags: ["a", "b"] },
      page: {
        items: [
          { at: "2021-01-01", geo: { temp: 1.5 }, site: "n" },
          { at: "2021-01-02", geo: { temp: 2 }, site: "s" },
        ],
      },
    });
    expect(understanding.plan.record_path).toBe("page.items");
    expect(body.schema).toMatchObject({
      timestamp_field: "at",
      value_fields: ["geo.temp"],
      category_fields: ["site"],
    });
    expect(points[1]!.fields).toEqual({ "geo.temp": 2 });
  });

  it("gives inner records what their parents say once", () => {
    const points = (n: number) => [1, 2, 3].map((v) => ({ t: `2021-01-0${v}`, v: v * n }));
    const played = json({
      series: [
        { name: "a", points: points(1) },
        { name: "b", points: points(10) },
      ],
    });
    expect(played.points).toHaveLength(6);
    expect(played.points[4]).toMatchObject({ fields: { v: 20 }, tags: { name: "b" } });
  });

  it("reads lists of lists with their names inside or beside", () => {
    expect(
      json([
        ["date", "v"],
        ["2021-01-01", 1],
        ["2021-01-02", 2],
      ]).body.schema,
    ).toMatchObject({ timestamp_field: "date", value_fields: ["v"] });
    const beside = json({
      columns: ["day", "v"],
      data: [
        ["2021-01-01", 1],
        ["2021-01-02", 2],
        ["2021-01-03", 2],
      ],
    });
    expect(beside.body.schema).toMatchObject({ timestamp_field: "day", value_fields: ["v"] });
  });

  it("reads columns, with the units that stand beside them", () => {
    const { body, points } = json({
      lat: 1,
      hourly_units: { time: "iso8601", t2m: "°C" },
      hourly: { time: ["2021-01-01T00:00", "2021-01-01T01:00"], t2m: [1.5, null] },
    });
    expect(body.schema).toMatchObject({
      timestamp_field: "time",
      value_fields: ["t2m"],
      units: { t2m: "°C" },
    });
    expect(points.map(({ fields }) => fields)).toEqual([{ t2m: 1.5 }, {}]);
  });

  it("reads the columns that pandas writes", () => {
    const { points } = json({ day: { 0: "2021-01-01", 1: "2021-01-02" }, v: { 0: 5, 1: 6 } });
    expect(points.map(({ fields }) => fields.v)).toEqual([5, 6]);
  });

  it("reads records under keys that are dates", () => {
    const { points } = json({
      info: { a: "x" },
      daily: { "2021-01-02": { open: "1.5" }, "2021-01-01": { open: "2.5" } },
    });
    expect(points.map(iso)).toEqual(["2021-01-02T00:00:00.000Z", "2021-01-01T00:00:00.000Z"]);
    expect(points[0]!.fields).toEqual({ open: 1.5 });
  });

  const days = ["2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05"];
  const seconds = days.map((day) => Date.parse(day) / 1_000);

  it("reads the answers of chart services: lists of one length scattered over an object", () => {
    const { body, points } = json({
      chart: {
        result: [
          {
            meta: { symbol: "ABC", currency: "USD" },
            timestamp: seconds,
            indicators: {
              quote: [{ open: [1, 2, 3, 4], close: [2, 3, 4, 5] }],
              adjusted: [{ adj: [2, 3, 4, 6] }],
            },
          },
        ],
        error: null,
      },
    });
    expect(body.schema).toMatchObject({
      timestamp_field: "timestamp",
      value_fields: ["open", "close", "adj"],
    });
    expect(points.map(iso)[3]).toBe("2024-01-05T00:00:00.000Z");
    expect(points[3]!.fields).toEqual({ open: 4, close: 5, adj: 6 });
    expect(points[3]!.tags).toMatchObject({ "meta.symbol": "ABC" });
  });

  it("reads pairs of time and value under the labels of their series", () => {
    const series = (host: string) => ({
      metric: { host },
      values: seconds.map((at, i) => [at, String(i / 2)]),
    });
    const { body, points } = json({ status: "ok", data: { result: [series("a"), series("b")] } });
    expect(points).toHaveLength(8);
    expect(body.schema).toMatchObject({ timestamp_field: "timestamp", value_fields: ["value"] });
    expect(points[7]).toMatchObject({ fields: { value: 1.5 }, tags: { "metric.host": "b" } });
    const named = json({
      results: [
        { series: [{ name: "cpu", columns: ["time", "used"], values: days.map((day, i) => [day, i]) }] },
      ],
    });
    expect(named.body.schema).toMatchObject({ timestamp_field: "time", value_fields: ["used"] });
  });

  it("joins series of pairs by their times, and leaves a gap where one has none", () => {
    const pairs = (from: number) => seconds.slice(from).map((at, i) => [at * 1_000, i + 0.5]);
    const { points } = json({ prices: pairs(0), volumes: pairs(1) });
    expect(points.map(({ fields }) => fields)).toEqual([
      { prices: 0.5 },
      { prices: 1.5, volumes: 0.5 },
      { prices: 2.5, volumes: 1.5 },
      { prices: 3.5, volumes: 2.5 },
    ]);
  });

  it("takes labels that are dates for the time, in columns and beside rows", () => {
    const labelled = (values: number[]) => Object.fromEntries(days.map((day, i) => [day, values[i]]));
    const columns = json({ a: labelled([1, 2, 3, 4]), b: labelled([5, 6, 7, 8]) });
    const split = json({ columns: ["a", "b"], index: days, data: days.map((_, i) => [i + 1, i + 5]) });
    for (const { points } of [columns, split]) {
      expect(points.map(iso)[1]).toBe("2024-01-03T00:00:00.000Z");
      expect(points[1]!.fields).toEqual({ a: 2, b: 6 });
    }
    const counted = json({
      columns: ["day", "v"],
      index: [0, 1],
      data: days.slice(2).map((day) => [day, 7]),
    });
    expect(counted.body.schema).toMatchObject({ timestamp_field: "day", value_fields: ["v"] });
  });

  it("finds the rows beside a head of another kind, and the position of points", () => {
    const paged = json([
      { page: 1, pages: 1 },
      days.map((date, i) => ({ date, country: { name: "BR" }, v: i })),
    ]);
    expect(paged.body.schema).toMatchObject({ timestamp_field: "date", value_fields: ["v"] });
    const geometry = { type: "Point", coordinates: [-120.5, 35.25] };
    const { points } = json({
      type: "FeatureCollection",
      features: days.map((at) => ({ type: "Feature", properties: { at, mag: 1.5 }, geometry })),
    });
    expect(points[0]!.fields).toEqual({ "properties.mag": 1.5, longitude: -120.5, latitude: 35.25 });
  });

  it("keeps the last digits of integers that a double cannot hold", () => {
    const { points } = play(
      '[{"t":"2024-01-02","order":12345678901234567891,"s":"say \\" 98765432109876543210","v":0.1234567890123456789},' +
        '{"t":"2024-01-03","order":12345678901234567892,"s":"x","v":9007199254740991}]',
    );
    expect({ ...points[0]!.tags, ...points[0]!.attributes }).toMatchObject({
      s: 'say " 98765432109876543210',
    });
    expect(quoteBigIntegers('{"a":12345678901234567891,"b":-9007199254740993,"c":9007199254740991}')).toBe(
      '{"a":"12345678901234567891","b":"-9007199254740993","c":9007199254740991}',
    );
    expect(points[1]!.fields.v).toBe(9_007_199_254_740_991);
  });

  it("takes a single object as a record, and a list of numbers as values", () => {
    expect(json({ timestamp: "2021-01-01T00:00:00Z", sensor: { temp: 20.5 } }).points).toHaveLength(1);
    expect(json([1, 2, 3, 5]).points.map(({ fields }) => fields.value)).toEqual([1, 2, 3, 5]);
  });

  it("makes booleans values and keeps years of integers as the time", () => {
    const { points } = json([
      { year: 1955, ok: true, pop: 5 },
      { year: 1960, ok: false, pop: 6 },
      { year: 1965, ok: true, pop: 6 },
    ]);
    expect(points.map(iso)[1]).toBe("1960-01-01T00:00:00.000Z");
    expect(points[1]!.fields).toEqual({ ok: 0, pop: 6 });
  });

  it("reports an item that is no record by its place", () => {
    const { accounting } = json([{ a: 1 }, "odd", { a: 2 }, { a: 3 }]);
    expect(accounting.rejectedRows).toEqual([{ row: 2, reason: "the item is no record as the others are" }]);
  });

  it("does not let a key reach the prototype of its rows", () => {
    const { points } = play(
      '[{"__proto__": 5, "constructor": 6, "t": "2021-01-01"}, {"__proto__": 7, "constructor": 8, "t": "2021-01-02"}]',
    );
    expect(Object.getPrototypeOf(points[0]!.fields)).toBe(Object.prototype);
    expect(Object.values(points[0]!.fields)).toEqual([5, 6]);
  });
});

describe("NDJSON", () => {
  it("reads the good lines and reports the bad ones by number", () => {
    const { points, accounting, body } = play(
      '{"t":"2021-01-01","v":1}\n{"t":"2021-01-02",v:1}\n\n{"t":"2021-01-03","v":3}\n',
    );
    expect(body.format).toBe("ndjson");
    expect(points).toHaveLength(2);
    expect(accounting.rejectedRows).toEqual([{ row: 2, reason: "the line is not valid JSON" }]);
    expect(body.skipped.blank).toBe(1);
  });

  it("makes no series of a few readings that are all alike where other records have none", () => {
    const record = (i: number, more: object) =>
      JSON.stringify({ time: `2024-01-0${i}T00:00:00Z`, load: i * 1.5, ...more });
    const few = [record(1, {}), record(2, { took: 3 }), record(3, { took: 3 })].join("\n");
    expect(play(few).body.schema).toMatchObject({ value_fields: ["load"], attribute_fields: ["took"] });
    const changing = [record(1, {}), record(2, { took: 3 }), record(3, { took: 4 })].join("\n");
    expect(play(changing).body.schema.value_fields).toEqual(["load", "took"]);
    const whole = [1, 2, 3].map((i) => record(i, { took: 0 })).join("\n");
    expect(play(whole).body.schema.value_fields).toEqual(["load", "took"]);
  });

  it("fills up columns that are shorter than others by a few, and leaves out labels beside columns", () => {
    const samples = play(JSON.stringify({ a: [1, 2, 3, 4], b: [2.5, 3.5, 4.5], c: [9, 8, 7, 6] }));
    expect(samples.body).toMatchObject({ records_processed: 4, schema: { value_fields: ["a", "b", "c"] } });
    expect(samples.points[3]!.fields).toEqual({ a: 4, c: 6 });
    const labelled = play(JSON.stringify({ units: ["m", "s"], a: [1, 2, 3, 4, 5], b: [2, 3, 4, 5, 6] }));
    expect(labelled.body).toMatchObject({ records_processed: 5, schema: { value_fields: ["a", "b"] } });
  });
});
