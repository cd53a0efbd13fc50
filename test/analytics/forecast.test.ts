import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Budget, unlimited } from "../../src/analytics/forecasting/budget";
import { intervalScales } from "../../src/analytics/forecasting/combination/calibration";
import { FAMILIES } from "../../src/analytics/forecasting/combination/members";
import { originsOf, rollOrigins } from "../../src/analytics/forecasting/combination/rolling-origin";
import { weigh } from "../../src/analytics/forecasting/combination/weights";
import { type Forecast, type ForecastOptions, forecast } from "../../src/analytics/forecasting/forecast";
import { AppError } from "../../src/core/errors";
import { airPassengers, lynx, nile, seededNormal } from "../support/series";
import { hardSeries, seasons } from "./hard-series";

const of = (
  values: ArrayLike<number>,
  options: Partial<ForecastOptions> = {},
  season?: number,
  budget = unlimited(),
) =>
  forecast(
    { values: Float64Array.from(values), ...(season === undefined ? {} : { season }) },
    { horizon: 6, ...options },
    budget,
  );

/** Mean of 200 |y - f| / (|y| + |f|), in percent. */
const smape = (actual: ArrayLike<number>, mean: Float64Array) =>
  mean.reduce(
    (sum, f, h) => sum + (200 * Math.abs(actual[h]! - f)) / (Math.abs(actual[h]!) + Math.abs(f)),
    0,
  ) / mean.length;

function expectSound({ mean, lower, upper }: Forecast, horizon: number): void {
  for (const column of [mean, lower, upper]) {
    expect(column).toHaveLength(horizon);
    expect(column.every(Number.isFinite)).toBe(true);
  }
  mean.forEach((value, h) => {
    expect(lower[h]).toBeLessThanOrEqual(value);
    expect(upper[h]).toBeGreaterThanOrEqual(value);
  });
}

const codeOf = (work: () => unknown): string | undefined => {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return error.failure.code;
    throw error;
  }
  return undefined;
};

describe("a forecast of all families", () => {
  it("predicts two years of the airline passengers about twice as well as the year before", () => {
    const answer = of(airPassengers.slice(0, 120), { horizon: 24 }, 12);
    const yearBefore = Float64Array.from({ length: 24 }, (_, h) => airPassengers[108 + (h % 12)]!);
    const actual = airPassengers.slice(120);
    expect(smape(actual, answer.mean)).toBeLessThan(0.55 * smape(actual, yearBefore));
    expect(answer.members.length).toBeGreaterThan(1);
    expect(answer.members.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12);
    expect(answer.members[0]!.weight).toBeGreaterThanOrEqual(answer.members.at(-1)!.weight);
  });

  it("finds the season by itself", () => {
    expect(of(airPassengers, {}).periods).toEqual([12]);
    const normal = seededNormal(5);
    const noise = Float64Array.from({ length: 200 }, () => normal());
    expect(of(noise).periods).toEqual([]);
  });

  it("has intervals about as wide as the best possible, on walks with a season", () => {
    let inside = 0;
    let relativeWidth = 0;
    let count = 0;
    for (let seed = 1; seed <= 12; seed++) {
      const normal = seededNormal(seed);
      let level = 50;
      const all = Float64Array.from({ length: 108 }, (_, t) => {
        level += normal();
        return level + 10 * Math.sin((t * Math.PI) / 2) + normal();
      });
      const { lower, upper } = of(all.slice(0, 100), { horizon: 8 }, 4);
      for (let h = 0; h < 8; h++) {
        // The level is known to a variance of 0.62 (Muth 1960), then walks h + 1 steps and is seen with an error of 1.
        const ideal = 2 * 1.96 * Math.sqrt(0.62 + h + 1 + 1);
        relativeWidth += (upper[h]! - lower[h]!) / ideal;
        count++;
        if (all[100 + h]! >= lower[h]! && all[100 + h]! <= upper[h]!) inside++;
      }
    }
    expect(inside / count).toBeGreaterThan(0.9);
    expect(relativeWidth / count).toBeGreaterThan(0.9);
    expect(relativeWidth / count).toBeLessThan(1.3);
  });

  it("combines by errors, equally, or by the middle, as it is asked to", () => {
    const means = (["weighted", "mean", "median"] as const).map(
      (combination) => of(lynx, { combination }).mean[5],
    );
    expect(new Set(means).size).toBe(3);
    expect(of(nile, { strategy: "arima" })).toMatchObject({
      combination: "single",
      members: [{ weight: 1 }],
    });
  });

  it("answers within any budget and says that it ran out", () => {
    const full = of(airPassengers, {}, 12);
    expect(full.isBudgetSpent).toBe(false);
    for (const share of [0, 0.001, 0.1, 0.5]) {
      const answer = of(airPassengers, {}, 12, new Budget(full.spent * share));
      expectSound(answer, 6);
      expect(answer.isBudgetSpent).toBe(true);
      expect(answer.spent).toBeLessThan(full.spent);
    }
  });

  it("takes missing values", () => {
    const gappy = airPassengers.map((value, t) => (t % 11 === 5 ? Number.NaN : value));
    const whole = of(airPassengers, {}, 12).mean;
    const answer = of(gappy, {}, 12);
    expectSound(answer, 6);
    answer.mean.forEach((value, h) => {
      expect(Math.abs(value / whole[h]! - 1)).toBeLessThan(0.15);
    });
  });

  it("keeps counts from falling below zero", () => {
    const falling = Float64Array.from({ length: 30 }, (_, t) => Math.max(0, 29 - t));
    const { mean, lower } = of(falling, { horizon: 10 });
    expect(Math.min(...mean, ...lower)).toBe(0);
  });

  it("refuses what cannot be forecast by its code", () => {
    expect(codeOf(() => of([]))).toBe("not_enough_data");
    expect(codeOf(() => of([4]))).toBe("not_enough_data");
    expect(codeOf(() => of([Number.NaN, 1, Number.NaN]))).toBe("not_enough_data");
    expect(codeOf(() => of([1, 2, Number.POSITIVE_INFINITY]))).toBe("malformed_data");
    expect(codeOf(() => of([1, 2, 1e300]))).toBe("malformed_data");
    expect(codeOf(() => of([1, 2, 3], { horizon: 0 }))).toBe("invalid_request");
    expect(codeOf(() => of([1, 2, 3], { horizon: 1.5 }))).toBe("invalid_request");
  });

  it("is finite for series of any kind", () => {
    const horizon = fc.integer({ min: 1, max: 30 });
    const strategy = fc.constantFrom("auto" as const, "arima" as const);
    fc.assert(
      fc.property(hardSeries, seasons, horizon, strategy, (values, season, steps, chosen) => {
        const code = codeOf(() => {
          expectSound(of(values, { horizon: steps, strategy: chosen }, season), steps);
        });
        if (code === undefined) return;
        if (values.length < 2) expect(code).toBe("not_enough_data");
        else expect(code).toBe("malformed_data");
        if (code === "malformed_data") expect(Math.max(...values.map(Math.abs))).toBeGreaterThan(1e290);
      }),
      { numRuns: 150 },
    );
  });

  it("takes ten thousand values, two seasons among them", () => {
    const normal = seededNormal(8);
    const hours = Float64Array.from(
      { length: 10_000 },
      (_, t) => 100 + 9 * Math.sin((t * Math.PI) / 12) + 5 * Math.sin((t * Math.PI) / 84) + normal(),
    );
    const answer = forecast({ values: hours, frequency: "hourly" }, { horizon: 48 }, new Budget(2_000_000));
    expectSound(answer, 48);
    expect(answer.periods).toEqual([24, 168]);
    answer.mean.forEach((value, h) => {
      const t = 10_000 + h;
      const expected = 100 + 9 * Math.sin((t * Math.PI) / 12) + 5 * Math.sin((t * Math.PI) / 84);
      expect(Math.abs(value - expected)).toBeLessThan(2.5);
    });
  });
});

describe("rolling origins", () => {
  const rhythm = { season: 1, periods: [] };
  const naiveOf = (values: Float64Array) => FAMILIES[0]!(values, rhythm, unlimited())!;
  const options = { horizon: 6, level: 0.95, fewest: 0 };

  it("lie in the past, and there are none where the past is too short", () => {
    expect(originsOf(100, 6)).toEqual([99, 97, 95, 93, 91, 89, 87, 85, 83, 81, 79, 77]);
    expect(originsOf(9, 6)).toEqual([8]);
    expect(originsOf(8, 6)).toEqual([]);
  });

  it("see no value before its time", () => {
    const changed = nile.slice();
    changed.fill(1e6, 90);
    const said = (values: Float64Array) =>
      rollOrigins(values, [naiveOf(values)], options, unlimited()).filter(({ origin }) => origin <= 90);
    expect(said(nile).length).toBeGreaterThan(0);
    expect(said(changed)).toEqual(said(nile));
  });

  it("give the larger weight to the smaller error, and none to what is far off", () => {
    const values = Float64Array.from({ length: 40 }, (_, t) => t);
    const constantly = (off: number) => ({
      mean: Float64Array.of(30 + off, 31 + off),
      lower: Float64Array.of(0, 0),
      upper: Float64Array.of(99, 99),
    });
    const origins = [{ origin: 30, said: [constantly(1), constantly(1.2), constantly(5), null] }];
    const { weights, errors } = weigh(values, origins, 4);
    expect(errors).toEqual([1, expect.closeTo(1.2, 9), 5, null]);
    expect(weights[0]).toBeGreaterThan(weights[1]!);
    expect(weights.slice(2)).toEqual([0, 0]);
    expect(weights[0]! + weights[1]!).toBeCloseTo(1, 12);
    expect(weigh(values, [], 4).weights).toEqual([0.25, 0.25, 0.25, 0.25]);
  });

  it("widen intervals where errors were larger than stated, and narrow them where they were smaller", () => {
    const outcomes = (size: number) =>
      Array.from({ length: 30 }, (_, k) => ({
        said: {
          mean: Float64Array.of(0, 0),
          lower: Float64Array.of(-1.96, -1.96),
          upper: Float64Array.of(1.96, 1.96),
        },
        actual: Float64Array.of(k % 2 === 0 ? size : -size, size),
      }));
    const scale = (size: number) => intervalScales(outcomes(size), { n: 1_000, horizon: 2, level: 0.95 })[0]!;
    expect(scale(3)).toBeGreaterThan(1.5);
    expect(scale(0.4)).toBeLessThan(0.8);
    expect(scale(1)).toBeCloseTo(1, 1);
    const few = intervalScales([], { n: 10, horizon: 2, level: 0.95 });
    expect(few[0]).toBeGreaterThan(intervalScales([], { n: 1_000, horizon: 2, level: 0.95 })[0]!);
  });

  it("let steps far ahead be wider than near ones where only they go wrong", () => {
    const outcomes = Array.from({ length: 40 }, (_, k) => ({
      said: {
        mean: new Float64Array(8),
        lower: new Float64Array(8).fill(-1.96),
        upper: new Float64Array(8).fill(1.96),
      },
      actual: Float64Array.from({ length: 8 }, (_, h) => (k % 2 === 0 ? 1 : -1) * (h < 2 ? 0.7 : 3)),
    }));
    const scales = intervalScales(outcomes, { n: 1_000, horizon: 8, level: 0.95 });
    expect(scales[7]! / scales[0]!).toBeGreaterThan(1.5);
  });
});
