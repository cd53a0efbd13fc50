import { describe, expect, it } from "vitest";
import { phaseAt, seasonsOf } from "../../../src/analytics/detection/streaming/seasons";

const SECOND = 1e6;
const HOUR = 3_600 * SECOND;
const DAY = 24 * HOUR;

const phasesOf = (stepMicros: number) => {
  const { short, long } = seasonsOf(stepMicros);
  return [short?.phases ?? 0, long?.phases ?? 0];
};

describe("the seasons of a sampling step", () => {
  it.each([
    [HOUR, [24, 168]],
    [5 * 60 * SECOND, [288, 2_016]],
    [60 * SECOND, [1_440, 0]],
    [10 * SECOND, [360, 0]],
    [SECOND, [60, 0]],
    [DAY, [7, 0]],
    [7 * DAY, [52, 0]],
    [30 * DAY, [12, 0]],
    [365 * DAY, [0, 0]],
    [0, [0, 0]],
    [Number.NaN, [0, 0]],
  ])("%s", (step, phases) => {
    expect(phasesOf(step)).toEqual(phases);
  });

  it("are kept through jitter, by the time since the beginning", () => {
    const season = { micros: DAY, phases: 24 };
    for (let i = 0; i < 500; i++)
      for (const jitter of [-0.4, 0, 0.4]) expect(phaseAt(season, (i + jitter) * HOUR)).toBe(i % 24);
  });
});
