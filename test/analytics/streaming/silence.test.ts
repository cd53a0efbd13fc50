import { describe, expect, it } from "vitest";
import {
  createState,
  isWarmingUp,
  StreamingDetector,
  silenceFrom,
  warmUpLeft,
} from "../../../src/analytics/detection/streaming/detector";
import { Place } from "../../../src/analytics/detection/streaming/layout";
import { dailyCycle, FORMS, noise } from "./daily";

const MINUTE_MICROS = 60_000_000;

/** A reading each minute, `length` of them. */
function minutes(
  detector: StreamingDetector,
  values: readonly number[],
  from: number,
  length: number,
): number[] {
  return Array.from({ length }, (_, i) => detector.observe((from + i) * MINUTE_MICROS, values[from + i]!));
}

const known = (state: Float64Array): Float64Array => {
  const copy = state.slice();
  copy.fill(0, Place.alerts, Place.accepted);
  return copy;
};

describe.each(FORMS)("a silence, %s form", (form) => {
  const values = noise(1_000, 3);
  const lastMicros = 299 * MINUTE_MICROS;

  function readTo(length: number): StreamingDetector {
    const detector = new StreamingDetector(createState(form));
    minutes(detector, values, 0, length);
    return detector;
  }

  it("is an anomaly from the microsecond at which a reading would end a gap that is one", () => {
    const from = silenceFrom(readTo(300).state)!;
    expect(from).toBe(lastMicros + 24 * MINUTE_MICROS + 1);
    const verdictAt = (timeMicros: number) => {
      const detector = readTo(300);
      detector.observe(timeMicros, 100);
      return detector.verdict?.kind;
    };
    expect([verdictAt(from - 1), verdictAt(from)]).toEqual([undefined, "gap"]);
  });

  it.each([
    [7_777_777, 1.7e15],
    [333_333, 1_700_000_000_123_457],
    [1, 0],
  ])("begins at the same microsecond as in a run of readings %i µs apart", (step, start) => {
    const detector = new StreamingDetector(createState(form));
    // A gap of twenty steps, so that what is unusual is no whole number of them.
    for (let i = 0; i < 300; i++) detector.observe(start + (i < 200 ? i : i + 19.3) * step, values[i]!);
    const from = silenceFrom(detector.state)!;
    const endedAt = (timeMicros: number) => {
      const probe = new StreamingDetector(detector.state.slice());
      probe.observe(timeMicros, 100);
      return probe.verdict?.kind;
    };
    expect(endedAt(from)).toBe("gap");
    expect(endedAt(from - 1)).toBeUndefined();
  });

  it("is told once, in a plain sentence", () => {
    const detector = readTo(300);
    const from = silenceFrom(detector.state)!;
    expect(detector.noteSilence(from - 1)).toBeNull();
    expect(detector.noteSilence(Number.NaN)).toBeNull();
    expect(detector.noteSilence(lastMicros + 25 * MINUTE_MICROS)).toMatchObject({
      kind: "gap",
      value: values[299],
      lower: null,
      upper: null,
      score: 0.5,
      severity: "INFO",
      message: "no reading for 25 minutes where one comes each minute",
    });
    expect(silenceFrom(detector.state)).toBeNull();
    expect(detector.noteSilence(lastMicros + 250 * MINUTE_MICROS)).toBeNull();
  });

  it("is told once also when the state was stored in between", () => {
    const detector = readTo(300);
    detector.noteSilence(lastMicros + 25 * MINUTE_MICROS);
    expect(
      new StreamingDetector(detector.state.slice()).noteSilence(lastMicros + 26 * MINUTE_MICROS),
    ).toBeNull();
  });

  it("leaves the state as the reading that ends it would alone, which tells nothing more", () => {
    const [told, untold] = [readTo(300), readTo(300)];
    expect(told.noteSilence(lastMicros + 25 * MINUTE_MICROS)).not.toBeNull();
    for (const detector of [told, untold]) minutes(detector, values, 340, 1);
    expect(untold.verdict?.kind).toBe("gap");
    expect(told.verdict).toBeNull();
    expect(known(told.state)).toEqual(known(untold.state));
    expect(minutes(told, values, 341, 400)).toEqual(minutes(untold, values, 341, 400));
  });

  it("does not count against a reading that was on its way before the silence was long", () => {
    const [told, untold] = [readTo(300), readTo(300)];
    told.noteSilence(lastMicros + 25 * MINUTE_MICROS);
    expect(minutes(told, values, 310, 200)).toEqual(minutes(untold, values, 310, 200));
    expect(known(told.state)).toEqual(known(untold.state));
  });

  it("is told again only when it is longer, once a person called it expected", () => {
    const detector = readTo(300);
    const toldMicros = lastMicros + 30 * MINUTE_MICROS;
    detector.noteSilence(toldMicros);
    detector.accept({ timeMicros: toldMicros, kind: "gap", value: values[299]! });
    minutes(detector, values, 335, 5);
    expect(detector.verdict).toBeNull();
    const from = silenceFrom(detector.state)!;
    expect(from).toBe(339 * MINUTE_MICROS + 1.5 * 36 * MINUTE_MICROS + 1);
  });

  it("is told of what dies right after another alert, too", () => {
    const detector = readTo(300);
    detector.observe(300 * MINUTE_MICROS, 1_000);
    expect(detector.verdict?.kind).toBe("spike");
    expect(detector.noteSilence(325 * MINUTE_MICROS)?.kind).toBe("gap");
    expect(detector.noteSilence(326 * MINUTE_MICROS)).toBeNull();
  });

  it("is unknown while warming up, of which the readings that are left are told", () => {
    const detector = new StreamingDetector(createState(form));
    for (const [length, left] of [
      [0, 60],
      [11, 49],
      [12, 48],
      [59, 1],
      [60, 0],
      [200, 0],
    ] as const) {
      const at = detector.state[1]!;
      minutes(detector, dailyCycle(300, 1), at, length - at);
      expect(warmUpLeft(detector.state)).toBe(left);
      expect(isWarmingUp(detector.state)).toBe(left > 0);
      expect(silenceFrom(detector.state) === null).toBe(left > 0);
      if (left > 0) expect(detector.noteSilence(1e15)).toBeNull();
    }
  });

  it.each([
    [60, "no reading for 25 minutes where one comes each minute"],
    [1, "no reading for 25 seconds where one comes each second"],
    [0.25, "no reading for 6.3 seconds where one comes each 250 milliseconds"],
    [300, "no reading for 2.1 hours where one comes each 5 minutes"],
    [3_600, "no reading for 25 hours where one comes each hour"],
    [86_400, "no reading for 25 days where one comes each day"],
  ])("of readings each %d seconds is told in words", (seconds, message) => {
    const detector = new StreamingDetector(createState(form));
    for (let i = 0; i < 300; i++) detector.observe(i * seconds * 1e6, values[i]!);
    expect(detector.noteSilence((299 + 25) * seconds * 1e6)?.message).toBe(message);
  });
});
