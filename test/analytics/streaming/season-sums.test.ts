import { describe, expect, it } from "vitest";
import { createState, StreamingDetector } from "../../../src/analytics/detection/streaming/detector";
import { seededNormal } from "../../support/series";
import { alertsOf, FORMS, HOUR_MICROS } from "./daily";

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
