import { describe, expect, it } from "vitest";
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
});
