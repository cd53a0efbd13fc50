import { describe, expect, it } from "vitest";
import { iso, play } from "./support";

const played = (data: unknown) => play(JSON.stringify(data));
const days = ["2024-03-01", "2024-03-02", "2024-03-03", "2024-03-04"];
const seconds = days.map((day) => Date.parse(day) / 1_000);

describe("lists over an axis that stands beside them", () => {
  it("give each day of each place a row", () => {
    const { body, points } = played({
      asof: "2024-03-05T01:00:00Z",
      dates: days,
      counties: {
        Adams: { yes: [1, 2, 3, 4], no: [0, 0, 1, 2] },
        Allen: { yes: [5, 6, 7, 8], no: [3, 3, 3, 9] },
      },
    });
    expect(body.schema).toMatchObject({
      timestamp_field: "dates",
      value_fields: ["yes", "no"],
      category_fields: ["key"],
    });
    expect(points).toHaveLength(8);
    expect(points[7]).toMatchObject({ fields: { yes: 8, no: 9 }, tags: { key: "Allen" } });
    expect(iso(points[7])).toBe("2024-03-04T00:00:00.000Z");
  });

  it("give columns beside them their times, where they have none of their own", () => {
    const { body, points } = played({ dates: days, values: { north: [1, 2, 3, 4], south: [5, 6, 7, 8] } });
    expect(body.schema).toMatchObject({ timestamp_field: "dates", value_fields: ["north", "south"] });
    expect(iso(points[3])).toBe("2024-03-04T00:00:00.000Z");
    const own = played({ labels: ["a", "b", "c", "d"], daily: { time: days, high: [1, 2, 3, 4] } });
    expect(own.body.schema).toMatchObject({ timestamp_field: "time", category_fields: [] });
  });

  it.each([
    [
      "labels of a chart",
      {
        labels: days,
        datasets: [
          { label: "A", data: [1, 2, 3, 4] },
          { label: "B", data: [5, 6, 7, 8] },
        ],
      },
    ],
    [
      "categories of an axis",
      {
        xAxis: { categories: days },
        series: [
          { label: "A", data: [1, 2, 3, 4] },
          { label: "B", data: [5, 6, 7, 8] },
        ],
      },
    ],
    [
      "data of an axis",
      {
        xAxis: { data: days },
        series: [
          { label: "A", data: [1, 2, 3, 4] },
          { label: "B", data: [5, 6, 7, 8] },
        ],
      },
    ],
  ])("are read over the %s", (_, chart) => {
    const { body, points } = played(chart);
    expect(body.schema).toMatchObject({ value_fields: ["value"], category_fields: ["label"] });
    expect(points).toHaveLength(8);
    expect(points[6]).toMatchObject({ fields: { value: 7 }, tags: { label: "B" } });
    expect(iso(points[6])).toBe("2024-03-03T00:00:00.000Z");
  });

  it("stay columns without a time where no list beside them is an axis", () => {
    const { body } = played({ weights: [9, 9, 9, 9], values: { north: [1, 2, 3, 4], south: [5, 6, 7, 8] } });
    expect(body.schema).toMatchObject({ timestamp_field: null, value_fields: ["north", "south"] });
  });

  it("of several keys are all read, each with its own times", () => {
    const { body, points } = played({
      AAA: { t: seconds, c: [1, 2, 3, 4] },
      BBB: { t: seconds.slice(1), c: [6, 7, 8] },
    });
    expect(body.schema).toMatchObject({
      timestamp_field: "t",
      value_fields: ["c"],
      category_fields: ["key"],
    });
    expect(points).toHaveLength(7);
    expect(points[4]).toMatchObject({ fields: { c: 6 }, tags: { key: "BBB" } });
    expect(iso(points[4])).toBe("2024-03-02T00:00:00.000Z");
  });
});

describe("series of few points", () => {
  const series = (host: string, points: unknown[]) => ({
    metric: "cpu.idle",
    scope: `host:${host}`,
    interval: 600,
    length: points.length,
    start: seconds[0]! * 1_000,
    unit: null,
    pointlist: points,
  });

  it("are rows, and what is said of a series is no reading of its points", () => {
    const [a, b] = seconds.map((at) => at * 1_000) as [number, number];
    const { body, points } = played({
      status: "ok",
      series: [
        series("x", [
          [a, 98.25],
          [b, 99.5],
        ]),
      ],
      to_date: b,
    });
    expect(body.schema).toMatchObject({ timestamp_field: "timestamp", value_fields: ["pointlist"] });
    expect(body.schema.attribute_fields).toEqual(expect.arrayContaining(["interval", "length", "start"]));
    expect(points.map(({ fields }) => fields.pointlist)).toEqual([98.25, 99.5]);
  });

  it("are rows under their names, though each has only one", () => {
    const one = (app: string, at: string, cpu: number) => ({
      name: "cpu",
      columns: ["time", "app", "cpu"],
      values: [[at, app, cpu]],
    });
    const { body, points } = played({
      data: [{ Series: [one("web", "2024-03-01T00:00:00Z", 0.3), one("job", "2024-03-01T00:00:00Z", 0.7)] }],
    });
    expect(body.schema).toMatchObject({
      timestamp_field: "time",
      value_fields: ["cpu"],
      category_fields: ["app", "name"],
    });
    expect(points.map(({ fields }) => fields.cpu)).toEqual([0.3, 0.7]);
  });

  it("keep numbers of parents that may tell them apart, and those that each parent says once", () => {
    const device = (id: number, height: number) => ({
      device: id,
      height,
      readings: days.map((day, i) => ({ day, level: id + i })),
    });
    const { schema } = played({ list: [device(1, 430.5), device(2, 980.25), device(1, 431)] }).body;
    expect(schema).toMatchObject({ value_fields: ["level"], category_fields: ["device"] });
    expect(schema.attribute_fields).toEqual(["height"]);
  });
});

describe("other shapes", () => {
  it("are lists of rows in a list: which list a row is of stands beside it", () => {
    const { body, points } = played([
      [
        [10, 8.04],
        [8, 6.95],
      ],
      [
        [10, 9.14],
        [8, 8.14],
        [13, 8.74],
      ],
    ]);
    expect(body.schema).toMatchObject({ value_fields: ["col1", "col2"], category_fields: ["list"] });
    expect(points).toHaveLength(5);
    expect(points[4]).toMatchObject({ fields: { col1: 13, col2: 8.74 }, tags: { list: "list 2" } });
  });

  it("are two devices under their numbers", () => {
    const device = (name: string, temperature: number) => ({ name, on: true, seen: days[0], temperature });
    const { points } = played({ 4: device("hall", 21.5), 23: device("attic", 18.25) });
    expect(points.map(({ fields }) => fields.temperature)).toEqual([21.5, 18.25]);
  });
});
