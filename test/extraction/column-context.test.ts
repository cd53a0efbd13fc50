import { describe, expect, it } from "vitest";
import { iso, play } from "./support";

const schemaOf = (header: string, row: (i: number) => string, rows = 24) =>
  play(`${header}\n${Array.from({ length: rows }, (_, i) => row(i)).join("\n")}\n`).body.schema;
const day = (i: number) => String((i % 28) + 1).padStart(2, "0");

describe("roles of columns beside others", () => {
  it("takes years that say what the time says for no value, and others for one", () => {
    const schema = schemaOf(
      "played,season,visitors",
      (i) => `20${10 + (i % 12)}-09-${day(i)},20${10 + (i % 12)},${1_900 + ((i * 37) % 200)}`,
    );
    expect(schema.value_fields).toEqual(["visitors"]);
    expect(schema.attribute_fields).toEqual(["season"]);
  });

  it("takes the year in which something began or ended for no value", () => {
    const schema = schemaOf(
      "show,seen,year ended,score",
      (i) => `s${i},2019-01-${day(i)},${1990 + i},${i * 3}`,
    );
    expect(schema.value_fields).toEqual(["score"]);
    expect(schema.attribute_fields).toEqual(["year ended"]);
  });

  it("takes digits for codes where another column has their names, and prices for values", () => {
    const schema = schemaOf(
      "class,class_name,price,price_label",
      (i) =>
        `${1_000 + (i % 3) * 5},${["Guns", "Tents", "Boots"][i % 3]},${i * 7 + 3},${i % 2 ? "low" : "high"}`,
    );
    expect(schema.value_fields).toEqual(["price"]);
    expect(schema.category_fields).toEqual(["class", "class_name", "price_label"]);
  });

  it("takes months without a year for groups, and days that count up for an axis", () => {
    const groups = schemaOf("ozone,month,day", (i) => `${i * 2.5},${5 + (i % 3)},${(i % 8) + 1}`);
    expect(groups.value_fields).toEqual(["ozone"]);
    expect(groups.category_fields).toEqual(["month", "day"]);
    expect(schemaOf("day,height", (i) => `${i + 1},${i * 1.5}`).value_fields).toEqual(["day", "height"]);
  });

  it("takes whole numbers under no name in front of all others for those of rows, in any order", () => {
    const schema = schemaOf(",height", (i) => `${(i * 7) % 31},${i * 1.5}`);
    expect(schema.value_fields).toEqual(["height"]);
    expect(schemaOf(",height", (i) => `${(i * 7) % 5},${i * 1.5}`).value_fields).toEqual(["col1", "height"]);
  });

  it("prefers the stamp of a row to the start of its run", () => {
    const schema = schemaOf(
      "StartTime,TimeStamp,ms",
      (i) => `2020-01-01 10:00,2020-01-01 10:${day(i)},${i * 3}`,
    );
    expect(schema.timestamp_field).toBe("TimeStamp");
  });

  it("takes quarters in years with fractions under no name for the time, and other decimals for none", () => {
    const schema = schemaOf(",revenue", (i) => `${1962.25 + i / 4},${i * 1.5}`);
    expect(schema).toMatchObject({ timestamp_field: "col1", value_fields: ["revenue"] });
    expect(schemaOf(",revenue", (i) => `${1962.3 + i * 7},${i * 1.5}`).timestamp_field).toBeNull();
  });

  it("takes digits in quotes that come back for labels where other numbers have no quotes", () => {
    const records = (write: (i: number) => object) =>
      play(JSON.stringify(Array.from({ length: 20 }, (_, i) => write(i)))).body.schema;
    const labelled = records((i) => ({ rabbit: String(1 + (i % 5)), dose: i * 1.5, orders: String(i % 4) }));
    expect(labelled).toMatchObject({ category_fields: ["rabbit"], value_fields: ["dose", "orders"] });
    // A writer that quotes measures quotes all numbers.
    const quoted = records((i) => ({ speed: String(1 + (i % 5)), dose: i * 1.5, ratio: `0.${1 + (i % 4)}` }));
    expect(quoted).toMatchObject({ category_fields: [], value_fields: ["speed", "dose", "ratio"] });
  });

  it("prefers a date and time of day that are written to the count of a clock that began elsewhere", () => {
    const written = (epoch: number) =>
      play(
        `date,time,timestamp,light\n${Array.from({ length: 12 }, (_, i) => `2025-05-01,11:26:${10 + i},${epoch + i},${i * 7}`).join("\n")}\n`,
      );
    const device = written(799_413_970);
    expect(device.body.schema.timestamp_fields).toEqual(["date", "time"]);
    expect(iso(device.points[0])).toBe("2025-05-01T11:26:10.000Z");
    expect(device.body.schema.attribute_fields).toEqual(["timestamp"]);
    // The same moment in another zone is no contradiction.
    expect(written(1_746_091_570).body.schema.timestamp_fields).toEqual(["timestamp"]);
  });
});
