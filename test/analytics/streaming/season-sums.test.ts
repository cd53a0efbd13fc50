import { describe, expect, it } from "vitest";
import { createState, StreamingDetector } from "../../../src/analytics/detection/streaming/detector";
import { Head, layoutOf, statisticsOf } from "../../../src/analytics/detection/streaming/layout";
import { SeasonSums } from "../../../src/analytics/detection/streaming/season-sums";
import { SETTINGS } from "../../../src/analytics/detection/streaming/settings";
import { seededNormal } from "../../support/series";
import { alertsOf, FORMS, HOUR_MICROS, noise } from "./daily";

const FIRST = 700;
const AGAIN = 1_000;
const LENGTH = 1_200;

/** A pattern of the day's hours with noise, of which two days come half a day late. */
function late(seed: number): number[] {
  const normal = seededNormal(seed);
  const pattern = Array.from({ length: 24 }, () => 3 * normal());
  const isLate = (i: number) => [FIRST, AGAIN].some((from) => i >= from && i < from + 24);
  return Array.from({ length: LENGTH }, (_, i) => 100 + pattern[(i + (isLate(i) ? 12 : 0)) % 24]! + normal());
}

/** Seeds whose first late day is told as one by its steps, and not by an error before. */
const told = (form: (typeof FORMS)[number]) =>
  Array.from({ length: 150 }, (_, seed) => seed).filter((seed) => {
    const alerts = alertsOf(new StreamingDetector(createState(form)), late(seed), 0, FIRST + 36);
    return alerts.find(({ at }) => at >= FIRST)?.kind === "phase";
  });

describe.each(FORMS)("a day that comes late, %s form", (form) => {
  const seeds = told(form);

  it("is told without a band, for it is not its value that is judged", () => {
    expect(seeds.length).toBeGreaterThan(3);
    for (const seed of seeds) {
      const detector = new StreamingDetector(createState(form));
      for (const [i, value] of late(seed).entries()) {
        detector.observe(i * HOUR_MICROS, value);
        if (detector.verdict?.kind !== "phase") continue;
        expect(detector.verdict).toMatchObject({ lower: null, upper: null });
        expect(detector.verdict.message).toContain("out of step");
      }
    }
  });

  it("is passed over when it comes again after it was called expected", () => {
    const toldAgain = (isMarked: boolean): number =>
      seeds.filter((seed) => {
        const detector = new StreamingDetector(createState(form));
        const values = late(seed);
        const first = alertsOf(detector, values, 0, FIRST + 36).find(({ at }) => at >= FIRST)!;
        if (isMarked)
          detector.accept({ timeMicros: first.at * HOUR_MICROS, kind: first.kind, value: first.value });
        return alertsOf(detector, values, FIRST + 36, LENGTH).some(({ kind }) => kind === "phase");
      }).length;
    expect(toldAgain(true)).toBe(0);
    expect(toldAgain(false)).toBeGreaterThan(0);
  });
});

describe.each(FORMS)("values that are away from the season, %s form", (form) => {
  /** The statistic after six hours that are four usual sizes off, by so many readings an hour. */
  const awayAt = (readings: number, off = 4): number => {
    const detector = new StreamingDetector(createState(form));
    for (const [i, value] of noise(240 * readings, 1).entries())
      detector.observe((i * HOUR_MICROS) / readings, value);
    const { state } = detector;
    const { seasonSums, tails } = layoutOf(state);
    statisticsOf(state, layoutOf(state)).fill(0, seasonSums, tails);
    const sums = new SeasonSums(SETTINGS);
    sums.use(state);
    for (let i = 0; i < 6 * readings; i++) {
      state[Head.awaySize] = 1;
      sums.look({ phase: 0, step: 0 }, state[Head.lastShort]! + off);
    }
    return sums.away;
  };

  it("count for more the finer they are read, but no more than chance does", () => {
    expect(awayAt(1)).toBeGreaterThan(0);
    expect(awayAt(4)).toBeCloseTo(2 * awayAt(1), 5);
  });

  it("count alike in both directions, and not at all within the allowance", () => {
    expect(awayAt(1, -4)).toBeCloseTo(awayAt(1), 5);
    expect(awayAt(1, SETTINGS.away.allowance)).toBe(0);
  });
});
