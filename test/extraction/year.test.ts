import { describe, expect, it } from "vitest";
import { extractionPlanSchema } from "../../src/extraction/contract";
import type { UnderstandHints } from "../../src/extraction/understand";
import { iso, play } from "./support";

const at = (text: string): number => Date.parse(text);
const two = (value: number): string => String(value).padStart(2, "0");
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** How a log writes a time without its year, and what stands behind it. */
const STYLES: [string, (time: Date, i: number) => string][] = [
  ["syslog", (t, i) => `${name(t)} ${clock(t)} gate sshd[${600 + i}]: session ${i} opened for ann`],
  ["desktops", (t, i) => `${name(t)} ${clock(t)} book-7 kernel[0]: en0: link ${i} is up`],
  [
    "a month and a day, with threads",
    (t, i) => `${numbers(t, "-")} ${clock(t)}.${ms(t)}  1702  24${10 + i} I Power: state ${i} ms`,
  ],
  [
    "brackets and dots",
    (t, i) => `[${numbers(t, ".")} ${clock(t)}] web.exe - a.example:443 open ${i} through proxy`,
  ],
  [
    "letters and digits",
    (t, i) => `I${numbers(t, "")} ${clock(t)}.${ms(t)}000 ${70 + i} server.cc:61] Took ${i} requests`,
  ],
  ["days of the week", (t, i) => `[${week(t)} ${name(t)} ${clock(t)}] [error] [client 10.0.0.${i}] no file`],
];

const name = (t: Date) => `${MONTHS[t.getUTCMonth()]} ${String(t.getUTCDate()).padStart(2, " ")}`;
const numbers = (t: Date, mark: string) => `${two(t.getUTCMonth() + 1)}${mark}${two(t.getUTCDate())}`;
const clock = (t: Date) => t.toISOString().slice(11, 19);
const ms = (t: Date) => t.toISOString().slice(20, 23);
const week = (t: Date) => t.toUTCString().slice(0, 3);

const log = (style: (time: Date, i: number) => string, times: readonly string[]): string =>
  `${times.map((time, i) => style(new Date(time), i)).join("\n")}\n`;

const SYSLOG = STYLES[0]![1];
const syslog = (times: readonly string[]) => log(SYSLOG, times);

/** Every so many hours from a time on, whole seconds. */
const every = (hours: number, from: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => new Date(at(from) + i * hours * 3_600_000).toISOString());

const times = (text: string, hints: UnderstandHints = {}) => play(text, hints).points.map(iso);

describe("a log without a year", () => {
  const NEW_YEAR = every(5, "2023-12-29T01:02:03.000Z", 30);

  it.each(STYLES)("is read over new year's eve: %s", (_, style) => {
    expect(times(log(style, NEW_YEAR), { receivedAt: at("2024-01-20T00:00:00Z") })).toEqual(NEW_YEAR);
  });

  it.each(STYLES)("that ends in December and arrives in January is of the old year: %s", (_, style) => {
    const december = every(3, "2023-12-10T00:00:00.000Z", 20);
    expect(times(log(style, december), { receivedAt: at("2024-01-02T00:00:00Z") })).toEqual(december);
  });

  it("asks for the year where only the time of its arrival tells it", () => {
    const { body } = play(syslog(NEW_YEAR), { receivedAt: at("2024-01-20T00:00:00Z") });
    const question = body.ambiguities.find(({ question }) => question.includes("year"))!;
    expect(question.readings.map(({ reading, chosen }) => [reading, chosen])).toEqual([
      ["as of 2023", true],
      ["as of 2022", false],
      ["as of 2021", false],
    ]);
    expect(body.confidence_level).toBe("medium");
    expect(body.plan.tables[0]!.timestamp!.yearless).toEqual({ year: 2023, rows: "ascending" });
  });

  it("has no time where nothing tells the year, and says so", () => {
    const { points, body } = play(syslog(NEW_YEAR));
    expect(points.every(({ timestamp }) => timestamp === null)).toBe(true);
    expect(body.warnings.join()).toContain("no year");
    expect(body.plan.tables[0]!.timestamp).toBeNull();
  });

  it("keeps lines that come late in the old year", () => {
    const late = [
      "2023-12-31T23:59:58.000Z",
      "2024-01-01T00:00:01.000Z",
      "2023-12-31T23:59:59.000Z",
      "2024-01-01T00:00:02.000Z",
      "2023-12-30T23:59:59.000Z",
      "2024-01-02T10:00:00.000Z",
    ];
    expect(times(syslog(late), { receivedAt: at("2024-02-01T00:00:00Z") })).toEqual(late);
  });

  it("goes on in its year behind a clock that began in January", () => {
    const booted = [
      "2023-11-03T10:00:00.000Z",
      "2024-01-01T00:00:05.000Z",
      "2024-01-01T00:00:09.000Z",
      "2023-11-03T10:01:00.000Z",
      "2023-11-04T10:01:00.000Z",
    ];
    expect(times(syslog(booted), { receivedAt: at("2024-03-01T00:00:00Z") })).toEqual(booted);
  });

  it("goes through several years", () => {
    const years = every(24 * 9, "2019-03-01T00:00:00.000Z", 150);
    expect(times(syslog(years), { receivedAt: at("2022-12-01T00:00:00Z") })).toEqual(years);
  });

  it("goes back where the newest line is the first", () => {
    const newest = [...NEW_YEAR].reverse();
    expect(times(syslog(newest), { receivedAt: at("2024-01-20T00:00:00Z") })).toEqual(newest);
  });

  it("is of a year that has its 29 February", () => {
    const leap = ["2020-02-28T23:00:00.000Z", "2020-02-29T01:00:00.000Z", "2020-03-01T01:00:00.000Z"];
    expect(times(syslog(leap), { receivedAt: at("2023-06-01T00:00:00Z") })).toEqual(leap);
  });

  it("rejects a 29 February in a year that a person has set and that has none", () => {
    const text = syslog(["2020-02-28T23:00:00.000Z", "2020-02-29T01:00:00.000Z"]);
    const { body } = play(text, { receivedAt: at("2023-06-01T00:00:00Z") });
    const plan = extractionPlanSchema.parse(JSON.parse(JSON.stringify(body.plan)));
    plan.tables[0]!.timestamp!.yearless!.year = 2019;
    const { points, accounting } = play(text, { plan });
    expect(points.map(iso)).toEqual(["2019-02-28T23:00:00.000Z"]);
    expect(accounting.rejectedRows[0]!.reason).toContain("Feb 29");
  });

  it("may lie a day ahead, for zones and clocks", () => {
    const ahead = ["2024-03-09T23:00:00.000Z", "2024-03-10T05:00:00.000Z"];
    expect(times(syslog(ahead), { receivedAt: at("2024-03-09T23:30:00Z") })).toEqual(ahead);
  });

  it("is read by the year of an edited plan, with nothing left to ask", () => {
    const hints = { receivedAt: at("2024-01-20T00:00:00Z") };
    const { body } = play(syslog(NEW_YEAR), hints);
    const plan = extractionPlanSchema.parse(JSON.parse(JSON.stringify(body.plan)));
    plan.tables[0]!.timestamp!.yearless!.year = 2011;
    const again = play(syslog(NEW_YEAR), { ...hints, plan });
    expect(again.points.map(iso)[0]).toBe("2011-12-29T01:02:03.000Z");
    expect(again.points.map(iso).at(-1)).toBe("2012-01-04T02:02:03.000Z");
    expect(again.body.ambiguities).toEqual([]);
  });

  it("is read the same under its plan at any later time", () => {
    const first = play(syslog(NEW_YEAR), { receivedAt: at("2024-01-20T00:00:00Z") });
    const again = play(syslog(NEW_YEAR), {
      receivedAt: at("2031-01-20T00:00:00Z"),
      plan: first.body.plan,
    });
    expect(again.points).toEqual(first.points);
  });
});

describe("two numbers at the heads of lines", () => {
  const NOW = { receivedAt: at("2024-01-20T00:00:00Z") };
  const marked = (mark: string, isDayFirst: boolean) => (t: Date, i: number) => {
    const [month, day] = [two(t.getUTCMonth() + 1), two(t.getUTCDate())];
    return `[${(isDayFirst ? [day, month] : [month, day]).join(mark)} ${clock(t)}] web.exe - open ${i} through proxy`;
  };

  it.each([
    [".", true],
    [".", false],
    ["-", true],
    ["-", false],
    ["/", true],
    ["/", false],
  ])("are read in the order under which the lines lie together: %s, day first: %s", (mark, isDayFirst) => {
    const days = every(6, "2023-04-03T01:00:00.000Z", 16);
    expect(times(log(marked(mark, isDayFirst), days), NOW)).toEqual(days);
    // The days go past 12, and the lines of the first of them are not read the other way round.
    const month = every(11, "2023-10-08T01:00:00.000Z", 40);
    expect(times(log(marked(mark, isDayFirst), month), NOW)).toEqual(month);
  });

  it("of one day are read month first, and asked for where dots or strokes stand between them", () => {
    const day = every(1, "2023-04-03T01:00:00.000Z", 16);
    const asked = (mark: string) => {
      const { points, body } = play(log(marked(mark, false), day), NOW);
      expect(points.map(iso)).toEqual(day);
      return body.ambiguities.some(({ question }) => question.includes("month first"));
    };
    expect([".", "/", "-"].map(asked)).toEqual([true, true, false]);
  });
});

describe("the year of a log", () => {
  const OCTOBER = every(2, "2019-10-18T01:00:00.000Z", 12);
  const NOW = { receivedAt: at("2024-01-20T00:00:00Z") };
  const yearOf = (hints: UnderstandHints, text = syslog(OCTOBER)) =>
    play(text, hints).body.plan.tables[0]!.timestamp!.yearless!.year;

  it.each([
    ["syslog-2019-10.log", 2019],
    ["syslog-20191018", 2019],
    // Closed and named in the new year.
    ["messages-20200105", 2019],
    ["var/log/2019/messages.1", 2019],
    ["syslog", 2023],
    // A year to come is none.
    ["export_v2047.log", 2023],
  ])("is that of its file's name: %s", (filename, year) => {
    expect(yearOf({ filename, ...NOW })).toBe(year);
  });

  it("is that of its description", () => {
    expect(yearOf({ description: "Lines of our gate, October 2019", ...NOW })).toBe(2019);
    expect(yearOf({ description: "The first 2000 lines of our gate", ...NOW })).toBe(2023);
    expect(yearOf({ description: "Lines of our gate of 2017 and of 2019", ...NOW })).toBe(2023);
  });

  it("is that of messages that quote their day, whatever the file is called", () => {
    const text = `${syslog(OCTOBER)}Oct 19 03:00:00 gate app[1]: last login Sat Oct 19 02:11:00 2013\n`;
    const { body } = play(text, { filename: "syslog-2019.log", ...NOW });
    expect(body.plan.tables[0]!.timestamp!.yearless!.year).toBe(2013);
    expect(body.ambiguities).toEqual([]);
    expect(body.confidence).toBeGreaterThan(0.85);
  });

  it("is sure where the name says the month", () => {
    const { body } = play(syslog(OCTOBER), { filename: "syslog-2019-10.log", ...NOW });
    expect(body.ambiguities).toEqual([]);
    expect(body.confidence_level).toBe("high");
  });
});

describe("a table with times without a year", () => {
  const NOW = { receivedAt: at("2024-01-20T00:00:00Z") };
  const table = (rows: readonly string[]) => `${rows.join("\n")}\n`;

  it("reads names of months in any place", () => {
    const rows = every(24, "2023-12-20T00:00:00.000Z", 20);
    const cells = (write: (t: Date) => string) =>
      table(["date,load", ...rows.map((time, i) => `${write(new Date(time))},${i * 3}`)]);
    const dayMonth = (t: Date) => `${t.getUTCDate()} ${MONTHS[t.getUTCMonth()]}`;
    const monthDay = (t: Date) => `${MONTHS[t.getUTCMonth()]} ${two(t.getUTCDate())}`;
    for (const write of [dayMonth, monthDay]) expect(times(cells(write), NOW)).toEqual(rows);
  });

  it("leaves a list of months and years as it is", () => {
    const text = table(["month,load", "Jan 18,3", "Feb 18,4", "Mar 18,5", "Apr 18,6"]);
    expect(times(text, NOW)[0]).toBe("2018-01-01T00:00:00.000Z");
  });

  it.each([
    ["/", "dmy"],
    ["/", "mdy"],
    [".", "dmy"],
    ["-", "mdy"],
  ])("decides the order of two numbers by all rows: %s %s", (mark, order) => {
    const rows = every(7, "2023-10-01T01:00:00.000Z", 60);
    const write = (t: Date) => {
      const [month, day] = [two(t.getUTCMonth() + 1), two(t.getUTCDate())];
      return `${(order === "dmy" ? [day, month] : [month, day]).join(mark)} ${t.toISOString().slice(11, 16)}`;
    };
    const text = table(["time,load", ...rows.map((time, i) => `${write(new Date(time))},${i}`)]);
    expect(times(text, NOW)).toEqual(rows);
  });

  it("asks for the order where both fit", () => {
    const text = table(["time,load", "03/04 01:00,1", "03/04 02:00,2", "03/04 03:00,3"]);
    const { body } = play(text, NOW);
    expect(body.ambiguities.map(({ question }) => question).join()).toContain("day first or month first");
    expect(body.confidence_level).toBe("low");
  });

  it("takes the year from a column beside it", () => {
    const rows = every(5, "2016-12-29T00:00:00.000Z", 20);
    const text = table([
      "time,load,last_checked",
      ...rows.map((time, i) => `${SYSLOG(new Date(time), i).slice(0, 15)},${i},${time.slice(0, 10)}`),
    ]);
    const { body, points } = play(text, NOW);
    expect(points.map(iso)).toEqual(rows);
    expect(body.ambiguities).toEqual([]);
  });

  it("joins the day with a time of day beside it", () => {
    const text = table(["date,time,load", "18 Oct,01:00:00,1", "18 Oct,02:00:00,2", "19 Oct,01:30:00,3"]);
    expect(times(text, NOW)).toEqual([
      "2023-10-18T01:00:00.000Z",
      "2023-10-18T02:00:00.000Z",
      "2023-10-19T01:30:00.000Z",
    ]);
  });

  it("is all of one year where rows are in no order", () => {
    const days = [
      "18 Oct",
      "3 Mar",
      "24 Dec",
      "7 Jan",
      "19 Aug",
      "2 Feb",
      "30 Nov",
      "11 May",
      "9 Sep",
      "1 Apr",
    ];
    const text = table(["date,load", ...days.map((day, i) => `${day},${i}`)]);
    const { body, points } = play(text, NOW);
    expect(body.plan.tables[0]!.timestamp!.yearless).toEqual({ year: 2023, rows: "unordered" });
    expect(new Set(points.map((point) => iso(point)!.slice(0, 4)))).toEqual(new Set(["2023"]));
  });

  it("has no time where there are times of day alone, and says so", () => {
    const text = table(["time,load", "01:00:00.123,1", "01:00:01.123,2", "01:00:02.123,3"]);
    const { points, body } = play(text, { filename: "load-2023-10-18.csv", ...NOW });
    expect(points[0]!.timestamp).toBeNull();
    expect(body.warnings.join()).toContain("without a date");
  });

  it("does not take scores, ranges and fractions for days", () => {
    const text = table(["game,score", "1,3/4", "2,1/2", "3,5/6", "4,11/12"]);
    expect(play(text, NOW).body.plan.tables[0]!.timestamp).toBeNull();
  });
});
