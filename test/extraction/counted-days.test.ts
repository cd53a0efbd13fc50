import { describe, expect, it } from "vitest";
import { iso, play } from "./support";

const rows = (count: number, write: (at: number) => string): string =>
  Array.from({ length: count }, (_, i) => `${write(i)}\n`).join("");
const firstAndLast = ({ points }: ReturnType<typeof play>) => [iso(points[0]!), iso(points.at(-1)!)];

describe("a year whose days or weeks stand in a column of their own", () => {
  it.each([
    ["Year,DOY,T2M", (i: number) => `2024,${i + 55},${i * 1.5}`, ["2024-02-24", "2024-03-18"]],
    ["year,day of year,t", (i: number) => `2023,${i + 55},${i * 1.5}`, ["2023-02-24", "2023-03-19"]],
    ["Year,Day,Load", (i: number) => `2024,${i + 20},${i * 1.5}`, ["2024-01-20", "2024-02-12"]],
    ["year,week,cases", (i: number) => `2024,${i + 1},${i * 1.5}`, ["2024-01-01", "2024-06-10"]],
    ["Jahr;KW;Absatz", (i: number) => `2021;${i + 1};${i * 3}`, ["2021-01-04", "2021-06-14"]],
  ])("has its instants: %s", (names, write, days) => {
    const played = play(`${names}\n${rows(24, write)}`);
    expect(firstAndLast(played)).toEqual(days.map((day) => `${day}T00:00:00.000Z`));
    expect(played.body.schema.timestamp_fields).toHaveLength(2);
    expect(played.body.schema.value_fields).toHaveLength(1);
  });

  it("has its hours too, as loggers write them, and is without a zone then", () => {
    const played = play(
      `Year,Day,Hour,Temp\n${rows(48, (i) => `2024,${100 + Math.floor(i / 24)},${i % 24},${i}.5`)}`,
    );
    expect(firstAndLast(played)).toEqual(["2024-04-09T00:00:00.000Z", "2024-04-10T23:00:00.000Z"]);
    expect(played.body.warnings).toContain("Times without a zone are read as UTC.");
  });

  it("rejects a day that its year does not have", () => {
    const { points, accounting } = play(
      `year,doy,v\n${rows(20, (i) => `2023,${i + 340},${i}.5`)}2023,366,1.5\n2024,366,2.5\n2025,366,3.5\n`,
    );
    expect(points).toHaveLength(21);
    expect(iso(points.at(-1)!)).toBe("2024-12-31T00:00:00.000Z");
    expect(accounting.rejectedRows.map(({ row }) => row)).toEqual([22, 24]);
  });

  it.each([
    ["year,day,v", (i: number) => `${2000 + i},${(i % 28) + 1},${i}.5`],
    ["year,weekly sales,v", (i: number) => `${2000 + i},${i + 1},${i}.5`],
  ])("is a year alone beside other numbers: %s", (names, write) => {
    expect(play(`${names}\n${rows(24, write)}`).body.schema.timestamp_fields).toEqual(["year"]);
  });
});
