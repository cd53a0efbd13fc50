import { describe, expect, it } from "vitest";
import { play } from "./support";

const NOT_FINITE = ["inf", "-inf", "Infinity", "-Infinity", "+INF", "∞", "-∞", "1e999", "-1E400", "1.#INF"];

const series = (cells: readonly string[]) =>
  play(
    `time,v\n${cells.map((cell, i) => `2025-01-01T00:${String(i).padStart(2, "0")}:00Z,${cell}\n`).join("")}`,
  );
const roleOf = ({ understanding }: ReturnType<typeof series>) =>
  understanding.plan.columns.find(({ name }) => name === "v")!.role;

describe("a column of numbers", () => {
  it.each(NOT_FINITE)("stays one with %s among them, which is counted as unreadable", (word) => {
    const played = series(Array.from({ length: 30 }, (_, i) => (i % 2 ? word : String(i / 10))));
    expect(roleOf(played)).toBe("value");
    expect(played.points).toHaveLength(30);
    expect(played.points.filter(({ fields }) => "v" in fields)).toHaveLength(15);
    expect(played.accounting.unreadableCells).toEqual(new Map([["v", 15]]));
  });

  it("stays one where most of its cells are infinite in several writings, as logarithms of nothing are", () => {
    const played = series(Array.from({ length: 50 }, (_, i) => (i % 5 ? NOT_FINITE[i % 10]! : `${i}.5`)));
    expect(roleOf(played)).toBe("value");
    expect(played.points.filter(({ fields }) => "v" in fields)).toHaveLength(10);
    expect(played.accounting.unreadableCells).toEqual(new Map([["v", 40]]));
  });

  it("counts NaN as a value that is missing, as a blank", () => {
    const played = series(Array.from({ length: 30 }, (_, i) => (i % 2 ? "NaN" : String(i / 10))));
    expect(roleOf(played)).toBe("value");
    expect(played.accounting.unreadableCells).toEqual(new Map());
  });
});

describe("a column of nothing that a double can hold", () => {
  it.each([
    ["infinities", ["inf", "-inf", "inf", "inf", "-inf"]],
    ["all of it", ["NaN", "Infinity", "1e999", "-inf", "NaN", "inf"]],
    ["numerals that are too large", Array.from({ length: 20 }, (_, i) => `${i + 1}e999`)],
  ])("is no category and no value: %s", (_, cells) => {
    const played = series(cells);
    expect(roleOf(played)).toBe("attribute");
    expect(played.points.map(({ tags, fields }) => ({ tags, fields }))).toEqual(
      cells.map(() => ({ tags: {}, fields: {} })),
    );
  });

  it.each(["NaN", "NA", "Infinity"])("is no time of day beside a date where all of it is %s", (word) => {
    const played = play(`time,v\n2025-01-01,${word}\n2025-01-02,${word}\n2025-01-03,${word}\n`);
    expect(roleOf(played)).toBe("attribute");
    expect(played.understanding.plan.timestamp?.fields).toEqual(["time"]);
  });

  it("is the same of JSON, whose numbers are infinite when they are read", () => {
    const times = ["2025-01-01", "2025-01-02", "2025-01-03"];
    const played = play(`[${times.map((time) => `{"time":"${time}","v":1e999}`).join()}]`);
    expect(roleOf(played)).toBe("attribute");
  });
});

it("words that begin like infinity stay categories", () => {
  expect(roleOf(series(Array.from({ length: 30 }, (_, i) => (i % 2 ? "info" : "infinite"))))).toBe(
    "category",
  );
});
