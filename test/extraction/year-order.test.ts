import { describe, expect, it } from "vitest";
import { seededRandom } from "../support/series";
import { iso, play } from "./support";

const two = (value: number): string => String(value % 100).padStart(2, "0");

/** How logs write a day of which the year has two digits, or comes last. */
const STYLES: Record<string, (time: Date) => string> = {
  "yy/MM/dd": (t) => `${two(t.getUTCFullYear())}/${two(t.getUTCMonth() + 1)}/${two(t.getUTCDate())}`,
  "dd/MM/yy": (t) => `${two(t.getUTCDate())}/${two(t.getUTCMonth() + 1)}/${two(t.getUTCFullYear())}`,
  "MM/dd/yy": (t) => `${two(t.getUTCMonth() + 1)}/${two(t.getUTCDate())}/${two(t.getUTCFullYear())}`,
  "dd/MM/yyyy": (t) => `${two(t.getUTCDate())}/${two(t.getUTCMonth() + 1)}/${t.getUTCFullYear()}`,
  "MM/dd/yyyy": (t) => `${two(t.getUTCMonth() + 1)}/${two(t.getUTCDate())}/${t.getUTCFullYear()}`,
};

function linesOf(style: string, times: readonly string[]): string {
  return times
    .map((time, i) => {
      const day = STYLES[style]!(new Date(time));
      return `${day} ${time.slice(11, 19)} INFO exec.Worker: Finished stage ${i} of ${i % 7} parts`;
    })
    .join("\n");
}

/** Lines of some days that could be written in any order: no part of the date is over 12. */
function timesOfDays(seed: number, days: number): string[] {
  const random = seededRandom(seed);
  const start = Date.UTC(
    2007 + Math.floor(random() * 3),
    Math.floor(random() * 12),
    1 + Math.floor(random() * 6),
  );
  return Array.from({ length: days * 8 }, (_, i) =>
    new Date(start + i * 3 * 3_600_000 + Math.floor(random() * 3_600) * 1_000).toISOString(),
  );
}

describe("the order of dates in a log", () => {
  it.each(Object.keys(STYLES))("follows from its days lying together: %s", (style) => {
    for (let seed = 1; seed <= 20; seed++) {
      const times = timesOfDays(seed, 5);
      const { points, body } = play(linesOf(style, times));
      expect(points.map(iso)).toEqual(times);
      expect(body.confidence).toBeGreaterThan(0.8);
    }
  });

  it("of one day puts the year first, is surer than of a table, and is asked for", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const times = timesOfDays(seed, 1);
      const { points, body } = play(linesOf("yy/MM/dd", times));
      expect(points.map(iso)).toEqual(times);
      expect(body.confidence).toBeGreaterThan(0.8);
      expect(body.confidence).toBeLessThan(0.95);
      const table = ["day,load", ...times.map((time, i) => `${STYLES["yy/MM/dd"]!(new Date(time))},${i}`)];
      expect(play(table.join("\n")).body.confidence).toBeLessThan(0.6);
    }
  });

  it("of one day is not known where the year of four digits comes last", () => {
    const { body } = play(linesOf("dd/MM/yyyy", ["2007-03-04T01:00:00.000Z", "2007-03-04T02:00:00.000Z"]));
    expect(body.ambiguities).toHaveLength(1);
    expect(body.confidence).toBeLessThan(0.65);
  });
});
