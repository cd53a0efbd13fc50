import { describe, expect, it } from "vitest";
import { iso, play } from "./support";

const played = (data: unknown) => play(JSON.stringify(data));
const hours = [0, 1, 2, 3, 4, 5];

describe("packs of measurements (SenML, RFC 8428)", () => {
  it("give each record what base fields say of it", () => {
    const { points } = played([
      { bn: "urn:dev:1:", bt: 1_709_251_200, bu: "A", bv: 10, bver: 5, n: "voltage", u: "V", v: 110 },
      { n: "current", t: -5, v: 1.5 },
      { bn: "urn:dev:2:", n: "current", t: 60, v: 2.5 },
    ]);
    expect(points.map(iso)).toEqual([
      "2024-03-01T00:00:00.000Z",
      "2024-02-29T23:59:55.000Z",
      "2024-03-01T00:01:00.000Z",
    ]);
    expect(points.map(({ fields }) => fields.value)).toEqual([120, 11.5, 12.5]);
    expect(points[2]!.tags).toMatchObject({ name: "urn:dev:2:current", unit: "A" });
  });

  it("keep times that are relative to arrival as numbers", () => {
    const { points, body } = played([
      { bn: "a:", n: "x", t: 0, v: 1 },
      { n: "x", t: -5, v: 2 },
      { n: "x", t: -10, v: 4 },
    ]);
    expect(body.schema.timestamp_field).toBeNull();
    expect(points.map(({ fields }) => fields.value)).toEqual([1, 2, 4]);
  });

  it("are no packs where other keys stand beside them", () => {
    const { body } = played(hours.map((i) => ({ bt: i * 3, v: i * 1.5, colour: "red" })));
    expect(body.schema.value_fields).toEqual(["bt", "v"]);
  });
});

describe("cubes of statistics (JSON-stat)", () => {
  const cube = (value: unknown) => ({
    class: "dataset",
    id: ["region", "time"],
    size: [2, 3],
    dimension: {
      region: { category: { index: { AT: 0, DE: 1 }, label: { DE: "Germany", AT: "Austria" } } },
      time: { category: { index: ["2024M01", "2024M02", "2024M03"] } },
    },
    value,
  });

  it("are a record for each value", () => {
    const { points, body } = played(cube([1, 2, 3, 4, null, 6]));
    expect(body.records_processed).toBe(6);
    expect(iso(points[5]!)).toBe("2024-03-01T00:00:00.000Z");
    expect(points[3]).toMatchObject({ fields: { value: 4 }, tags: { region: "Germany" } });
  });

  it("may name the places of their values", () => {
    const { points } = played(cube({ 1: 2.5, 2: 3, 5: 6.5 }));
    expect(points.map(({ fields }) => fields.value)).toEqual([2.5, 3, 6.5]);
    expect(points.map(({ tags }) => tags.region)).toEqual(["Austria", "Austria", "Germany"]);
  });

  it("are read as any other JSON where their sizes do not fit", () => {
    expect(played(cube([1, 2, 3])).body.schema.category_fields).not.toContain("region");
  });
});

describe("lists in lists", () => {
  it("of objects are one table, as histories of several sensors are", () => {
    const history = (sensor: string) =>
      hours.map((hour) => ({ sensor, state: `${hour}.5`, at: `2024-03-01T0${hour}:00:00Z` }));
    const { points, body } = played([history("a"), history("b")]);
    expect(body.records_processed).toBe(12);
    expect(points[7]).toMatchObject({ fields: { state: 1.5 }, tags: { sensor: "b" } });
  });

  it("are columns where their names stand beside them", () => {
    const { points, body } = played({
      results: {
        frames: [
          {
            schema: { fields: [{ name: "Time" }, { name: "load" }] },
            data: { values: [hours.map((i) => 1_709_251_200_000 + i * 60_000), hours.map((i) => i * 1.5)] },
          },
        ],
      },
    });
    expect(body.schema).toMatchObject({ timestamp_field: "Time", value_fields: ["load"] });
    expect(points.map(({ fields }) => fields.load)).toEqual(hours.map((i) => i * 1.5));
  });
});
