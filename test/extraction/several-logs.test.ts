import { describe, expect, it } from "vitest";
import type { Point } from "../../src/streams/contract";
import { play } from "./support";

const second = (n: number) => String(n).padStart(2, "0");
/** What four programs print at a second, each in its own way. */
const PROGRAMS: ((n: number) => string)[] = [
  (n) => `2031-02-03 04:05:${second(n)}.250 UTC [${40 + n}] ERROR:  relation of ${n} is missing`,
  (n) => `10.1.1.${n} - - [03/Feb/2031:04:05:${second(n)} +0000] "GET /p/${n} HTTP/1.1" 200 ${n * 31}`,
  (n) => `7:M 03 Feb 2031 04:05:${second(n)}.250 * saved after ${n} changes`,
  (n) => `2031-02-03T04:05:${second(n)}.250Z WARN shop.orders order ${n} came late`,
];
const NAMES = ["db-1", "web-1", "cache-1", "shop-1"];
const lines = (write: (n: number, program: number) => string) =>
  Array.from({ length: 40 }, (_, n) => write(n, (n * n + (n >> 2)) % 4));
const instants = Array.from({ length: 40 }, (_, n) => Date.UTC(2031, 1, 3, 4, 5, n) * 1_000);
const wholeSeconds = (points: readonly Point[]) =>
  points.map(({ timestamp }) => timestamp! - (timestamp! % 1_000_000)).sort((a, b) => a - b);

describe("a log that several programs write", () => {
  it("has a record a line, whatever the head, and the name before the bar", () => {
    const { body, points, understanding } = play(
      lines((n, program) => `${NAMES[program]!.padEnd(8)} | ${PROGRAMS[program]!(n)}`).join("\n"),
    );
    expect(wholeSeconds(points)).toEqual(instants);
    expect(body.schema.category_fields).toEqual(expect.arrayContaining(["service", "level"]));
    const { table } = understanding;
    const service = table.columns.indexOf("service");
    expect([...table.rows].map(({ cells }) => cells[service])).toEqual(
      lines((_, program) => NAMES[program]!),
    );
  });

  it("has the level of each, though the times stand at one place", () => {
    const own = [
      (n: number) => `2031-02-03 04:05:${second(n)} WARN [main] mill.Grain - ground sack ${n}`,
      (n: number) => `2031-02-03 04:05:${second(n)} - mill.flour - ERROR - sack ${n} is torn`,
    ];
    const { table } = play(
      Array.from({ length: 40 }, (_, n) => `${n % 3 ? "a-1" : "b-1"} | ${own[n % 3 ? 0 : 1]!(n)}`).join("\n"),
    ).understanding;
    const of = (name: string) => [...table.rows].map(({ cells }) => cells[table.columns.indexOf(name)]);
    expect(of("level").slice(0, 3)).toEqual(["ERROR", "WARN", "WARN"]);
    expect(of("component").slice(0, 2)).toEqual(["mill.flour", "mill.Grain"]);
  });

  it("has one without names as well", () => {
    const { points } = play(lines((n, program) => PROGRAMS[program]!(n)).join("\n"));
    expect(wholeSeconds(points)).toEqual(instants);
  });

  it("leaves the lines below a record with it, though a time stands further on in one", () => {
    const { points, understanding } = play(
      lines((n) => `${PROGRAMS[3]!(n)}${n === 5 ? "\n  at 2031-02-03 04:05:06 in Pool" : ""}`).join("\n"),
    );
    expect(points).toHaveLength(40);
    expect(understanding.table.skipped.continued).toBe(1);
  });

  it("is not said for sure where lines are named whose programs write no time", () => {
    const { body } = play(
      lines((n, program) => `${NAMES[program]} | ${program < 2 ? `is up since ${n}` : PROGRAMS[3]!(n)}`).join(
        "\n",
      ),
    );
    expect(body.confidence).toBeLessThan(0.7);
  });
});

describe("a head whose parts are joined by colons", () => {
  it("gives its zone, its process and its level", () => {
    const heads = ["10.0.7.9(50123):ann@shop", ":@", "10.0.7.10(50124):bob@shop"];
    const said = [
      "could not send to the client of",
      "wrote all buffers of checkpoint",
      "ended the statement",
    ];
    const text = Array.from(
      { length: 12 },
      (_, n) =>
        `2031-02-03 04:05:${second(n)} UTC:${heads[n % 3]}:[${300 + n}]:${n % 4 ? "LOG" : "ERROR"}:  ${said[n % 3]} ${n}`,
    ).join("\n");
    const { body, points, understanding } = play(text);
    const { table } = understanding;
    expect(points[0]!.timestamp).toBe(instants[0]);
    expect(body.schema.category_fields).toContain("level");
    const of = (name: string) => [...table.rows].map(({ cells }) => cells[table.columns.indexOf(name)]);
    expect(of("level").slice(0, 2)).toEqual(["ERROR", "LOG"]);
    expect(of("pid")[1]).toBe("301");
    expect(of("message")[3]).toBe(`${said[0]} 3`);
    expect(of("context").slice(0, 2)).toEqual(["10.0.7.9(50123):ann@shop", null]);
  });
});

describe("a table whose lines begin with a clock", () => {
  const NAMES_LINE = "      CPU     %user     %idle";
  const row = (clock: string, n: number) => `${clock}      all      ${n}.25     ${90 - n}.50`;
  const text = (day: string, clocks: readonly string[]) =>
    [
      `Linux 6.1.0-9-generic (mill)  ${day}  _x86_64_  (2 CPU)`,
      "",
      `${clocks[0]}${NAMES_LINE}`,
      ...clocks.slice(1).map(row),
      `${clocks[0]}${NAMES_LINE}`,
      `Average:      all      2.25     88.50`,
      "",
    ].join("\n");

  it("has the names behind its first clock, and the day above", () => {
    const { body, points } = play(text("2031-02-03", ["04:05:00", "04:05:10", "04:05:20", "04:05:30"]));
    expect(points.map(({ timestamp }) => timestamp)).toEqual([instants[10], instants[20], instants[30]]);
    expect(points.map(({ fields }) => fields["%user"])).toEqual([0.25, 1.25, 2.25]);
    expect(body.schema.value_fields).toEqual(["%user", "%idle"]);
    expect(body.skipped).toMatchObject({ repeated_headers: 1, totals: 1, preamble: 1 });
  });

  it("is asked about where the day can be read in two ways", () => {
    const { body } = play(text("02/03/2031", ["04:05:00", "04:05:10", "04:05:20"]));
    expect(body.ambiguities).toHaveLength(1);
    expect(body.confidence).toBeLessThan(0.7);
  });

  it("gives no row the day of another", () => {
    const { points, accounting } = play(text("2031-02-03", ["23:59:30", "23:59:40", "23:59:50", "00:00:00"]));
    expect(points).toHaveLength(2);
    expect(accounting.rejectedRows.map(({ row }) => row)).toEqual([6]);
  });
});
