import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { autocorrelations } from "../../src/analytics/forecasting/periods/autocorrelation";
import { burg, innovations } from "../../src/analytics/forecasting/periods/autoregression";
import { detectPeriods } from "../../src/analytics/forecasting/periods/detect";
import { nominalPeriods } from "../../src/analytics/forecasting/periods/nominal";
import { airPassengers, nile, seededNormal } from "../support/series";
import { hardSeries } from "./hard-series";

const HOUR = 3_600_000_000;
const DAY = 24 * HOUR;

type Process = (normal: () => number, length: number) => Float64Array;

const walk: Process = (normal, length) => {
  let level = 0;
  return Float64Array.from({ length }, () => (level += normal()));
};
const white: Process = (normal, length) => Float64Array.from({ length }, () => normal());
const trend: Process = (normal, length) => Float64Array.from({ length }, (_, t) => 0.1 * t + normal());
const autoregression =
  (phi1: number, phi2: number): Process =>
  (normal, length) => {
    let [last, before] = [0, 0];
    return Float64Array.from({ length }, () => {
      [last, before] = [phi1 * last + phi2 * before + normal(), last];
      return last;
    });
  };

/** Share of simulated series in which a period is found. */
function falseAlarms(process: Process, length: number, candidates?: number[]): number {
  const runs = 200;
  let alarms = 0;
  for (let seed = 0; seed < runs; seed++) {
    const values = process(seededNormal(1000 * length + seed), length);
    if (detectPeriods(values, candidates ? { candidates } : {}).length > 0) alarms++;
  }
  return alarms / runs;
}

const wave = (t: number, period: number): number => Math.sin((2 * Math.PI * t) / period);

describe("the detection of periods", () => {
  it("finds the year in monthly passengers", () => {
    expect(detectPeriods(airPassengers)).toEqual([12]);
    expect(detectPeriods(airPassengers.map(Math.log))).toContain(12);
    expect(detectPeriods(airPassengers, { candidates: [12] })).toEqual([12]);
  });

  it("finds days and weeks together in hourly data", () => {
    const normal = seededNormal(5);
    const hourly = Float64Array.from(
      { length: 1200 },
      (_, t) => 10 + 2 * wave(t, 24) + wave(t, 12) + 1.5 * wave(t, 168) + normal(),
    );
    expect(detectPeriods(hourly)).toEqual([24, 168]);
    expect(detectPeriods(hourly, { candidates: nominalPeriods(HOUR) })).toEqual([24, 168]);
  });

  it("finds days inside of weeks where weekdays and weekends have other hours", () => {
    const normal = seededNormal(6);
    const hourly = Float64Array.from({ length: 1344 }, (_, t) => {
      const isWeekend = Math.floor(t / 24) % 7 >= 5;
      return 10 + (isWeekend ? 1 : 4) * Math.max(0, wave(t, 24)) + 0.3 * normal();
    });
    expect(detectPeriods(hourly)).toEqual([24, 168]);
  });

  it("finds the week in daily and the year in weekly data, on top of a random walk", () => {
    const normal = seededNormal(7);
    const steps = walk(seededNormal(8), 420);
    const daily = steps.map((level, t) => level + (t % 7 === 5 ? 4 : 0) + 0.5 * normal());
    expect(detectPeriods(daily)).toEqual([7]);
    const weekly = steps.map((level, t) => level + 8 * wave(t, 52) + 4 * wave(t, 26) + normal());
    expect(detectPeriods(weekly, { candidates: [52] })).toEqual([52]);
  });

  it("finds a period that nobody names", () => {
    const normal = seededNormal(9);
    const values = Float64Array.from({ length: 400 }, (_, t) => (t % 10 < 3 ? 2 : 0) + normal());
    expect(detectPeriods(values)).toEqual([10]);
  });

  it("finds none in one noise of twenty", () => {
    for (const process of [white, walk, trend, autoregression(0.9, 0), autoregression(1.5, -0.75)]) {
      for (const length of [48, 120, 400]) expect(falseAlarms(process, length)).toBeLessThan(0.05);
      expect(falseAlarms(process, 120, [12])).toBeLessThan(0.05);
    }
    expect(detectPeriods(nile)).toEqual([]);
  });

  it("finds none in cycles that drift", () => {
    // Roots of modulus 0.97 at a frequency of one in twelve: regular to the eye.
    const pseudo = autoregression(1.94 * Math.cos(Math.PI / 6), -0.97 * 0.97);
    for (const length of [120, 400]) expect(falseAlarms(pseudo, length)).toBeLessThan(0.05);
  });

  it("finds none where nothing varies", () => {
    expect(detectPeriods(new Float64Array(100).fill(0.1))).toEqual([]);
    expect(detectPeriods(Float64Array.from({ length: 100 }, (_, t) => 0.1 + 0.3 * t))).toEqual([]);
    expect(detectPeriods(new Float64Array())).toEqual([]);
  });

  it("takes only candidates that were given, and only if they were seen often enough", () => {
    expect(detectPeriods(airPassengers, { candidates: [4, 7] })).not.toContain(12);
    expect(detectPeriods(airPassengers.slice(0, 28), { candidates: [12] })).toEqual([]);
    expect(detectPeriods(airPassengers, { candidates: [0, 1, -12, 2.5, 1e9, Number.NaN] })).toEqual([]);
  });

  it("answers any series with periods that fit into it, shortest first", () => {
    fc.assert(
      fc.property(hardSeries, (values) => {
        const periods = detectPeriods(values);
        expect(periods).toEqual([...new Set(periods)].sort((a, b) => a - b));
        for (const period of periods) {
          expect(Number.isInteger(period) && period >= 2 && 2 * period <= values.length).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe("autocorrelations", () => {
  it("are those of the definition", () => {
    const values = white(seededNormal(3), 37);
    const variance = values.reduce((sum, value) => sum + value * value, 0);
    const found = autocorrelations(values);
    for (const lag of [0, 1, 5, 36]) {
      let product = 0;
      for (let t = lag; t < values.length; t++) product += values[t]! * values[t - lag]!;
      expect(found[lag]).toBeCloseTo(product / variance, 12);
    }
  });
});

describe("an autoregression", () => {
  it("is found again in what it makes, and leaves white noise", () => {
    const values = autoregression(1.5, -0.75)(seededNormal(4), 5_000);
    const coefficients = burg(values, 6);
    expect(coefficients[0]).toBeCloseTo(1.5, 1);
    expect(coefficients[1]).toBeCloseTo(-0.75, 1);
    expect(Math.abs(autocorrelations(innovations(values, coefficients))[1]!)).toBeLessThan(0.03);
  });
});

describe("the periods usual at a step", () => {
  it("are those of the calendar", () => {
    expect(nominalPeriods(HOUR)).toEqual([24, 168]);
    expect(nominalPeriods(DAY)).toEqual([7]);
    expect(nominalPeriods(7 * DAY)).toEqual([52]);
    for (const days of [28, 30, 30.44, 31]) expect(nominalPeriods(days * DAY)).toEqual([12]);
    expect(nominalPeriods(91 * DAY)).toEqual([4]);
    expect(nominalPeriods(365 * DAY)).toEqual([]);
    expect(nominalPeriods(HOUR / 4)).toEqual([4, 96, 672]);
    expect(nominalPeriods(7 * HOUR)).toEqual([24]);
    expect(nominalPeriods(0)).toEqual([]);
    expect(nominalPeriods(Number.NaN)).toEqual([]);
  });
});
