import { describe, expect, it } from "vitest";
import { iso, play } from "./support";

const hours = Array.from({ length: 30 }, (_, i) => ({ day: 1 + Math.floor(i / 24), hour: i % 24 }));
const two = (value: number) => String(value).padStart(2, "0");

describe("times written in digits alone", () => {
  it.each(["date", "reading_of"])("are hours of days where all of them can be, under the name %s", (name) => {
    const rows = hours.map(({ day, hour }) => `202403${two(day)}${two(hour)},${hour}.5`);
    const { points, body } = play(`${name},temp\n${rows.join("\n")}\n`);
    expect(body.schema.timestamp_field).toBe(name);
    expect(iso(points[25]!)).toBe("2024-03-02T01:00:00.000Z");
  });

  it("are seconds since 1970 where they are no hours of these centuries", () => {
    // 1710122000 would be 20 December 1710.
    const rows = Array.from({ length: 30 }, (_, i) => `${1_710_122_000 + i * 10},${i}.5`);
    const { points } = play(`time,temp\n${rows.join("\n")}\n`);
    expect(iso(points[0]!)).toBe("2024-03-11T01:53:20.000Z");
  });

  it("join a date with a time of six digits", () => {
    const rows = hours.map(({ day, hour }) => `2024030${day},${two(hour)}3005,${hour}.5`);
    const { points, body } = play(`<DATE>,<TIME>,<OPEN>\n${rows.join("\n")}\n`);
    expect(body.schema.timestamp_fields).toEqual(["<DATE>", "<TIME>"]);
    expect(iso(points[9]!)).toBe("2024-03-01T09:30:05.000Z");
  });

  it("name their zone in brackets, as banks do", () => {
    const rows = [1, 2, 3].map((day) => `2024030${day}120000.000[-5:EST],${day}.5`);
    const { points } = play(`DTPOSTED,TRNAMT\n${rows.join("\n")}\n`);
    expect(iso(points[0]!)).toBe("2024-03-01T17:00:00.000Z");
  });
});

describe("parts of dates in columns without names", () => {
  const rows = hours.map(
    ({ day, hour }) => `2024 03 ${two(day)} ${two(hour)}    ${hour + 7}   10${two(hour)}`,
  );

  it("are told by making hours that never go back", () => {
    const { points, body } = play(`${rows.join("\n")}\n`);
    expect(body.schema.timestamp_fields).toEqual(["col1", "col2", "col3", "col4"]);
    expect(iso(points[25]!)).toBe("2024-03-02T01:00:00.000Z");
  });

  it("are not where they make days that do not exist, or go back", () => {
    const backwards = play(`${[...rows].reverse().join("\n")}\n`);
    expect(backwards.body.schema.timestamp_fields).toEqual([]);
    const none = play(
      `${rows.map((row) => row.replace(" 03 ", " 02 ").replace(/ 0([12]) /, " 3$1 ")).join("\n")}\n`,
    );
    expect(none.body.schema.timestamp_fields).toEqual([]);
  });
});

describe("a year and the name of its month below names of values alone", () => {
  it("are the time", () => {
    const months = ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August"];
    const rows = [2022, 2023].flatMap((year) => months.map((name, i) => `${year};${name};11${i},5;+${i},3`));
    const { points, body } = play(
      `Preise;;;\nDeutschland;;;\n;;Index;Veränderung\n;;2020=100;in %\n${rows.join("\n")}\n`,
    );
    expect(body.schema).toMatchObject({
      timestamp_fields: ["col1", "col2"],
      value_fields: ["Index", "Veränderung"],
    });
    expect(iso(points[9]!)).toBe("2023-02-01T00:00:00.000Z");
  });
});
