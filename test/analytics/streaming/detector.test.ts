import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  StreamingDetector,
  type StreamingVerdict,
} from "../../../src/analytics/detection/streaming/detector";
import { seededNormal } from "../../support/series";

const HOUR_MICROS = 3_600_000_000;

interface Judged {
  scores: number[];
  alerts: { at: number; verdict: StreamingVerdict }[];
}

/** The readings an hour apart. */
function judge(values: readonly number[], detector = new StreamingDetector(), from = 0): Judged {
  const alerts: Judged["alerts"] = [];
  const scores = values.map((value, i) => {
    const score = detector.observe((from + i) * HOUR_MICROS, value);
    const { verdict } = detector;
    if (verdict) alerts.push({ at: from + i, verdict });
    return score;
  });
  return { scores, alerts };
}

const noiseOf = (seed: number, size: number): (() => number) => {
  const normal = seededNormal(seed);
  return () => size * normal();
};

/** A daily cycle between 80 and 120 with noise of 1. */
function clean(length: number, seed: number): number[] {
  const noise = noiseOf(seed, 1);
  return Array.from({ length }, (_, i) => 100 + 20 * Math.sin((2 * Math.PI * i) / 24) + noise());
}

const changed = (values: number[], change: (value: number, i: number) => number): number[] =>
  values.map(change);
const between = (i: number, from: number, to: number): boolean => i >= from && i < to;
const firstFrom = ({ alerts }: Judged, from: number) => alerts.find(({ at }) => at >= from);

describe("the streaming detector finds in a daily cycle", () => {
  const values = clean(900, 5);
  const noise = noiseOf(6, 12);

  it("a spike, as far as it is beyond its band", () => {
    const { at, verdict } = firstFrom(judge(changed(values, (v, i) => (i === 700 ? v + 15 : v))), 650)!;
    expect(at).toBe(700);
    expect(verdict.kind).toBe("spike");
    expect(verdict.value).toBeGreaterThan(verdict.upper!);
    expect(verdict.expected).toBeLessThanOrEqual(verdict.upper!);
    expect(verdict.expected).toBeGreaterThanOrEqual(verdict.lower!);
    expect(verdict.score).toBeGreaterThanOrEqual(0.5);
    expect(verdict.message).toMatch(/^\d+\.\d+ is a spike: at most \d+\.\d+ was expected$/);
  });

  it("a dip", () => {
    const { at, verdict } = firstFrom(judge(changed(values, (v, i) => (i === 700 ? v - 15 : v))), 650)!;
    expect([at, verdict.kind]).toEqual([700, "dip"]);
    expect(verdict.value).toBeLessThan(verdict.lower!);
  });

  it("an outage", () => {
    const found = judge(changed(values, (v, i) => (between(i, 700, 710) ? 0 : v)));
    expect(firstFrom(found, 650)).toMatchObject({ at: 700, verdict: { kind: "dip" } });
  });

  it("a level that shifts", () => {
    const found = judge(changed(values, (v, i) => (i >= 700 ? v + 8 : v)));
    expect(firstFrom(found, 650)!.at).toBeLessThan(706);
  });

  it("a sensor that is stuck", () => {
    const found = firstFrom(
      judge(changed(values, (v, i) => (between(i, 700, 724) ? values[700]! : v))),
      650,
    )!;
    expect(found.at).toBeLessThan(706);
  });

  it("a sensor that is stuck at a value near the expected ones", () => {
    const flat = changed(clean(900, 7), (_, i) => (between(i, 700, 724) ? 100 : 100 + noise() / 12));
    expect(firstFrom(judge(flat), 650)).toMatchObject({ verdict: { kind: "flat_line", lower: null } });
  });

  it("a day half a day late", () => {
    const found = judge(changed(values, (v, i) => (between(i, 700, 724) ? values[i - 12]! : v)));
    expect(firstFrom(found, 650)!.at).toBeLessThan(706);
  });

  it("data that are missing for longer than ever", () => {
    const detector = new StreamingDetector();
    const found = values.slice(0, 760).flatMap((value, i) => {
      if (between(i, 700, 750)) return [];
      detector.observe(i * HOUR_MICROS, value);
      return detector.verdict ? [{ at: i, verdict: detector.verdict }] : [];
    });
    expect(found.at(-1)).toMatchObject({ at: 750, verdict: { kind: "gap", lower: null } });
  });

  it("noise that grows", () => {
    const found = judge(changed(values, (v, i) => (between(i, 700, 724) ? v + noise() : v)));
    expect(firstFrom(found, 650)!.at).toBeLessThan(724);
  });
});

describe("the streaming detector", () => {
  it("raises fewer false alarms on clean series than one in a thousand readings", () => {
    const alarms = Array.from({ length: 20 }, (_, seed) => judge(clean(1_000, 100 + seed)).alerts.length);
    expect(alarms.reduce((a, b) => a + b)).toBeLessThanOrEqual(20);
  });

  it("calls one incident one alert", () => {
    const values = changed(clean(900, 5), (v, i) => (between(i, 700, 710) ? 0 : v));
    expect(judge(values).alerts.filter(({ at }) => between(at, 690, 740))).toHaveLength(1);
  });

  it("judges by the past only: a prefix is judged like the whole", () => {
    const values = changed(clean(900, 5), (v, i) => (i % 150 === 149 ? v + 20 : v));
    const whole = judge(values).scores;
    expect(Math.max(...whole)).toBeGreaterThan(0.5);
    for (const end of [5, 12, 100, 600, 751])
      expect(judge(values.slice(0, end)).scores).toEqual(whole.slice(0, end));
  });

  it("goes on from its stored state as if nothing had been", () => {
    const values = changed(clean(900, 5), (v, i) => (i % 150 === 149 ? v + 20 : v));
    const whole = judge(values);
    for (const end of [0, 5, 12, 100, 600, 751]) {
      const before = new StreamingDetector();
      judge(values.slice(0, end), before);
      const bytes = new Uint8Array(before.state.buffer.slice(0));
      const after = new StreamingDetector(new Float64Array(bytes.buffer));
      const rest = judge(values.slice(end), after, end);
      expect(rest.scores).toEqual(whole.scores.slice(end));
      expect(rest.alerts).toEqual(whole.alerts.filter(({ at }) => at >= end));
    }
  });

  it("serves series in turn without mixing them", () => {
    const detector = new StreamingDetector();
    const values = [clean(300, 1), clean(300, 2).map((value) => -1e6 * value)];
    const states = values.map(() => new StreamingDetector().state);
    const scores = values.map(() => [] as number[]);
    for (let i = 0; i < 300; i++)
      for (const s of [0, 1]) {
        detector.use(states[s]!);
        scores[s]!.push(detector.observe(i * HOUR_MICROS, values[s]![i]!));
        states[s] = detector.state;
      }
    expect(scores).toEqual(values.map((one) => judge(one).scores));
  });

  it("passes over readings that are late, repeated or no number", () => {
    const detector = new StreamingDetector();
    const { scores } = judge(clean(300, 1), detector);
    const state = detector.state.slice();
    expect(scores).toHaveLength(300);
    for (const [hour, value] of [
      [299, 1e6],
      [10, 1e6],
      [300, Number.NaN],
      [300, Number.POSITIVE_INFINITY],
    ] as const)
      expect(detector.observe(hour * HOUR_MICROS, value)).toBe(0);
    expect(detector.state).toEqual(state);
  });

  it.each([
    ["an hour", 3_600],
    ["five minutes", 300],
    ["a minute", 60],
    ["a second", 1],
    ["a day", 86_400],
    ["no usual step", 7_777],
  ])("keeps its state below 64 KB with readings every %s", (_, seconds) => {
    const detector = new StreamingDetector();
    for (let i = 0; i < 50; i++) detector.observe(i * seconds * 1e6, i % 7);
    expect(detector.state.byteLength).toBeLessThanOrEqual(65_536);
  });

  it("judges huge and tiny units alike", () => {
    const values = changed(clean(400, 5), (v, i) => (i === 300 ? v + 20 : v));
    const expected = judge(values).scores;
    for (const unit of [2 ** -900, 2 ** -30, 2 ** 30, 2 ** 900])
      expect(judge(values.map((value) => value * unit)).scores).toEqual(expected);
  });

  const ugly = fc.oneof(
    { weight: 5, arbitrary: fc.double({ min: -10, max: 10, noNaN: true }) },
    { weight: 2, arbitrary: fc.constantFrom(0, 0, 1, -1, 5e-324, -1e-290, 1e290, -1.7e308) },
    { weight: 1, arbitrary: fc.double() },
  );

  it("gives scores in [0, 1] and a state without infinities whatever comes, and no anomaly inside its band", () => {
    fc.assert(
      fc.property(
        fc.array(ugly, { minLength: 80, maxLength: 300 }),
        fc.integer({ min: 1, max: 40 }),
        (values, repeat) => {
          const detector = new StreamingDetector();
          const readings = [...values, ...values.slice(0, 5).flatMap((value) => Array(repeat).fill(value))];
          readings.forEach((value, i) => {
            const score = detector.observe(i * HOUR_MICROS, value);
            expect(detector.state.some((number) => Math.abs(number) === Number.POSITIVE_INFINITY)).toBe(
              false,
            );
            expect(score >= 0 && score <= 1).toBe(true);
            const verdict = detector.verdict;
            expect(verdict !== null).toBe(score >= 0.5);
            if (verdict === null) return;
            expect(Number.isFinite(verdict.expected)).toBe(true);
            const { lower, upper, expected } = verdict;
            if (lower === null || upper === null) return;
            expect(verdict.value > upper || verdict.value < lower).toBe(true);
            expect(expected >= lower && expected <= upper).toBe(true);
          });
        },
      ),
      { seed: 1, numRuns: 100 },
    );
  });
});
