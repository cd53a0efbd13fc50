import { describe, expect, it } from "vitest";
import { countSeries } from "../../src/extraction/series-count";
import { play } from "./support";

const years = Array.from({ length: 80 }, (_, i) => String(1940 + i));
const wide = (isFilled: (row: number, year: number) => boolean) =>
  [
    `country,${years.join(",")}`,
    ...Array.from({ length: 150 }, (_, row) =>
      [`C${row}`, ...years.map((_, year) => (isFilled(row, year) ? row * 7 + year : ".."))].join(","),
    ),
  ].join("\n");

describe("series of a table", () => {
  it("are fields under sets of tags that have readings: a category stays one where others are too few", () => {
    expect(play(wide((row, year) => (row + year) % 2 === 0)).body.schema.category_fields).toEqual([
      "country",
    ]);
    expect(play(wide(() => true)).body.schema).toMatchObject({
      category_fields: [],
      attribute_fields: ["country"],
    });
  });

  it("are as many as there may be where only the head of a table is at hand", () => {
    const { understanding } = play("place,a,b\nnorth,1,\nsouth,,2\nnorth,3,\n");
    const { table } = understanding;
    const columns = { tags: [0], fields: [1, 2], texts: [] };
    expect(countSeries(table, columns, 100)).toBe(2);
    expect(countSeries({ ...table, rowCount: 9_000 }, columns, 100)).toBe(4);
    expect(countSeries(table, columns, 1)).toBe(2);
  });

  it("are one more under each set of tags where rows have texts beside their numbers, or no number", () => {
    const { table } = play("place,a,note\nnorth,1,\nsouth,2,wet\nnorth,3,\nwest,,dry\n").understanding;
    expect(countSeries(table, { tags: [0], fields: [1], texts: [] }, 100)).toBe(3);
    expect(countSeries(table, { tags: [0], fields: [1], texts: [2] }, 100)).toBe(4);
  });

  it("stay within what a stream holds when a category becomes a text that each row has", () => {
    // Under 2,400 sites four fields make 9,600 series, and the rows' places as many as there are sites.
    const rows = Array.from(
      { length: 4_000 },
      (_, i) => `K${i % 2_400},M${i % 2_401},${i}.5,${i}.6,${i}.7,${i}.8`,
    );
    expect(play(["site,model,a,b,c,d", ...rows].join("\n")).body.schema).toMatchObject({
      category_fields: [],
      attribute_fields: ["site", "model"],
    });
  });
});
