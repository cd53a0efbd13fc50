import { describe, expect, it } from "vitest";
import { prepareStrategy } from "../../src/analytics/strategies/registry";
import { advance, report, start } from "../../src/backtest";
import { airPassengers, seededNormal } from "../support/series";
import { answer, at, backtest, options, randomWalk, strategyOf } from "./test-strategies";

/** The last value plus the last change, two steps ahead, within ±10. */
const drifting = strategyOf(({ values }) => {
  const last = values.at(-1)!;
  const change = last - values.at(-2)!;
  const predictions = [last + change, last + 2 * change];
  return answer({
    predictions,
    confidenceInterval: {
      lower: predictions.map((value) => value - 10),
      upper: predictions.map((value) => value + 10),
      level: 0.95,
    },
  });
});

const lastValue = strategyOf(({ values }) => answer({ predictions: [values.at(-1)!, values.at(-1)!] }));

describe("a forecast backtest", () => {
  it("scores each horizon as by hand", () => {
    // Origins at index 1, 2, 3 of 10 12 16 10 20: forecasts 14 16 | 20 24 | 4.
    const result = backtest(drifting, [10, 12, 16, 10, 20], { mode: "forecast" });
    const [one, two] = at(result, "forecast", "by_horizon") as [object, object];
    // Naive errors of the past: 2; (2+4)/2 = 3; (2+4+6)/3 = 4. Errors one ahead: 2, 10, 16.
    expect(at(one, "mase")).toBeCloseTo((2 / 2 + 10 / 3 + 16 / 4) / 3, 12);
    expect(at(one, "naive", "mase")).toBeCloseTo((4 / 2 + 6 / 3 + 10 / 4) / 3, 12);
    expect(at(one, "smape")).toBeCloseTo(((2 / 30 + 10 / 30 + 16 / 24) * 200) / 3, 12);
    expect(at(one, "accuracy")).toBeCloseTo(1 - (2 / 30 + 10 / 30 + 16 / 24) / 3, 12);
    expect(at(one, "coverage")).toBeCloseTo(2 / 3, 12);
    expect(at(one, "scored")).toBe(3);
    // Two ahead: 16 of 10, 24 of 20.
    expect(at(two, "scored")).toBe(2);
    expect(at(two, "mase")).toBeCloseTo((6 / 2 + 4 / 3) / 2, 12);
    expect(at(two, "coverage")).toBe(1);
    expect(at(result, "average_accuracy")).toBeCloseTo(
      1 - (2 / 30 + 10 / 30 + 16 / 24 + 6 / 26 + 4 / 44) / 5,
      12,
    );
    expect(at(result, "forecast", "level")).toBe(0.95);
  });

  it("finds the naive forecast exactly as good as itself, and no skill in it", () => {
    const result = backtest(lastValue, randomWalk(61, 200), { mode: "forecast" });
    const overall = at(result, "forecast", "overall");
    expect(at(overall, "mase")).toBe(at(overall, "naive", "mase"));
    expect(at(result, "forecast", "skill", "has_skill")).toBe(false);
    expect(at(result, "forecast", "skill", "note")).toContain("No skill");
  });

  it("says no skill on random walks for a real model", () => {
    let skilled = 0;
    for (let seed = 70; seed < 78; seed++) {
      const arima = prepareStrategy("arima_prediction", {
        p: 1,
        d: 1,
        q: 0,
        steps: 1,
        quick: true,
        minDataPoints: 20,
      });
      const result = backtest(arima, randomWalk(seed, 160), { mode: "forecast", refit_every: 2 });
      if (at(result, "forecast", "skill", "has_skill") === true) skilled++;
    }
    expect(skilled).toBeLessThanOrEqual(1);
  });

  it("sees the skill of a model of a season, beside a naive forecast that has none", () => {
    const airline = prepareStrategy("arima_prediction", {
      p: 0,
      d: 1,
      q: 1,
      seasonal: { D: 1, Q: 1, m: 12 },
      minDataPoints: 30,
      steps: 3,
    });
    const result = backtest(airline, airPassengers, {
      mode: "forecast",
      start_date: "2024-03-01",
      refit_every: 3,
    });
    expect(at(result, "forecast", "skill", "has_skill")).toBe(true);
    expect(at(result, "forecast", "overall", "mase")).toBeLessThan(0.7);
    expect(at(result, "forecast", "overall", "coverage")).toBeGreaterThan(0.8);
    expect(at(result, "average_accuracy")).toBeGreaterThan(0.95);
  });

  it("compares a seasonal naive forecast where a season is given", () => {
    const season = [5, 9, 2, 7];
    const values = Array.from({ length: 60 }, (_, t) => season[t % 4]! + 100);
    const result = backtest(lastValue, values, { mode: "forecast", season: 4, start_date: "2024-01-10" });
    expect(at(result, "forecast", "overall", "naive", "smape")).toBe(0);
    expect(at(result, "forecast", "overall", "smape")).toBeGreaterThan(0);
  });

  it("compares a forecast with the value of its time, where readings are missing", () => {
    const day = (t: number): string => new Date(Date.UTC(2024, 0, 1 + t)).toISOString();
    const knowing = strategyOf(({ values, times }) => {
      const t = Math.round((times.at(-1)! - Date.UTC(2024, 0, 1) * 1e3) / 86.4e9);
      return answer({
        predictions: [t + 1, t + 2],
        timestamps: [day(t + 1), day(t + 2)],
        seen: values.length,
      });
    });
    const kept = Array.from({ length: 40 }, (_, t) => t).filter((t) => t % 7 !== 3);
    const times = Float64Array.from(kept, (t) => (Date.UTC(2024, 0, 1) + t * 864e5) * 1e3);
    const task = {
      strategy: knowing,
      series: { field: "v", tags: {}, times, values: Float64Array.from(kept) },
      options: options({ mode: "forecast" }),
    };
    const state = start(task);
    advance(task, state, Number.POSITIVE_INFINITY);
    expect(at(report(task, state), "average_accuracy")).toBe(1);
  });

  it("has forecasts beside its trades where the strategy gives them", () => {
    const result = backtest(drifting, randomWalk(62, 50));
    expect(at(result, "forecast", "origins")).toBe(49);
    expect(result.average_accuracy).toBeGreaterThan(0.9);
    expect(result.total_trades).toBe(0);
  });
});

describe("a detection backtest", () => {
  const normal = seededNormal(80);
  const values = Array.from({ length: 200 }, (_, t) => 50 + normal() + (t === 120 || t === 150 ? 30 : 0));
  const dayOf = (t: number): string => new Date(Date.UTC(2024, 0, 1 + t)).toISOString().slice(0, 10);
  const detector = prepareStrategy("anomaly_detection", { window_size: 50, threshold: 5 });

  it("lists the alerts as they would have come and compares them with labels", () => {
    const result = backtest(detector, values, {
      mode: "detection",
      labels: [{ from: dayOf(120) }, { from: dayOf(149), to: dayOf(151) }, { from: dayOf(180) }],
    });
    expect(at(result, "detection", "alert_count")).toBe(2);
    expect(at(result, "detection", "against_labels")).toMatchObject({
      incidents: 3,
      found: 2,
      missed: 1,
      precision: 1,
      false_alerts: 0,
      mean_delay_seconds: 43_200,
    });
    expect(at(result, "detection", "against_labels", "recall")).toBeCloseTo(2 / 3, 12);
    expect(at(result, "detection", "against_labels", "f1")).toBeCloseTo(0.8, 12);
  });

  it("misses no alert between two runs of the detector", () => {
    const result = backtest(detector, values, { mode: "detection", refit_every: 9 });
    expect(at(result, "detection", "alerts")).toEqual([
      `${dayOf(120)}T00:00:00.000Z`,
      `${dayOf(150)}T00:00:00.000Z`,
    ]);
    expect(at(result, "detection", "against_labels")).toBeNull();
  });
});
