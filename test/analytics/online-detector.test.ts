import { describe, expect, it } from "vitest";
import {
  createDetector,
  DETECTOR_NUMBERS,
  DETECTOR_WINDOW,
  observe,
  type Verdict,
} from "../../src/analytics/detection/online";
import { airPassengers, lynx, nile, seededNormal, seededRandom } from "../support/series";
import { sortingDetector } from "../support/sorting-detector";

const MINUTE_MICROS = 60_000_000;

/** The readings at which the detector alarms, a minute apart. */
function alarmsOf(values: ArrayLike<number>, detector = createDetector(), from = 0) {
  const alarms: { at: number; verdict: Verdict }[] = [];
  for (let i = 0; i < values.length; i++) {
    const verdict = observe(detector, (from + i) * MINUTE_MICROS, values[i]!);
    if (verdict !== null) alarms.push({ at: from + i, verdict });
  }
  return alarms;
}

const placesOf = (values: ArrayLike<number>): number[] => alarmsOf(values).map(({ at }) => at);

const list = (length: number, of: (i: number) => number): number[] => Array.from({ length }, (_, i) => of(i));
const noisy = (length: number, of: (i: number) => number, size: number, seed = 1): number[] => {
  const normal = seededNormal(seed);
  return list(length, (i) => of(i) + size * normal());
};
const dailyCycle = (i: number): number => 20 + 5 * Math.sin((2 * Math.PI * i) / 1_440);

describe("the online detector is quiet on", () => {
  const random = seededRandom(8);
  const walk = seededNormal(9);
  let level = 100;
  const series: Record<string, ArrayLike<number>> = {
    "growing seasonal monthly passengers": airPassengers,
    "the Nile": nile,
    "lynx, which explode and collapse in a rhythm of ten years": lynx,
    noise: noisy(20_000, () => 0, 1),
    "a daily cycle read each minute": noisy(10_000, dailyCycle, 0.1),
    "a daily cycle without noise": list(10_000, dailyCycle),
    "a daily cycle rounded to tenths": noisy(10_000, dailyCycle, 0.1).map(
      (value) => Math.round(value * 10) / 10,
    ),
    "a daily cycle read each hour": noisy(10_000, (i) => dailyCycle(60 * i), 0.3),
    "a random walk": list(20_000, () => {
      level += walk();
      return level;
    }),
    "a line": list(2_000, (i) => 3 * i),
    "exponential growth": list(700, (i) => Math.exp(0.02 * i)),
    "a constant": list(1_000, () => 20),
    "a constant that wiggles by one step now and then": list(1_000, (i) => (i % 97 === 0 ? 20.1 : 20)),
    "rare counts": list(5_000, () => (random() < 0.3 ? (random() < 0.3 ? 2 : 1) : 0)),
    "a constant zero that begins to count": list(1_000, (i) => (i > 500 ? i % 3 : 0)),
  };

  it.each(Object.entries(series))("%s", (_name, values) => {
    expect(placesOf(values)).toEqual([]);
  });
});

describe("the online detector alarms", () => {
  it("at a spike, with its bounds and severity", () => {
    const alarms = alarmsOf(noisy(500, (i) => 20 + (i === 300 ? 10 : 0), 0.5));
    expect(alarms.map(({ at }) => at)).toEqual([300]);
    const { verdict } = alarms[0]!;
    expect(verdict).toMatchObject({ kind: "spike", severity: "CRITICAL" });
    expect(verdict.score).toBeGreaterThanOrEqual(0.5);
    expect(verdict.score).toBeLessThan(1);
    expect(verdict.value).toBeGreaterThan(verdict.upper);
    expect(verdict.expected).toBeGreaterThan(verdict.lower);
    expect(verdict.expected).toBeLessThan(verdict.upper);
  });

  it("at a dip", () => {
    const alarms = alarmsOf(noisy(500, (i) => 20 - (i === 300 ? 10 : 0), 0.5));
    expect(alarms.map(({ at, verdict }) => [at, verdict.kind])).toEqual([[300, "dip"]]);
    expect(alarms[0]!.verdict.value).toBeLessThan(alarms[0]!.verdict.lower);
  });

  it("at a spike on a daily cycle", () => {
    expect(placesOf(noisy(3_000, (i) => dailyCycle(i) + (i === 2_000 ? 8 : 0), 0.1))).toEqual([2_000]);
  });

  it("at a spike out of a constant", () => {
    expect(placesOf(list(500, (i) => (i === 300 ? 80 : 20)))).toEqual([300]);
  });

  it("once for an incident that lasts, and again for the next one", () => {
    const values = noisy(900, (i) => ((i >= 300 && i < 312) || i === 600 ? 35 : 20), 0.5);
    expect(placesOf(values)).toEqual([300, 600]);
  });

  it("once for a lasting shift, whose level is then the normal one", () => {
    const values = noisy(900, (i) => (i >= 300 ? 30 : 20) + (i === 700 ? -10 : 0), 0.5);
    expect(placesOf(values)).toEqual([300, 700]);
  });

  it("not for an incident's return to normal", () => {
    expect(placesOf(noisy(600, (i) => (i === 300 || i === 303 ? 32 : 20), 0.5))).toEqual([300]);
  });
});

describe("the online detector", () => {
  it("says nothing while it warms up", () => {
    expect(placesOf(noisy(31, (i) => (i === 20 ? 1e6 : 20), 0.5))).toEqual([]);
  });

  it("passes over readings that are late, repeated or no number", () => {
    const detector = createDetector();
    alarmsOf(
      noisy(200, () => 20, 0.5),
      detector,
    );
    expect(observe(detector, 100 * MINUTE_MICROS, 1e6)).toBeNull();
    expect(observe(detector, 199 * MINUTE_MICROS, 1e6)).toBeNull();
    expect(observe(detector, 200 * MINUTE_MICROS, Number.NaN)).toBeNull();
    expect(observe(detector, 201 * MINUTE_MICROS, 20)).toBeNull();
    expect(observe(detector, 202 * MINUTE_MICROS, 40)).not.toBeNull();
  });

  it("does not compare the first reading after a long gap", () => {
    const detector = createDetector();
    alarmsOf(
      noisy(200, () => 20, 0.5),
      detector,
    );
    expect(observe(detector, 5_000 * MINUTE_MICROS, 60)).toBeNull();
  });

  it("judges by the past only: a prefix is judged like the whole", () => {
    const values = noisy(1_000, (i) => (i % 200 === 150 ? 40 : 20), 0.5);
    const whole = alarmsOf(values);
    const prefix = alarmsOf(values.slice(0, 700));
    expect(prefix.length).toBe(3);
    expect(prefix).toEqual(whole.slice(0, prefix.length));
  });

  it("is made again by replaying its window", () => {
    const values = noisy(2_000, (i) => dailyCycle(i) + (i === 1_500 ? 9 : 0), 0.2);
    const tail = values.slice(1_000);
    const expected = alarmsOf(values).filter(({ at }) => at >= 1_000);
    const replayed = createDetector();
    alarmsOf(values.slice(1_000 - DETECTOR_WINDOW, 1_000), replayed, 1_000 - DETECTOR_WINDOW);
    expect(alarmsOf(tail, replayed, 1_000)).toEqual(expected);
    expect(expected).toHaveLength(1);
  });

  it("scales with the data: huge and tiny units are alike", () => {
    const values = noisy(500, (i) => 20 + (i === 300 ? 10 : 0), 0.5);
    for (const unit of [1e-250, 1e-9, 1e12, 1e250])
      expect(placesOf(values.map((value) => value * unit))).toEqual([300]);
  });

  it.each(["noise", "steps", "walk", "ramp", "spikes", "constant", "cycle", "heavy tails"])(
    "finds what sorting every window anew finds, for one series among others: %s",
    (kind) => {
      const detector = createDetector();
      const others = new Float64Array(3 * DETECTOR_NUMBERS);
      let found = 0;
      for (let seed = 1; seed <= 4; seed++) {
        const slow = sortingDetector();
        const [normal, random] = [seededNormal(seed), seededRandom(seed + 50)];
        detector.moveTo(others, DETECTOR_NUMBERS);
        detector.clear();
        let [time, level] = [0, 20];
        for (let i = 0; i < 800; i++) {
          if (kind === "walk") level += normal();
          if (kind === "steps" && random() < 0.01) level = 100 * random();
          if (kind === "ramp") level += 0.5;
          if (kind === "cycle") level = 50 + 40 * Math.sin(i / 10);
          const isWild = kind === "heavy tails" ? random() < 0.1 : kind !== "noise" && random() < 0.01;
          const noise = kind === "constant" ? 0 : 0.3 * normal();
          const value = level + noise + (isWild ? 300 * normal() : 0);
          time += random() < 0.005 ? 1_000 : seed % 2 === 0 ? 1 : 0.5 + random();
          const isBegin = observe(detector, time, value) !== null;
          expect(isBegin).toBe(slow(time, value));
          if (isBegin) found++;
          // As between two frames: what was kept of the order by size is gone.
          if (random() < 0.2) {
            detector.moveTo(others, 0);
            detector.moveTo(others, DETECTOR_NUMBERS);
          }
        }
      }
      if (kind !== "noise") expect(found).toBeGreaterThan(0);
      expect(others.subarray(0, DETECTOR_NUMBERS).every((number) => number === 0)).toBe(true);
      expect(others.subarray(2 * DETECTOR_NUMBERS).every((number) => number === 0)).toBe(true);
    },
  );
});
