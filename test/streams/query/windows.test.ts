import { describe, expect, it } from "vitest";
import { parseIso } from "../../../src/core/timestamps";
import { zoneOf } from "../../../src/core/zones";
import { parseEvery } from "../../../src/streams/query/every";
import { edgesOf, gridOf } from "../../../src/streams/query/windows";
import { seededRandom } from "../../support/series";
import { DAY, HOUR } from "./support";

const at = (iso: string) => parseIso(iso)!;
const edges = (every: string, zone: string | null, from: string, to: string) =>
  [
    ...edgesOf(gridOf(parseEvery(every)!, zone === null ? null : zoneOf(zone))!, at(from), at(to), 10_000),
  ].map((edge) => new Date(edge / 1_000).toISOString().replace(":00.000Z", "Z"));
const lengths = (every: string, zone: string, from: string, to: string) => {
  const found = edgesOf(gridOf(parseEvery(every)!, zoneOf(zone))!, at(from), at(to), 10_000);
  return [...found.subarray(1)].map((edge, i) => (edge - found[i]!) / HOUR);
};

describe("a duration", () => {
  it.each([
    ["30s", { unit: "micros", count: 30_000_000 }],
    ["5m", { unit: "micros", count: 300_000_000 }],
    ["250ms", { unit: "micros", count: 250_000 }],
    ["7us", { unit: "micros", count: 7 }],
    ["1d", { unit: "days", count: 1 }],
    ["2w", { unit: "weeks", count: 2 }],
    ["1mo", { unit: "months", count: 1 }],
    ["1q", { unit: "months", count: 3 }],
    ["1y", { unit: "months", count: 12 }],
  ])("%s is read", (text, every) => {
    expect(parseEvery(text)).toEqual(every);
  });

  it.each(["", "5", "m", "0m", "-1h", "1.5h", "1 h", "5min", "1M", "999999999999999y", "1h30m"])(
    "%j is refused",
    (text) => {
      expect(parseEvery(text)).toBeNull();
    },
  );
});

describe("windows", () => {
  it("in UTC are aligned to the epoch, weeks to Monday, months and longer to the calendar", () => {
    expect(edges("5m", null, "2024-01-01T00:07:00Z", "2024-01-01T00:11:00Z")).toEqual([
      "2024-01-01T00:05Z",
      "2024-01-01T00:10Z",
      "2024-01-01T00:15Z",
    ]);
    expect(edges("1w", null, "2024-01-03T00:00:00Z", "2024-01-09T00:00:00Z")).toEqual([
      "2024-01-01T00:00Z",
      "2024-01-08T00:00Z",
      "2024-01-15T00:00Z",
    ]);
    expect(edges("1mo", null, "2024-02-29T00:00:00Z", "2024-03-02T00:00:00Z")).toEqual([
      "2024-02-01T00:00Z",
      "2024-03-01T00:00Z",
      "2024-04-01T00:00Z",
    ]);
    expect(edges("1q", null, "1969-12-31T00:00:00Z", "1970-01-01T00:00:00Z")).toEqual([
      "1969-10-01T00:00Z",
      "1970-01-01T00:00Z",
    ]);
    expect(edges("1y", null, "2023-06-01T00:00:00Z", "2024-01-01T00:00:00Z")).toEqual([
      "2023-01-01T00:00Z",
      "2024-01-01T00:00Z",
    ]);
  });

  it("of a day in a zone have 23 and 25 hours where its clock changes", () => {
    expect(lengths("1d", "Europe/Berlin", "2024-03-29T23:00:00Z", "2024-04-01T22:00:00Z")).toEqual([
      24, 23, 24,
    ]);
    expect(lengths("1d", "Europe/Berlin", "2024-10-25T22:00:00Z", "2024-10-28T23:00:00Z")).toEqual([
      24, 25, 24,
    ]);
    expect(lengths("1d", "America/New_York", "2024-03-10T05:00:00Z", "2024-03-11T04:00:00Z")).toEqual([23]);
    expect(lengths("1d", "America/New_York", "2024-11-03T04:00:00Z", "2024-11-04T05:00:00Z")).toEqual([25]);
  });

  it("of an hour are 23 and 25 on such a day, longer ones follow the clock", () => {
    expect(edges("1h", "Europe/Berlin", "2024-03-30T23:00:00Z", "2024-03-31T22:00:00Z")).toHaveLength(24);
    expect(edges("1h", "Europe/Berlin", "2024-10-26T22:00:00Z", "2024-10-27T23:00:00Z")).toHaveLength(26);
    expect(lengths("6h", "Europe/Berlin", "2024-03-30T23:00:00Z", "2024-03-31T22:00:00Z")).toEqual([
      5, 6, 6, 6,
    ]);
    expect(lengths("6h", "America/New_York", "2024-11-03T04:00:00Z", "2024-11-04T05:00:00Z")).toEqual([
      7, 6, 6, 6,
    ]);
    expect(lengths("2h", "Europe/Berlin", "2024-03-30T23:00:00Z", "2024-03-31T03:00:00Z")).toEqual([2, 1, 2]);
    expect(edges("1h", "Asia/Kolkata", "2024-01-01T00:00:00Z", "2024-01-01T00:10:00Z")).toEqual([
      "2023-12-31T23:30Z",
      "2024-01-01T00:30Z",
    ]);
  });

  it("of weeks, months and years begin at local midnight", () => {
    expect(edges("1mo", "America/New_York", "2024-03-05T00:00:00Z", "2024-04-02T00:00:00Z")).toEqual([
      "2024-03-01T05:00Z",
      "2024-04-01T04:00Z",
      "2024-05-01T04:00Z",
    ]);
    expect(edges("1w", "Europe/Berlin", "2024-03-27T00:00:00Z", "2024-03-31T22:00:00Z")).toEqual([
      "2024-03-24T23:00Z",
      "2024-03-31T22:00Z",
    ]);
  });

  it("stay whole where midnight is skipped, shown twice, or a day never was", () => {
    expect(lengths("1d", "America/Sao_Paulo", "2018-11-03T03:00:00Z", "2018-11-05T02:00:00Z")).toEqual([
      24, 23,
    ]);
    expect(lengths("1d", "America/Sao_Paulo", "2018-02-17T02:00:00Z", "2018-02-18T03:00:00Z")).toEqual([25]);
    expect(lengths("1d", "Pacific/Apia", "2011-12-29T10:00:00Z", "2011-12-31T10:00:00Z")).toEqual([24, 24]);
  });

  it.each(["Europe/Berlin", "America/New_York", "America/Havana", "Australia/Lord_Howe", "Pacific/Apia"])(
    "of %s hold every moment between their edges",
    (name) => {
      const random = seededRandom(7);
      for (const every of ["1h", "4h", "7h", "1d", "3d", "1w", "1mo", "1q"]) {
        const grid = gridOf(parseEvery(every)!, zoneOf(name))!;
        for (let i = 0; i < 60; i++) {
          const moment = at("1995-01-01T00:00:00Z") + Math.floor(random() * 12_000 * DAY);
          const start = grid.floor(moment);
          const end = grid.next(start);
          expect(start).toBeLessThanOrEqual(moment);
          expect(end).toBeGreaterThan(moment);
          expect(grid.floor(start)).toBe(start);
          expect(grid.floor(end - 1)).toBe(start);
          expect(grid.floor(end)).toBe(end);
        }
      }
    },
  );

  it("have no zone that Intl does not know, and no hours past a day that are no days", () => {
    expect(zoneOf("Europe/Nowhere")).toBeNull();
    expect(zoneOf("+02:00")).toBeNull();
    expect(zoneOf("")).toBeNull();
    expect(gridOf(parseEvery("36h")!, zoneOf("Europe/Berlin"))).toBeNull();
    expect(gridOf(parseEvery("48h")!, zoneOf("Europe/Berlin"))).not.toBeNull();
  });
});
