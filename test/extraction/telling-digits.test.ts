import { describe, expect, it } from "vitest";
import { iso, play } from "./support";

const rows = [1, 2, 3, 4, 5, 6, 7, 8];
const text = (names: string, row: (i: number) => string) => `${names}\n${rows.map(row).join("\n")}\n`;

describe("digits and what they are", () => {
  it.each([1e3, 1e6])("epochs in thousands and millions of a second under no name of a time (%d)", (unit) => {
    // In no order, and behind other columns.
    const at = (i: number) => (1_600_000_000 + ((i * 7) % 8) * 60) * unit;
    const { body, points } = play(text("c1,c2,c3", (i) => `north,${i}.5,${at(i)}`));
    expect(body.schema.timestamp_field).toBe("c3");
    expect(iso(points[0]!)).toBe(new Date((at(1) / unit) * 1_000).toISOString());
  });

  it("leaves identifiers of as many digits alone", () => {
    const { body } = play(
      text("c1,c2,item", (i) => `north,${i}.5,${1_000_000_000_000 + i * 117_000_000_000}`),
    );
    expect(body.schema.timestamp_field).toBeNull();
  });

  it("is less sure of no time beside seconds since 1970 that nothing names", () => {
    const sure = play(text("a,b", (i) => `${i}.5,${i * 3.25}`)).understanding.confidence;
    const open = play(text("a,b", (i) => `${i}.5,${1_600_000_000 + ((i * 7) % 8)}`)).understanding.confidence;
    expect(open).toBeLessThan(sure - 0.02);
  });

  it("takes no flag for a time of day", () => {
    const { body, points } = play(text("on_time,day,load", (i) => `${i % 2},2024-05-0${i},${i * 2.5}`));
    expect(body.schema.timestamp_fields).toEqual(["day"]);
    expect(iso(points[0]!)).toBe("2024-05-01T00:00:00.000Z");
  });

  it("reads days that stand across as names of columns", () => {
    for (const days of ["2024-05-01,2024-05-02,2024-05-03", "5/1/24,5/2/24,5/3/24"]) {
      const { body } = play(text(`place,${days}`, (i) => `north ${i},${i},${i * 2},${i * 3}`));
      expect(body.records_processed).toBe(rows.length);
      expect(body.schema.value_fields).toEqual(days.split(","));
      expect(body.schema.category_fields).toEqual(["place"]);
    }
  });

  it("reads one unit for another behind numbers, and no missing word as one", () => {
    const { body } = play(text("day,price,note", (i) => `2024-05-0${i},${i}.5 EUR/MWh,${i % 3 ? i : "N/A"}`));
    expect(body.schema.value_fields).toEqual(["price", "note"]);
    expect(body.schema.units).toMatchObject({ price: "EUR/MWh" });
  });

  it("doubts that a table has no time where one is written in words that are not known", () => {
    const { body, understanding } = play(text("period,load", (i) => `FY${10 + i} P0${i},${i * 2.5}`));
    expect(body.schema.timestamp_field).toBeNull();
    expect(understanding.confidence).toBeLessThan(0.65);
  });
});

describe("words of identifiers and groups in names", () => {
  it.each([
    ["phone_calls", "value"],
    ["code lines", "value"],
    ["account_balance", "value"],
    ["zip_code", "attribute"],
    ["id_customer", "attribute"],
    ["codes", "attribute"],
    ["river_stage", "value"],
  ])("%s is a %s", (name, role) => {
    const { understanding } = play(text(`${name},load`, (i) => `${40 + ((i * 37) % 91)},${i}.5`));
    expect(understanding.plan.columns[0]!.role).toBe(role);
  });

  it("takes numbers of stores and routes that come back for groups", () => {
    const many = Array.from({ length: 60 }, (_, i) => `${1 + (i % 4)},${1 + ((i * 7) % 5)},${i}.5`);
    const { body } = play(`store,route,load\n${many.join("\n")}\n`);
    expect(body.schema.category_fields).toEqual(["store", "route"]);
  });

  it("is less sure of a measure whose numbers are all those from one to a few", () => {
    const column = (first: number) =>
      play(`x,load\n${Array.from({ length: 60 }, (_, i) => `${first + ((i * 7) % 5)},${i}.5`).join("\n")}\n`);
    expect(column(1).understanding.evidence.columns[0]).toBeLessThan(
      column(0).understanding.evidence.columns[0]!,
    );
  });
});
