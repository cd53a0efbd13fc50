import { describe, expect, it } from "vitest";
import { timestampPlanSchema } from "../../src/extraction/contract";
import { plainTime } from "../../src/extraction/scanned-text";
import { shapePlanOf } from "../../src/extraction/shape";
import { play } from "./support";

const times = (points: readonly { timestamp: number | null }[]) =>
  points.map(({ timestamp }) => timestamp && new Date(timestamp / 1_000).toISOString().replace(".000Z", "Z"));
const timestampOf = (played: ReturnType<typeof play>) => played.understanding.plan.timestamp!;
/** Rows of a local time and a zone, ten of each so that whole columns decide. */
const csv = (zones: readonly string[], header = "time,tz,value") =>
  `${header}\n${zones.map((zone, i) => `2024-07-0${(i % 9) + 1} 12:00:00,${zone},${i}.5`).join("\n")}\n`;

describe("a column of zones", () => {
  it("says in which zone each row's time is, and stays a category", () => {
    const zones = [
      "Europe/Berlin",
      "America/New_York",
      "UTC",
      "+02:00",
      "Asia/Kolkata",
      "Z",
      "UTC-3",
      "-0930",
    ];
    const played = play(csv(zones));
    expect(timestampOf(played)).toMatchObject({ fields: ["time"], zone_column: "tz" });
    expect(times(played.points).map((time) => String(time).slice(11, 16))).toEqual([
      ...["10:00", "16:00", "12:00", "10:00", "06:30", "12:00", "15:00", "21:30"],
    ]);
    expect(played.points[0]!.tags).toEqual({ tz: "Europe/Berlin" });
    expect(played.understanding.ambiguities).toEqual([]);
    expect(played.body.warnings).toContain('The times in "time" are read in the zones that "tz" names.');
    expect(shapePlanOf(played.understanding.plan).timestamp).toMatchObject({ zone_column: "tz" });
  });

  it("follows changes of the clock as Temporal does: a gap is passed, of an hour shown twice the first is meant", () => {
    const rows = ["2024-03-31 01:59:59", "2024-03-31 02:30:00", "2024-03-31 03:00:00"].concat([
      "2024-10-27 01:59:59",
      "2024-10-27 02:30:00",
      "2024-10-27 03:00:00",
    ]);
    const text = rows.map((time, i) => `${time},Europe/Berlin,${i}\n`).join("");
    expect(times(play(`time,zone,value\n${text}`).points)).toEqual([
      ...["2024-03-31T00:59:59Z", "2024-03-31T01:30:00Z", "2024-03-31T01:00:00Z"],
      ...["2024-10-26T23:59:59Z", "2024-10-27T00:30:00Z", "2024-10-27T02:00:00Z"],
    ]);
  });

  it("costs a row whose zone is not known, with the reason, and no other", () => {
    const zones = [...Array<string>(28).fill("Europe/Berlin"), "CST", ""];
    const { points, accounting } = play(csv(zones));
    expect(points).toHaveLength(28);
    expect(accounting.rejectedRows.map(({ reason }) => reason)).toEqual([
      '"tz" names no zone for certain: "CST"',
      '"tz" is empty: nothing says the zone of the row\'s time',
    ]);
  });

  it("is asked about where it has abbreviations alone, until a plan says what they mean", () => {
    const zones = Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? "CET" : "EST"));
    const asked = play(csv(zones));
    expect(timestampOf(asked)).not.toHaveProperty("zone_column");
    expect(String(times(asked.points)[0])).toBe("2024-07-01T12:00:00Z");
    expect(asked.understanding.ambiguities).toMatchObject([
      { field: "tz", readings: [{ chosen: true }, {}] },
    ]);
    expect(asked.understanding.confidence).toBeLessThan(0.85);
    const { plan } = asked.understanding;
    const zone_names = { CET: "Europe/Paris", EST: "-05:00" };
    const timestamp = { ...plan.timestamp!, zone_column: "tz", zone_names };
    const settled = play(csv(zones), { plan: { version: 1, tables: [{ ...plan, timestamp }] } });
    expect(times(settled.points).slice(0, 2)).toEqual(["2024-07-01T10:00:00Z", "2024-07-02T17:00:00Z"]);
  });

  it("does not move a time that names its own zone, nor an epoch", () => {
    const zoned = play(
      "time,tz,value\n2024-07-01T12:00:00Z,Europe/Berlin,1\n2024-07-02T12:00:00Z,Asia/Tokyo,2\n",
    );
    expect(timestampOf(zoned)).not.toHaveProperty("zone_column");
    const rows = Array.from({ length: 30 }, (_, i) => `2024-07-01 12:${i + 10}:00,Europe/Berlin,${i}`);
    const mixed = play(`time,tz,value\n${rows.join("\n")}\n2024-07-01T12:50:00Z,Europe/Berlin,2\n`);
    expect(timestampOf(mixed)).toMatchObject({ zone_column: "tz" });
    expect(times(mixed.points).slice(-2)).toEqual(["2024-07-01T10:39:00Z", "2024-07-01T12:50:00Z"]);
  });

  it("is read for a date and a time of day in two columns, and for times without a year", () => {
    const parted = play(
      "date,time,timezone,value\n2024-07-01,12:00,Europe/Berlin,1\n2024-07-02,13:30,Asia/Tokyo,2\n2024-07-03,1:00,UTC,3\n",
    );
    expect(timestampOf(parted)).toMatchObject({ fields: ["date", "time"], zone_column: "timezone" });
    expect(times(parted.points)).toEqual([
      ...["2024-07-01T10:00:00Z", "2024-07-02T04:30:00Z", "2024-07-03T01:00:00Z"],
    ]);
    const rows = Array.from({ length: 12 }, (_, i) => `Jul ${i + 1} 12:00:00,Europe/Berlin,${i}`);
    const yearless = play(`time,tz,value\n${rows.join("\n")}\n`, { receivedAt: Date.UTC(2024, 8, 1) });
    expect(times(yearless.points)[0]).toBe("2024-07-01T10:00:00Z");
  });

  it("is no column of places, offsets of something else, or regions", () => {
    for (const [header, cells] of [
      ["time,state,value", ["CT", "MT", "PT"]],
      ["time,change,value", ["+02:00", "-01:00", "+03:30"]],
      ["time,zone,value", ["north", "south", "west"]],
      ["time,path,value", ["Europe/Paris/1", "a/b", "c/d"]],
    ] as const) {
      const played = play(csv(cells, header));
      expect(timestampOf(played), header).not.toHaveProperty("zone_column");
      expect(played.understanding.ambiguities, header).toEqual([]);
    }
  });

  it("reads other times of the row in its zone too", () => {
    const rows = Array.from(
      { length: 12 },
      (_, i) => `2024-07-${i + 10} 12:00:00,2024-07-${i + 10} 12:05:00,Europe/Berlin,${i}`,
    );
    const text = `start_time,ended,tz,value\n${rows.join("\n")}\n`;
    const { plan } = play(text).understanding;
    const derived = [{ name: "took", kind: "duration" as const, of: ["start_time", "ended"] }];
    const { points } = play(text, { plan: { version: 1, tables: [{ ...plan, derived }] } });
    expect(points[0]!.fields.took).toBe(300);
  });
});

describe("the name of a time", () => {
  it.each([
    ["timestamp_utc", "UTC", "12:00"],
    ["Time (UTC+2)", "+02:00", "10:00"],
    ["Zeit [-03:30]", "-03:30", "15:30"],
    ["time (Europe/Berlin)", "Europe/Berlin", "10:00"],
    ["America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires", "15:00"],
    ["time (CET)", "UTC", "12:00"],
    ["time (Start/Stop)", "UTC", "12:00"],
    ["local time", "UTC", "12:00"],
  ])("%s is in %s", (name, zone, shown) => {
    const played = play(csv(["a", "b", "c"], `${name},kind,value`));
    expect(timestampOf(played).zone).toBe(zone);
    expect(String(times(played.points)[0]).slice(11, 16)).toBe(shown);
  });

  it("goes before a column of zones", () => {
    const played = play(csv(["Europe/Berlin", "Asia/Tokyo", "UTC"], "time_utc,user_timezone,value"));
    expect(timestampOf(played)).toMatchObject({ zone: "UTC" });
    expect(timestampOf(played)).not.toHaveProperty("zone_column");
    expect(played.body.warnings).not.toContain("Times without a zone are read as UTC.");
  });

  it("may name a place, whose clock changes and whose rows are read one by one", () => {
    const rows = ["2024-03-30 12:00:00,1", "2024-03-31 12:00:00,2", "2024-04-01 12:00:00Z,3"];
    const played = play(`time (Europe/Berlin),value\n${rows.join("\n")}\n`);
    expect(times(played.points)).toEqual([
      "2024-03-30T11:00:00Z",
      "2024-03-31T10:00:00Z",
      "2024-04-01T12:00:00Z",
    ]);
    expect(played.body.warnings).toContain(
      'The times in "time (Europe/Berlin)" are read as Europe/Berlin, as it says.',
    );
    expect(plainTime(played.understanding.plan)).toBeNull();
    expect(plainTime(play("time_utc,value\n2024-03-30 12:00:00,1\n").understanding.plan)).not.toBeNull();
  });

  it("may be settled by a person as a place or an offset, and as no abbreviation", () => {
    const zoned = (zone: string) => ({ ...play(csv(["a"])).understanding.plan.timestamp!, zone });
    for (const zone of ["Asia/Tokyo", "+09:00", "UTC"])
      expect(timestampPlanSchema.safeParse(zoned(zone)).success, zone).toBe(true);
    for (const zone of ["CST", "Mars/Olympus", ""])
      expect(timestampPlanSchema.safeParse(zoned(zone)).success, zone).toBe(false);
  });
});
