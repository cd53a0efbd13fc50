import { describe, expect, it } from "vitest";
import type { StrategyResult } from "../../src/analytics/contract";
import { prepareStrategy, strategies } from "../../src/analytics/strategies/registry";
import type { JsonObject } from "../../src/core/json";
import { airPassengers, nile, seededNormal, seriesOf } from "../support/series";

const IDS = [
  "moving_average",
  "anomaly_detection",
  "arima_prediction",
  "hybrid_arima_ma",
  "auto_analysis",
] as const;

/** Where a strategy would refuse sixty values as too few. */
const FEWER: Record<string, unknown> = {
  arima_prediction: { minDataPoints: 3 },
  hybrid_arima_ma: { arimaConfig: { minDataPoints: 3 } },
};

const run = (id: string, config: unknown, values: ArrayLike<number>): StrategyResult =>
  prepareStrategy(id, config).run(seriesOf(values));

function failureOf(work: () => unknown) {
  try {
    work();
  } catch (error) {
    return (
      error as {
        failure?: { code: string; extra?: JsonObject; errors?: { pointer: string; message: string }[] };
      }
    ).failure;
  }
  return undefined;
}

/** Places of a result that JSON cannot hold. */
function notFinite(value: unknown, path = ""): string[] {
  if (typeof value === "number") return Number.isFinite(value) ? [] : [path];
  if (typeof value !== "object" || value === null) return value === undefined ? [path] : [];
  return Object.entries(value).flatMap(([key, inner]) => notFinite(inner, `${path}/${key}`));
}

const list = (length: number, of: (i: number) => number): number[] => Array.from({ length }, (_, i) => of(i));
const noise = (length: number, seed = 1): number[] => {
  const normal = seededNormal(seed);
  return list(length, () => normal());
};

describe("every strategy", () => {
  const awkward: Record<string, number[]> = {
    constant: list(60, () => 5),
    zero: list(60, () => 0),
    line: list(60, (i) => 3 + 2 * i),
    "line of tenths": list(60, (i) => 0.1 * i),
    "around 1e300": list(60, (i) => 1e300 * (1 + 0.1 * Math.sin(i * i))),
    "largest doubles": list(60, (i) => (i % 2 === 0 ? 1.7e308 : -1.7e308)),
    "around 1e-300": list(60, (i) => 1e-300 * (1 + 0.1 * Math.sin(i * i))),
    denormal: list(60, (i) => 5e-324 * (i % 3)),
    "around 1e15": list(60, (i) => 1e15 + Math.sin(i * i)),
    step: list(60, (i) => (i < 30 ? 0 : 1)),
    "one spike": list(60, (i) => (i === 40 ? 100 : 1)),
    "spike at the end": list(60, (i) => (i === 59 ? 100 : 1)),
    alternating: list(60, (i) => i % 2),
    square: list(60, (i) => i * i),
    exponential: list(60, (i) => Math.exp(i)),
    negative: noise(60).map((value) => value - 50),
  };

  it.each(Object.entries(awkward).flatMap(([name, values]) => IDS.map((id) => ({ name, id, values }))))(
    "$id answers in finite numbers or refuses: $name",
    ({ id, values }) => {
      let result: StrategyResult | undefined;
      const failure = failureOf(() => {
        result = run(id, FEWER[id] ?? {}, values);
      });
      if (result === undefined) {
        expect(failure?.code).toBe("malformed_data");
        return;
      }
      expect(notFinite(result)).toEqual([]);
      expect(result.confidence).toBeGreaterThanOrEqual(0);
      expect(result.confidence).toBeLessThanOrEqual(1);
    },
  );

  it.each(IDS)("%s refuses too few values and says how many it needs", (id) => {
    const failure = failureOf(() => run(id, {}, [1, 2]));
    expect(failure?.code).toBe("not_enough_data");
    expect(failure?.extra).toEqual({ required: prepareStrategy(id, {}).requiredPoints, available: 2 });
  });

  it.each(IDS)("%s runs on as many values as it says it needs", (id) => {
    const prepared = prepareStrategy(id, {});
    const values = noise(prepared.requiredPoints).map((value) => 100 + value);
    expect(notFinite(prepared.run(seriesOf(values)))).toEqual([]);
  });

  it.each(IDS)("%s refuses an unknown key by name", (id) => {
    const failure = failureOf(() => prepareStrategy(id, { perriod: 3 }));
    expect(failure?.code).toBe("invalid_request");
    expect(failure?.errors?.[0]?.message).toContain("perriod");
  });

  it("knows the reference's `auto` and `quick`", () => {
    for (const id of IDS) {
      const result = run(id, { auto: true, quick: true }, airPassengers);
      expect(notFinite(result)).toEqual([]);
    }
  });

  it("gives the same answer twice", () => {
    for (const id of IDS) expect(run(id, {}, nile)).toEqual(run(id, {}, nile));
  });

  it("tells more work for more values", () => {
    for (const { id } of strategies) {
      const prepared = prepareStrategy(id, {});
      expect(prepared.workUnits(10_000)).toBeGreaterThan(prepared.workUnits(100));
      expect(Number.isFinite(prepared.workUnits(10_000))).toBe(true);
    }
  });

  it("is unknown by another name", () => {
    expect(failureOf(() => prepareStrategy("crystal_ball", {}))?.code).toBe("strategy_not_found");
  });
});

describe("arima_prediction", () => {
  it("answers with every field of the reference", () => {
    const { type, data, metrics, confidence } = run(
      "arima_prediction",
      { p: 2, d: 1, q: 2, steps: 5 },
      airPassengers,
    );
    expect(type).toBe("PREDICTION");
    expect(data).toMatchObject({ currentPrice: 432, currentValue: 432, modelParams: { p: 2, d: 1, q: 2 } });
    expect(data.predictions).toHaveLength(5);
    const { upper, lower } = data.confidenceInterval as { upper: number[]; lower: number[] };
    (data.predictions as number[]).forEach((value, h) => {
      expect(lower[h]).toBeLessThan(value);
      expect(upper[h]).toBeGreaterThan(value);
    });
    expect(data.signal).toMatchObject({
      action: "BUY",
      strength: expect.any(Number),
      reason: expect.any(String),
    });
    expect(data.stationarity).toMatchObject({
      isStationary: expect.any(Boolean),
      pValue: expect.any(Number),
    });
    expect(metrics).toMatchObject({
      mape: expect.any(Number),
      rmse: expect.any(Number),
      aic: expect.any(Number),
      bic: expect.any(Number),
    });
    expect(confidence).toBeGreaterThan(0.5);
  });

  it("runs on fewer than a hundred values where it is asked to, down to three", () => {
    const values = noise(30).map((value, i) => 100 + i + value);
    const failure = failureOf(() => run("arima_prediction", {}, values));
    expect(failure).toMatchObject({ code: "not_enough_data", extra: { required: 100, available: 30 } });
    for (const length of [30, 12, 5, 4, 3]) {
      const { data, confidence } = run("arima_prediction", { minDataPoints: 3 }, values.slice(0, length));
      expect(data.predictions).toHaveLength(5);
      expect((data.predictions as number[]).every(Number.isFinite)).toBe(true);
      if (length < 12) expect(confidence).toBeLessThan(0.9);
    }
    expect(failureOf(() => run("arima_prediction", { minDataPoints: 2 }, values))?.code).toBe(
      "invalid_request",
    );
  });

  it("chooses what is not given, and says how", () => {
    const { data, explain } = run("arima_prediction", {}, airPassengers);
    // The model that R's auto.arima chooses.
    expect(data.modelParams).toEqual({ p: 2, d: 1, q: 1, P: 0, D: 1, Q: 0, m: 12 });
    expect(explain.model).toMatchObject({
      name: "ARIMA(2,1,1)(0,1,0)[12]",
      chosen: expect.stringContaining("by the smallest AICc of"),
    });
    expect((explain.model as { candidates: unknown[] }).candidates.length).toBeGreaterThan(1);
    expect(run("arima_prediction", { auto: false }, nile).data.modelParams).toEqual({ p: 2, d: 1, q: 2 });
    expect(run("arima_prediction", { d: 0, q: 0 }, nile).data.modelParams).toMatchObject({ d: 0, q: 0 });
  });

  it("says what it knows of its coefficients and residuals", () => {
    const config = { p: 0, d: 1, q: 1, seasonal: { P: 0, D: 1, Q: 1, m: 12 }, boxCox: 0 };
    const { explain, metrics } = run("arima_prediction", config, airPassengers);
    // statsmodels 0.13.5 on the logarithms: -0.4018 (0.0896) and -0.5569 (0.0731), log-likelihood 244.6965.
    expect(explain.coefficients).toMatchObject({
      ma: [{ value: expect.closeTo(-0.4018, 3), standardError: expect.closeTo(0.0896, 2) }],
      sma: [{ value: expect.closeTo(-0.5569, 3), standardError: expect.closeTo(0.0731, 2) }],
    });
    expect(metrics.logLikelihood).toBeCloseTo(244.6965, 3);
    expect(explain.residuals).toMatchObject({ ljungBox: { pValue: expect.any(Number) } });
  });

  it("predicts a season it is told of", () => {
    const config = { p: 0, d: 1, q: 1, seasonal: { P: 0, D: 1, Q: 1, m: 12 }, steps: 12 };
    const known = airPassengers.slice(0, 132);
    const { data } = run("arima_prediction", config, known);
    const errors = (data.predictions as number[]).map((value, h) =>
      Math.abs(value / airPassengers[132 + h]! - 1),
    );
    expect(Math.max(...errors)).toBeLessThan(0.12);
    expect(data.modelParams).toEqual({ p: 0, d: 1, q: 1, P: 0, D: 1, Q: 1, m: 12 });
  });

  it("every knob moves the answer", () => {
    const base = { p: 2, d: 1, q: 2 };
    const width = (config: object) => {
      const { upper, lower } = run("arima_prediction", config, nile).data.confidenceInterval as {
        upper: number[];
        lower: number[];
      };
      return upper[0]! - lower[0]!;
    };
    const mean = (config: object) => (run("arima_prediction", config, nile).data.predictions as number[])[0];
    expect(width({ ...base, level: 0.99 })).toBeGreaterThan(width({ ...base, level: 0.8 }));
    expect(mean({ ...base, p: 1 })).not.toBe(mean(base));
    expect(mean({ ...base, q: 1 })).not.toBe(mean(base));
    expect(mean({ ...base, d: 0 })).not.toBe(mean(base));
    expect(mean({ ...base, optimizationMethod: "css" })).not.toBe(mean(base));
    const few = { ...base, minDataPoints: 60 };
    expect(mean({ ...few, maxDataPoints: 60 })).toBe(
      (run("arima_prediction", few, nile.slice(40)).data.predictions as number[])[0],
    );
    expect(run("arima_prediction", { ...base, steps: 40 }, nile).data.predictions).toHaveLength(40);
    expect(mean({ ...base, optimizationMethod: "css-ml" })).not.toBe(
      mean({ ...base, optimizationMethod: "css" }),
    );
    expect(mean({ ...base, boxCox: 0 })).not.toBe(mean(base));
    expect(mean({ p: 0, d: 1, q: 1, constant: true })).not.toBe(mean({ p: 0, d: 1, q: 1 }));
    expect(width({ ...base, intervals: "model" })).not.toBe(width(base));
    const failure = failureOf(() => run("arima_prediction", { ...base, minDataPoints: 101 }, nile));
    expect(failure?.extra).toEqual({ required: 101, available: 100 });
  });

  it("looks for a season unless it is told not to", () => {
    const season = (config: object) => run("arima_prediction", config, airPassengers).explain.season;
    expect(season({})).toEqual({ steps: 12, reason: "the series repeats every 12 steps" });
    expect(season({ seasonalityDetection: false })).toEqual({ steps: 1, reason: "not looked for" });
    expect(season({ p: 2, d: 1, q: 2 })).toMatchObject({ steps: 1 });
    expect(season({ p: 2, d: 1, q: 2, seasonalityDetection: true })).toMatchObject({ steps: 12 });
    expect(run("arima_prediction", {}, noise(200)).explain.season).toMatchObject({
      reason: "none was found",
    });
    const months = {
      ...seriesOf(airPassengers),
      times: airPassengers.map((_, i) => Date.UTC(1949, i, 1) * 1_000),
    };
    expect(prepareStrategy("arima_prediction", {}).run(months).explain.season).toMatchObject({ steps: 12 });
  });

  it("reads isolated outliers as their neighbours say, unless it is told not to", () => {
    const values = noise(150).map((value) => 50 + value);
    values[100] = 500;
    const clean = run("arima_prediction", { p: 1, d: 0, q: 0 }, values);
    expect(clean.explain.outliers).toMatchObject({ count: 1, handled: [{ value: 500 }] });
    const raw = run("arima_prediction", { p: 1, d: 0, q: 0, outlierHandling: "none" }, values);
    expect(raw.explain.outliers).toMatchObject({ count: 0 });
    const width = ({ data }: typeof raw) => {
      const { upper, lower } = data.confidenceInterval as { upper: number[]; lower: number[] };
      return upper[0]! - lower[0]!;
    };
    expect(width(raw)).toBeGreaterThan(5 * width(clean));
  });

  it("holds while the move is small, and speaks the language it is asked for", () => {
    const rising = noise(120).map((value, i) => 100 + i + value);
    const action = (config: object) =>
      (run("arima_prediction", { p: 0, d: 2, q: 1, ...config }, rising).data.signal as JsonObject).action;
    expect(action({})).toBe("BUY");
    expect(action({ signal_style: "trend" })).toBe("UP");
    expect(action({ min_move: 50 })).toBe("HOLD");
    expect(action({ min_move: 50, signal_style: "trend" })).toBe("FLAT");
  });

  it("continues a series without noise by its rule", () => {
    const { data, confidence } = run(
      "arima_prediction",
      { minDataPoints: 50 },
      list(50, (i) => 3 + 2 * i),
    );
    expect(data.predictions).toEqual([103, 105, 107, 109, 111]);
    expect(confidence).toBeLessThanOrEqual(0.8);
  });

  it("fills gaps and says how many", () => {
    const whole = seriesOf(noise(80).map((value) => 20 + value));
    const keep = (column: Float64Array) => column.filter((_, i) => i !== 20 && i !== 41 && i !== 42);
    const gappy = { ...whole, times: keep(whole.times), values: keep(whole.values) };
    const { explain } = prepareStrategy("arima_prediction", { minDataPoints: 50 }).run(gappy);
    expect(explain.sampling).toMatchObject({ kind: "gaps_filled", filled: 3 });
    expect(explain.points).toBe(80);
  });

  it("averages uneven readings over even steps and says so", () => {
    const series = seriesOf(noise(80));
    const times = series.times.map((time, i) => time + Math.sin(i * i) * 1_700_000_000);
    const { explain } = prepareStrategy("arima_prediction", { minDataPoints: 50 }).run({ ...series, times });
    expect(explain.sampling).toMatchObject({ kind: "averaged" });
    expect((explain.sampling as JsonObject).rule).toContain("averaged over steps of");
  });

  it("predicts for the times that come: the first of each month, no weekends", () => {
    const months = seriesOf(airPassengers);
    const times = months.times.map((_, i) => Date.UTC(1949, i, 1) * 1_000);
    const { data } = prepareStrategy("arima_prediction", { steps: 3 }).run({ ...months, times });
    expect(data.timestamps).toEqual(
      ["1961-01-01", "1961-02-01", "1961-03-01"].map((day) => `${day}T00:00:00.000Z`),
    );
  });

  it("has intervals that hold the future about as often as they say", () => {
    let inside = 0;
    const trials = 60;
    for (let seed = 0; seed < trials; seed++) {
      const normal = seededNormal(100 + seed);
      let level = 0;
      const values = list(121, () => {
        level = 0.6 * level + normal();
        return 50 + level;
      });
      const { data } = run(
        "arima_prediction",
        { p: 1, d: 0, q: 0, steps: 1, level: 0.8, quick: true },
        values.slice(0, 120),
      );
      const { upper, lower } = data.confidenceInterval as { upper: number[]; lower: number[] };
      if (values[120]! >= lower[0]! && values[120]! <= upper[0]!) inside++;
    }
    expect(inside / trials).toBeGreaterThan(0.65);
    expect(inside / trials).toBeLessThan(0.95);
  });
});

describe("moving_average", () => {
  it("averages simply, exponentially and by weight", () => {
    const average = (type: string) =>
      run("moving_average", { period: 3, type }, [1, 2, 6, 4, 9]).data.movingAverage;
    expect(average("sma")).toBeCloseTo((6 + 4 + 9) / 3, 12);
    expect(average("wma")).toBeCloseTo((6 + 2 * 4 + 3 * 9) / 6, 12);
    // Begun with 3, then halfway to 4 and to 9.
    expect(average("ema")).toBeCloseTo(6.25, 12);
  });

  it("lists its tail and where the values cross it", () => {
    const { data } = run(
      "moving_average",
      { period: 4 },
      list(40, (i) => Math.sin(i / 3)),
    );
    expect((data.series as JsonObject[]).at(-1)?.movingAverage).toBe(data.movingAverage);
    const directions = (data.crossovers as JsonObject[]).map((crossing) => crossing.direction);
    expect(directions.length).toBeGreaterThan(2);
    directions.slice(1).forEach((direction, i) => {
      expect(direction).not.toBe(directions[i]);
    });
    expect(run("moving_average", { period: 4, quick: true }, list(40, Math.sin)).data.series).toBeUndefined();
  });

  it("signals the side its slope points to", () => {
    const action = (values: number[], config: object = {}) =>
      (run("moving_average", config, values).data.signal as JsonObject).action;
    expect(action(noise(80).map((value, i) => 100 + i + value))).toBe("BUY");
    expect(
      action(
        noise(80).map((value, i) => 300 - 2 * i + value),
        { signal_style: "trend" },
      ),
    ).toBe("DOWN");
    expect(action(noise(80).map((value) => 100 + value / 100))).toBe("HOLD");
  });

  it("shortens its default period to short data only when asked", () => {
    expect(failureOf(() => run("moving_average", {}, noise(12)))?.code).toBe("not_enough_data");
    expect(run("moving_average", { auto: true }, noise(12)).data.period).toBe(4);
  });
});

describe("anomaly_detection", () => {
  const quiet = noise(300).map((value) => 20 + value / 2);
  const anomaliesOf = (result: StrategyResult) => result.data.anomalies as JsonObject[];

  it("finds a spike and a dip, with bounds, score and severity", () => {
    const values = quiet.map((value, i) => value + (i === 150 ? 6 : i === 220 ? -6 : 0));
    const found = anomaliesOf(run("anomaly_detection", { threshold: 5 }, values));
    expect(found.map(({ kind }) => kind)).toEqual(["spike", "dip"]);
    expect(found[0]).toMatchObject({
      field: "value",
      timestamp: "2024-01-07T06:00:00.000Z",
      severity: "CRITICAL",
    });
    const { upper, lower } = found[0]!.bounds as { upper: number; lower: number };
    expect(found[0]!.value as number).toBeGreaterThan(upper);
    expect(found[0]!.expected as number).toBeGreaterThan(lower);
    for (const { score } of found) {
      expect(score as number).toBeGreaterThanOrEqual(0.5);
      expect(score as number).toBeLessThan(1);
    }
  });

  it("judges by what came before only, where no season is taken off: a prefix is judged like the whole", () => {
    const values = quiet.map((value, i) => value + (i % 70 === 60 ? 8 : 0));
    const config = { season: "none" };
    const whole = anomaliesOf(run("anomaly_detection", config, values));
    const prefix = anomaliesOf(run("anomaly_detection", config, values.slice(0, 200)));
    expect(prefix.length).toBeGreaterThan(0);
    expect(prefix).toEqual(whole.slice(0, prefix.length));
  });

  it("does not let an anomaly hide the next one", () => {
    const values = quiet.map((value, i) => value + (i === 150 ? 500 : i === 160 ? 6 : 0));
    const times = anomaliesOf(run("anomaly_detection", { threshold: 5 }, values)).map(
      ({ timestamp }) => timestamp,
    );
    expect(times).toEqual(["2024-01-07T06:00:00.000Z", "2024-01-07T16:00:00.000Z"]);
  });

  it("finds nothing in a constant and the one reading that leaves it", () => {
    expect(
      anomaliesOf(
        run(
          "anomaly_detection",
          {},
          list(100, () => 7),
        ),
      ),
    ).toEqual([]);
    expect(
      anomaliesOf(
        run(
          "anomaly_detection",
          {},
          list(100, (i) => (i === 50 ? 9 : 7)),
        ),
      ),
    ).toHaveLength(1);
  });

  it("every knob moves the answer", () => {
    const values = quiet.map((value, i) => value + (i === 150 ? 3 : 0));
    const count = (config: object) => run("anomaly_detection", config, values).data.anomalyCount as number;
    expect(count({ threshold: 2 })).toBeGreaterThan(count({ threshold: 3 }));
    expect(count({ auto: true })).toBeLessThanOrEqual(count({}));
    expect(run("anomaly_detection", { window_size: 10 }, values)).not.toEqual(
      run("anomaly_detection", {}, values),
    );
    const alerts = (config: object) => run("anomaly_detection", config, values).data.alertCount as number;
    expect(alerts({ threshold: 2.5, alert_level: "CRITICAL" })).toBeLessThan(alerts({ threshold: 2.5 }));
    expect(run("anomaly_detection", { quick: true }, values).data.pointsAnalyzed).toBe(190);
  });
});
