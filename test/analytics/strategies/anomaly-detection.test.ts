import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StrategyInput } from "../../../src/analytics/contract";
import { METHOD_IDS } from "../../../src/analytics/detection/batch/method";
import { prepareStrategy } from "../../../src/analytics/strategies/registry";
import { seriesOf } from "../../support/series";
import { hardSeries } from "../hard-series";
import { failureOf, list, noise, notFinite } from "./findings";

const ID = "anomaly_detection";
const MINUTE = 60_000_000;

interface Anomaly {
  timestamp: string;
  field: string;
  value: number;
  expected: number | null;
  bounds: { lower: number | null; upper: number | null };
  score: number;
  severity: string;
  kind: string;
  message: string;
  missing?: number;
  rows?: number;
  fields?: { field: string }[];
}
interface Answer {
  anomalies: Anomaly[];
  incidents: { from: string; until: string; rows: number; kind: string; message: string }[];
  anomalyCount: number;
  alertCount: number;
  bySeverity: Record<string, number>;
  method: string;
  latest: Anomaly & { isAnomaly: boolean };
}

function run(config: object, input: StrategyInput) {
  const result = prepareStrategy(ID, config).run(input);
  return { ...result, data: result.data as unknown as Answer };
}
const of = (values: ArrayLike<number>, config: object = {}) => run(config, seriesOf(values, MINUTE));

/** Fields of the same rows as one input. */
function together(columns: readonly ArrayLike<number>[]): StrategyInput {
  const [first, ...others] = columns.map((values) => seriesOf(values, MINUTE));
  const beside = others.map(({ values }, f) => ({ field: `field${f + 1}`, values }));
  return { ...first!, field: "field0", beside };
}

describe("an answer", () => {
  const config = fc.record(
    {
      method: fc.constantFrom(...METHOD_IDS),
      threshold: fc.constantFrom(1, 2.5, 4),
      adaptiveThreshold: fc.boolean(),
      season: fc.constantFrom("auto", "none", 4),
      window_size: fc.constantFrom(10, 30),
      auto: fc.boolean(),
      quick: fc.boolean(),
    },
    { requiredKeys: [] },
  );
  const columns = fc.array(hardSeries, { minLength: 1, maxLength: 3 }).map((all) => {
    const length = Math.min(...all.map((column) => column.length));
    return all.map((column) => column.slice(0, length));
  });

  it("is sound for ugly series by every method: no anomaly inside its band, the same twice", {
    timeout: 60_000,
  }, () => {
    fc.assert(
      fc.property(columns, config, (all, options) => {
        const input = together(all);
        let result: ReturnType<typeof run> | undefined;
        const failure = failureOf(() => {
          result = run(options, input);
        });
        if (result === undefined) {
          expect(failure?.code).toBe("not_enough_data");
          return;
        }
        expect(notFinite(result)).toEqual([]);
        expect(result.confidence).toBeGreaterThanOrEqual(0);
        expect(result.confidence).toBeLessThanOrEqual(1);
        const { anomalies, anomalyCount, bySeverity } = result.data;
        expect(anomalyCount).toBe(anomalies.length);
        expect(Object.values(bySeverity).reduce((a, b) => a + b, 0)).toBe(anomalyCount);
        for (const anomaly of anomalies) expectSound(anomaly, all, input);
        expect(run(options, input)).toEqual(result);
      }),
      { numRuns: 600, seed: 7 },
    );
  });

  function expectSound(
    { value, field, bounds, score, message }: Anomaly,
    all: Float64Array[],
    input: StrategyInput,
  ) {
    const names = [input.field, ...(input.beside ?? []).map((one) => one.field)];
    const column = all[names.indexOf(field)]!;
    expect(column).toContain(value);
    expect(score).toBeGreaterThanOrEqual(0.5);
    expect(score).toBeLessThanOrEqual(1);
    expect(message.length).toBeGreaterThan(10);
    const rounding = 1e-9 * column.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
    const { lower, upper } = bounds;
    if (lower === null && upper === null) return;
    const isInside = value > (lower ?? -Infinity) + rounding && value < (upper ?? Infinity) - rounding;
    expect(isInside).toBe(false);
  }

  it.each(METHOD_IDS.filter((id) => id !== "bounds"))(
    "lets %s pass hardly two in a thousand of noise at a rate of one",
    (method) => {
      let alarms = 0;
      const trials = 12;
      for (let seed = 1; seed <= trials; seed++) {
        const { data } = of(noise(800, 900 + seed), { method, adaptiveThreshold: true });
        alarms += data.anomalyCount;
      }
      expect(alarms / (800 * trials)).toBeLessThanOrEqual(0.002);
    },
  );

  it("says how many anomalies noise alone would give", () => {
    const { metrics } = of(noise(510), { threshold: 2.5 });
    expect(metrics.expectedRateOfNoise).toBeCloseTo(0.01242, 5);
    expect(metrics.expectedFalseAnomalies).toBeCloseTo(500 * 0.01242, 2);
    expect(of(noise(510), { false_alarm_rate: 0.002 }).metrics.expectedFalseAnomalies).toBeCloseTo(1, 9);
  });

  it("is surer of what noise cannot explain", () => {
    const values = noise(400);
    const plain = of(values, { threshold: 2.5 });
    const spiky = of(
      values.map((value, i) => ([60, 95, 170, 290, 301, 377].includes(i) ? value + 15 : value)),
      { threshold: 2.5 },
    );
    expect(plain.confidence).toBeLessThan(0.5);
    expect(spiky.confidence).toBeGreaterThan(0.7);
  });
});

describe("the method", () => {
  it("is z_score where none is named, and a check of bounds where readings are few or bounds are given", () => {
    expect(of(noise(11)).data.method).toBe("z_score");
    expect(of(noise(10)).data.method).toBe("bounds");
    expect(of([1, 2, 3]).data.anomalies).toEqual([]);
    expect(of([5], { bounds: { lower: 6 } }).data.anomalies).toMatchObject([
      { kind: "dip", message: "value is 5, below 6, the least that was expected" },
    ]);
    expect(of(noise(100), { ensemble: true }).data.method).toBe("ensemble");
    expect(of(noise(100), { methods: ["iqr"] }).data.method).toBe("iqr");
    expect(of(noise(100), { methods: ["iqr", "robust_z"] }).explain.rule).toContain("iqr, robust_z");
  });

  it("takes fields together only where it has an eye for it", () => {
    const isJoint = (config: object) => prepareStrategy(ID, config).takesFieldsTogether;
    for (const method of ["isolation_forest", "one_class_svm", "ensemble"])
      expect(isJoint({ method })).toBe(true);
    for (const method of ["z_score", "robust_z", "iqr", "bounds"]) expect(isJoint({ method })).toBe(false);
    expect(isJoint({})).toBe(false);
    expect(isJoint({ methods: ["z_score", "iqr"] })).toBe(true);
  });

  it("costs more for more fields", () => {
    const { workUnits } = prepareStrategy(ID, { method: "isolation_forest" });
    expect(workUnits(5_000, 4)).toBeGreaterThan(2 * workUnits(5_000, 1));
  });

  it("answers otherwise by another seed", () => {
    const scoreOf = (seed: number) => of(noise(300), { method: "isolation_forest", seed }).data.latest.score;
    expect(scoreOf(2)).toBe(scoreOf(2));
    expect(scoreOf(2)).not.toBe(scoreOf(3));
  });
});

describe("the level", () => {
  const values = noise(600, 5).map((value, i) => Math.exp(value) + (i === 400 ? 60 : 0));

  it("is that of the series where it is adaptive: skewed values are no anomalies then", () => {
    const given = of(values).data.anomalyCount;
    const adaptive = of(values, { adaptiveThreshold: true }).data;
    expect(given).toBeGreaterThan(12);
    expect(adaptive.anomalyCount).toBeLessThanOrEqual(3);
    expect(adaptive.anomalies.map(({ value }) => value)).toContain(values[400]);
  });

  it("is never below a threshold that is given with it", () => {
    const level = (config: object) => of(noise(600), config).metrics.threshold as number;
    expect(level({ adaptiveThreshold: true })).toBeLessThan(6);
    expect(level({ adaptiveThreshold: true, threshold: 6 })).toBe(6);
  });
});

describe("what no single value shows", () => {
  it("is a gap in the times", () => {
    const whole = seriesOf(noise(300), MINUTE);
    const isKept = (_: number, i: number) => i < 200 || i >= 230;
    const input = { ...whole, times: whole.times.filter(isKept), values: whole.values.filter(isKept) };
    const gaps = run({ threshold: 6 }, input).data.anomalies;
    expect(gaps).toMatchObject([
      {
        kind: "gap",
        missing: 30,
        expected: null,
        bounds: { lower: null, upper: null },
        message: "No reading for 31 minutes, from 2024-01-01T03:19:00.000Z on: 30 are missing",
      },
    ]);
    const one = {
      ...whole,
      times: whole.times.filter((_, i) => i !== 50),
      values: whole.values.filter((_, i) => i !== 50),
    };
    expect(run({ threshold: 6 }, one).data.anomalies).toEqual([]);
  });

  it("is no gap where nights and weekends are always silent, or readings come at random", () => {
    const base = seriesOf(noise(600), MINUTE);
    const daily = { ...base, times: base.times.map((time, i) => time + Math.floor(i / 40) * 1_000 * MINUTE) };
    expect(run({ threshold: 6 }, daily).data.anomalies).toEqual([]);
    let at = base.times[0]!;
    const waits = noise(600, 3).map((value) => -Math.log(Math.min(0.999, Math.abs(value) / 4 + 1e-3)));
    const random = { ...base, times: Float64Array.from(waits, (wait) => (at += wait * MINUTE)) };
    expect(run({ threshold: 6 }, random).data.anomalies).toEqual([]);
  });

  it("is a sensor that is stuck at a usual value", () => {
    const values = noise(400).map((value, i) => 20 + (i >= 250 && i < 280 ? 0.1 : value));
    const { anomalies } = of(values, { threshold: 6 }).data;
    expect(anomalies).toMatchObject([
      {
        kind: "flat_line",
        rows: 30,
        timestamp: "2024-01-01T04:10:00.000Z",
        bounds: { lower: null, upper: null },
      },
    ]);
    // What often stands still may.
    expect(
      of(
        list(400, (i) => (i % 40 < 30 ? 5 : (i * 7) % 11)),
        { threshold: 20 },
      ).data.anomalies,
    ).toEqual([]);
  });
});

describe("the kind of what lasts", () => {
  const level = noise(500, 8).map((value) => 50 + value);
  const kindsOf = (values: number[]) => [
    ...new Set(of(values, { method: "iqr", threshold: 4 }).data.anomalies.map(({ kind }) => kind)),
  ];

  it("is a level shift, a broken trend or a variance, as one incident each", () => {
    const shifted = level.map((value, i) => value + (i >= 300 && i < 330 ? 12 : 0));
    expect(kindsOf(shifted)).toEqual(["level_shift"]);
    const { incidents } = of(shifted, { method: "iqr", threshold: 4 }).data;
    expect(incidents).toMatchObject([{ kind: "level_shift", rows: 30, from: "2024-01-01T05:00:00.000Z" }]);
    expect(incidents[0]!.message).toMatch(/^30 readings from .* and stays at another level/);
    expect(kindsOf(level.map((value, i) => value + Math.max(0, i - 460)))).toEqual(["trend_break"]);
    expect(kindsOf(level.map((value, i) => value + (i >= 300 && i < 320 ? 14 * (-1) ** i : 0)))).toEqual([
      "variance",
    ]);
  });
});

describe("a season", () => {
  const day = noise(1_200, 6).map((value, i) => 100 + 30 * Math.sin((Math.PI * i) / 12) + 2 * value);
  day[24 * 30 + 18] = 95;
  const hours = seriesOf(day, 60 * MINUTE);
  const CAREFUL = { false_alarm_rate: 5e-4 };

  it("is found and taken off: what is usual at noon is an anomaly at night", () => {
    const { data, explain } = run(CAREFUL, hours);
    expect(explain.season).toMatchObject({ periods: [24], reason: "found in the series" });
    expect(data.anomalies.map(({ value }) => value)).toContain(95);
    const none = run({ ...CAREFUL, season: "none" }, hours).data.anomalies;
    expect(none.map(({ value }) => value)).not.toContain(95);
  });

  it("keeps its phase over missing readings", () => {
    const isKept = (_: number, i: number) => i % 97 !== 5 && !(i >= 500 && i < 507);
    const gappy = { ...hours, times: hours.times.filter(isKept), values: hours.values.filter(isKept) };
    const { data, explain } = run({ ...CAREFUL, season: 24 }, gappy);
    expect(explain.season).toMatchObject({ periods: [24], reason: "was given" });
    const values = data.anomalies.filter(({ kind }) => kind !== "gap").map(({ value }) => value);
    expect(values).toContain(95);
    expect(values.length).toBeLessThan(6);
  });
});

describe("several fields", () => {
  it("are named where they stand out, with what is usual", () => {
    const columns = [noise(400, 1), noise(400, 2).map((value) => 1_000 + 10 * value), noise(400, 3)];
    columns[1]![200] = 1_150;
    columns[2]![200] = 12;
    const { anomalies } = run({ method: "isolation_forest", false_alarm_rate: 5e-4 }, together(columns)).data;
    const found = anomalies.find(({ timestamp }) => timestamp === "2024-01-01T03:20:00.000Z")!;
    expect(found.fields!.map(({ field }) => field).sort()).toEqual(["field1", "field2"]);
    expect(found.message).toMatch(/field[12] is (1150|12), above .*; field[12] is (1150|12), usually about/);
  });

  it("of rows of several sets of tags say whose row it is", () => {
    const columns = [noise(200, 1), noise(200, 2)];
    columns[0]![150] = 25;
    const rowTags = list(200, (i) => ({ customer: `c${i % 50}` }));
    const { anomalies } = run({ method: "one_class_svm" }, { ...together(columns), rowTags }).data;
    expect(anomalies).toContainEqual(expect.objectContaining({ value: 25, tags: { customer: "c0" } }));
  });
});
