import { describe, expect, it } from "vitest";
import {
  StreamingDetector,
  type StreamingVerdict,
} from "../../../src/analytics/detection/streaming/detector";
import { SETTINGS, type Settings } from "../../../src/analytics/detection/streaming/settings";
import { seededNormal } from "../../support/series";
import { HOUR_MICROS, noise } from "./daily";

const FROM = 700;
const LENGTH = 900;
const SERIES = 20;

type Make = (normal: () => number) => number[];

/** In how many of some series, each with its own noise, an anomaly is told between `FROM` and `to`, and as what. */
function told(make: Make, to: number, settings: Settings = SETTINGS) {
  const first: StreamingVerdict[] = [];
  for (let seed = 1; seed <= SERIES; seed++) {
    const detector = new StreamingDetector(undefined, settings);
    const verdicts = make(seededNormal(seed)).map((value, i) => {
      detector.observe(i * HOUR_MICROS, value);
      return detector.verdict;
    });
    const verdict = verdicts.slice(FROM, to).find((one) => one !== null);
    if (verdict) first.push(verdict);
  }
  return { found: first.length, kinds: new Set(first.map(({ kind }) => kind)) };
}

const series = (value: (i: number) => number): number[] => Array.from({ length: LENGTH }, (_, i) => value(i));

describe("a streaming detector finds, in most of twenty series,", () => {
  it("a level that shifts by three standard deviations", () => {
    const shifted: Make = (normal) => series((i) => 100 + normal() + (i >= FROM ? 3 : 0));
    expect(told(shifted, FROM + 8).found).toBeGreaterThanOrEqual(SERIES * 0.8);
  });

  it("a trend that breaks, before it has gone far", () => {
    const broken: Make = (normal) => series((i) => 100 + normal() + Math.max(0, i - FROM) * 0.15);
    const { found, kinds } = told(broken, FROM + 50);
    expect(found).toBeGreaterThanOrEqual(SERIES * 0.8);
    expect([...kinds].some((kind) => kind === "level_shift" || kind === "trend_break")).toBe(true);
  });

  it("noise that doubles", () => {
    const wild: Make = (normal) => series((i) => 100 + normal() * (i >= FROM ? 2 : 1));
    expect(told(wild, FROM + 50).found).toBeGreaterThanOrEqual(SERIES * 0.7);
  });

  it("a day half a day late, by its steps more often than by its errors", () => {
    const late: Make = (normal) => {
      const pattern = Array.from({ length: 24 }, () => 3 * normal());
      return series((i) => 100 + pattern[(i >= FROM && i < FROM + 24 ? i + 12 : i) % 24]! + 1.5 * normal());
    };
    const { found, kinds } = told(late, FROM + 36);
    expect(found).toBeGreaterThanOrEqual(SERIES * 0.7);
    expect(kinds).toContain("phase");
    const byErrors = told(late, FROM + 36, { ...SETTINGS, lag: { ...SETTINGS.lag, factor: 0 } });
    expect(found).toBeGreaterThan(byErrors.found);
  });

  it("a level that goes so slowly away from the season that the forecast follows", () => {
    const away: Make = (normal) => {
      let value = 0;
      return series((i) => {
        value = 0.9 * value + normal();
        const off = Math.min(16, 0.7 * Math.max(0, i - FROM));
        return 100 + 8 * Math.sin((2 * Math.PI * i) / 24) + value + off;
      });
    };
    const { found, kinds } = told(away, FROM + 100);
    expect(found).toBeGreaterThanOrEqual(SERIES * 0.7);
    expect(kinds).toContain("level_shift");
    const byErrors = told(away, FROM + 100, { ...SETTINGS, away: { ...SETTINGS.away, factor: 0 } });
    expect(byErrors.found).toBeLessThan(found - 3);
  });

  it("a day at another level that it takes some hours to reach, where values wander", () => {
    const off: Make = (normal) => {
      let value = 0;
      return series((i) => {
        value = 0.6 * value + normal();
        const isOff = i >= FROM && i < FROM + 24;
        const by = isOff ? 6 * Math.min(1, (i - FROM + 1) / 4) : 0;
        return 100 + 8 * Math.sin((2 * Math.PI * i) / 24) + value + by;
      });
    };
    const { found } = told(off, FROM + 36);
    expect(found).toBeGreaterThanOrEqual(SERIES * 0.8);
    const byErrors = told(off, FROM + 36, { ...SETTINGS, away: { ...SETTINGS.away, factor: 0 } });
    expect(byErrors.found).toBeLessThan(found - 3);
  });

  it("a value beyond all before, whose error alone would not be enough", () => {
    const beyond: Make = (normal) => series((i) => 100 + (i === FROM ? 4.8 : normal()));
    const { found } = told(beyond, FROM + 1);
    expect(found).toBeGreaterThanOrEqual(SERIES * 0.8);
    const byErrors = told(beyond, FROM + 1, { ...SETTINGS, record: { ...SETTINGS.record, weight: 0 } });
    expect(byErrors.found).toBeLessThan(SERIES * 0.6);
  });
});

describe("a record in a streaming detector", () => {
  const alerts = (values: number[]): number[] => {
    const detector = new StreamingDetector();
    return values.flatMap((value, i) => {
      detector.observe(i * HOUR_MICROS, value);
      return detector.verdict && i >= FROM ? [i] : [];
    });
  };
  const spiked = (second: number): number[] =>
    noise(LENGTH, 4).map((value, i) => (i === FROM ? 115 : i === FROM + 50 ? second : value));

  it("is told in the quiet time of an incident that was smaller", () => {
    expect(alerts(spiked(125))).toEqual([FROM, FROM + 50]);
  });

  it("is none where the incident was as large", () => {
    expect(alerts(spiked(114))).toEqual([FROM]);
  });

  it("has a band that it is outside of", () => {
    const detector = new StreamingDetector();
    const values = spiked(100).slice(0, FROM + 1);
    for (const [i, value] of values.entries()) detector.observe(i * HOUR_MICROS, value);
    const { lower, upper, expected } = detector.verdict!;
    expect(upper!).toBeGreaterThan(Math.max(...values.slice(0, FROM)));
    expect(upper!).toBeLessThan(115);
    expect(expected).toBeGreaterThan(lower!);
  });
});
