import { describe, expect, it } from "vitest";
import { TEXT_FORMATS } from "../../src/extraction/formats";
import { iso, play } from "./support";

const payload = (temperature: number) =>
  JSON.stringify({ battery: 4 * temperature, sensor: { temperature }, state: "ON" });
const messages = [
  `house/kitchen ${payload(21.5)}`,
  `house/bath ${payload(22.25)}`,
  "house/bridge/state online",
  `house/kitchen ${payload(21.75)}`,
  "house/kitchen/power 41.5",
  "house/kitchen/power 43",
];

describe("messages under topics", () => {
  it("give a row each, with the keys of their payloads and a number or a word where that is all", () => {
    const { body, points } = play(messages.join("\n"));
    expect(body.format).toBe("text");
    expect(body.schema).toMatchObject({
      timestamp_field: null,
      value_fields: ["value", "battery", "sensor.temperature"],
    });
    expect(points).toHaveLength(6);
    expect(points[3]).toMatchObject({
      fields: { battery: 87, "sensor.temperature": 21.75 },
      tags: { topic: "house/kitchen", state: "ON" },
    });
    expect(points[2]!.tags).toEqual({ topic: "house/bridge/state", payload: "online" });
    expect(points[4]!.fields).toEqual({ value: 41.5 });
  });

  it("take the time that stands before them", () => {
    const timed = messages.map((line, i) => `2024-03-01T10:00:0${i}+0100 ${line}`);
    const { body, points } = play(timed.join("\n"));
    expect(body.schema.timestamp_field).toBe("time");
    expect(iso(points[1])).toBe("2024-03-01T09:00:01.000Z");
  });

  it("report lines that are none, and name keys that come later", () => {
    const { accounting, body } = play(
      [
        ...Array.from({ length: 2_100 }, (_, i) => `a/${i % 7} ${payload(i)}`),
        "torn{",
        'a/1 {"late": 5}',
      ].join("\n"),
    );
    expect(accounting.rejectedRows.map(({ row, reason }) => [row, reason])).toEqual(
      expect.arrayContaining([[2_101, "the line has no topic with a payload"]]),
    );
    expect(body.warnings.join()).toMatch(/1 cell\(s\) under keys/);
  });

  it("are none in paths with numbers, and in lines of objects alone", () => {
    expect(play("src/a.ts 12\nsrc/b.ts 40\nsrc/c.ts 7\n").body.format).toBe("csv");
    expect(play(`${payload(1)}\n${payload(2)}\n`).body.format).toBe("ndjson");
  });
});

const group = (value: number, source = "S") =>
  `${String(value).padStart(5)}  ${value === -9_999 ? " " : source}`;
const month = (element: string, yearMonth: string, value: (day: number) => number) =>
  `GM000003342${yearMonth}${element}${Array.from({ length: 31 }, (_, day) => group(value(day + 1))).join("")}`;

describe("months of days of a station", () => {
  const text = [
    month("TMAX", "202002", (day) => (day === 3 || day > 29 ? -9_999 : day * 10)),
    month("TMIN", "202002", (day) => (day > 29 ? -9_999 : -day)),
    month("TMAX", "202003", (day) => day),
  ].join("\n");

  it("give a row for each day that has a value", () => {
    const { body, points, accounting } = play(`${text}\n`);
    expect(body.schema).toMatchObject({
      timestamp_field: "date",
      value_fields: ["value"],
      category_fields: ["station", "element"],
    });
    expect(points).toHaveLength(28 + 29 + 31);
    expect(accounting.rejected).toBe(0);
    expect(points[2]).toMatchObject({ fields: { value: 40 }, tags: { element: "TMAX" } });
    expect(iso(points[2])).toBe("2020-02-04T00:00:00.000Z");
    expect(iso(points.at(-1))).toBe("2020-03-31T00:00:00.000Z");
  });

  it("are the same wherever the text is cut, and a line that is none is reported", () => {
    const more = Array.from({ length: 8 }, () => text).join("\n");
    const torn = `${text}\nGM000003342 torn\n${more}`;
    const { plan, table } = play(torn).understanding;
    expect(table.bad).toMatchObject([{ reason: "line 4 is no month of a station" }]);
    const reader = TEXT_FORMATS.text.open!(plan, torn);
    const cut = [0, 500, 777, 1_400].map((from, i, all) => torn.slice(from, all[i + 1]));
    const rows = [...cut.flatMap((piece) => reader.push(piece)), ...reader.end()];
    expect(rows.filter((row) => !("reason" in row))).toEqual([...table.rows]);
  });

  it("may be years of months", () => {
    const year = (value: number) =>
      `GM000003342${2_000 + value}TAVG${Array.from({ length: 12 }, (_, i) => group(value * 100 + i)).join("")}`;
    const { points } = play([1, 2, 3].map(year).join("\n"));
    expect(points).toHaveLength(36);
    expect(iso(points[13])).toBe("2002-02-01T00:00:00.000Z");
    expect(points[13]!.fields).toEqual({ value: 201 });
  });
});
