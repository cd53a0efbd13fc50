import { describe, expect, it } from "vitest";
import { iso, play } from "./support";

const table = (names: string, first: (at: number) => number | string): string =>
  `${names}\n${Array.from({ length: 24 }, (_, i) => `${first(i)},${i}.5\n`).join("")}`;
const timeOf = (text: string) => {
  const { body, points } = play(text);
  return { field: body.schema.timestamp_field, first: iso(points[0]!), warnings: body.warnings };
};

describe("dates that a spreadsheet left as numbers of days", () => {
  it.each([
    ["Date,v", (i: number) => 45_292 + i, "2024-01-01T00:00:00.000Z"],
    ["Datum,v", (i: number) => 30_000 + i * 30, "1982-02-18T00:00:00.000Z"],
    ["order_date,v", (i: number) => (45_292.5 + i / 24).toFixed(5), "2024-01-01T12:00:00.000Z"],
  ])("are the time where the name says date: %s", (names, first, instant) => {
    expect(timeOf(table(names, first)).first).toBe(instant);
  });

  it("are local times where they have parts of a day", () => {
    const { first, warnings } = timeOf(table("Datetime (UTC+2),v", (i) => (45_292.5 + i / 24).toFixed(5)));
    expect(first).toBe("2024-01-01T10:00:00.000Z");
    expect(warnings.join()).toContain("+02:00");
    expect(timeOf(table("Date,v", (i) => 45_292.25 + i)).warnings.join()).toContain("read as UTC");
  });

  it.each([
    ["time,v", (i: number) => 45_292 + i],
    ["price,v", (i: number) => 45_292 + i],
    ["date,v", (i: number) => 100_000 + i],
    ["date,v", (i: number) => (45_292 + ((i * 37.77) % 100)).toFixed(2)],
    ["year_to_date,v", (i: number) => 45_292 + i * 1.7],
    ["days to due date,v", (i: number) => 45_292 + i],
  ])("are numbers under other names and of other sizes: %s", (names, first) => {
    expect(timeOf(table(names, first)).field).toBeNull();
  });
});
