import { describe, expect, it } from "vitest";
import {
  ARRIVAL_NUMBERS,
  arrived,
  lookAt,
  ownTime,
} from "../../../durable-objects/stream/detection/arrivals";

const SECOND = 1_000_000;
/** Readings of every second; 24 seconds are a silence. */
const SILENCE = 24 * SECOND;

/** The numbers of a series after writes at these times (ms), each with the reading of that moment minus `lagMs`. */
function written(writesMs: readonly number[], lagMs = 0): { numbers: Float64Array; lastMicros: number } {
  const numbers = new Float64Array(ARRIVAL_NUMBERS);
  let lastMicros = 0;
  for (const ms of writesMs) {
    lastMicros = (ms - lagMs) * 1_000;
    arrived(numbers, 0, ms, lastMicros);
  }
  return { numbers, lastMicros };
}

const writes = (count: number, everyMs: number) =>
  Array.from({ length: count }, (_, i) => 1e12 + i * everyMs);
const lookAfter = (writesMs: readonly number[], lagMs = 0): number | null => {
  const { numbers, lastMicros } = written(writesMs, lagMs);
  const look = lookAt(numbers, 0, lastMicros + SILENCE);
  return look === null ? null : look - writesMs.at(-1)!;
};

/** Never before, and little after. */
function expectAbout(dueMs: number | null, silentMs: number): void {
  expect(dueMs).toBeGreaterThanOrEqual(silentMs);
  expect(dueMs).toBeLessThanOrEqual(silentMs + Math.max(1_000, silentMs / 16));
}

describe("a look for silence", () => {
  it("is due when the silence begins, by the clock of the series", () => {
    // In time, or with a clock that is behind or ahead.
    for (const lagMs of [0, 5_000, -3_600_000]) expectAbout(lookAfter(writes(60, 1_000), lagMs), 24_000);
    const { numbers, lastMicros } = written(writes(60, 1_000), 5_000);
    expect(ownTime(numbers, 0, 1e12 + 59_000 + 24_000)).toBe(lastMicros + SILENCE);
  });

  it("is due at one moment for series that spoke in turns: what fell silent together is told together", () => {
    const dues = [0, 300, 700, 999].map((offset) => {
      const { numbers, lastMicros } = written(writes(60, 60_000).map((ms) => ms + 10 * offset));
      return lookAt(numbers, 0, lastMicros + 24 * 60 * SECOND);
    });
    expect(new Set(dues).size).toBe(1);
  });

  it("waits for longer than any pause between two writes: what is sent by the hour is not silent in between", () => {
    expectAbout(lookAfter(writes(60, 3_600_000)), 5_400_000);
  });

  it("is never due for history, for a series that is hardly known, and where the detector knows no silence", () => {
    expect(lookAfter(writes(60, 1_000), 86_400_000)).toBeNull();
    expect(lookAfter(writes(11, 1_000))).toBeNull();
    expect(lookAt(written(writes(60, 1_000)).numbers, 0, null)).toBeNull();
  });
});
