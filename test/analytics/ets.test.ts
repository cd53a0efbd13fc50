import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Budget, unlimited } from "../../src/analytics/forecasting/budget";
import { autoEts, type EtsModel, type EtsSpec, fitEts } from "../../src/analytics/forecasting/ets";
import type { FittedModel } from "../../src/analytics/forecasting/model";
import { airPassengers, nile, seededNormal } from "../support/series";

const LEVEL: EtsSpec = { error: "A", trend: "N", damped: false, seasonal: "N" };
const HOLT_WINTERS: EtsSpec = { error: "A", trend: "A", damped: false, seasonal: "A" };
const FACTORS: EtsSpec = { error: "M", trend: "A", damped: true, seasonal: "M" };

const auto = (values: Float64Array, season = 1) => autoEts(values, season, {}, unlimited());

function expectFinite(model: FittedModel, horizon: number): void {
  const prediction = model.predict(horizon);
  const { lower, upper } = prediction.interval(0.95);
  for (const column of [prediction.mean, prediction.standardError, lower, upper, model.fitted])
    expect(column.every(Number.isFinite)).toBe(true);
  expect(prediction.mean.length).toBe(horizon);
  expect(lower.every((bound, h) => bound <= upper[h]!)).toBe(true);
}

/** A season of `length` steps on a line, with a little noise. */
function seasonal(n: number, length: number, noise = 1): Float64Array {
  const normal = seededNormal(3);
  return Float64Array.from(
    { length: n },
    (_, t) => 200 + 0.1 * t + 30 * Math.sin((2 * Math.PI * t) / length) + noise * normal(),
  );
}

describe("what has no model", () => {
  it.each([
    ["three values", Float64Array.of(1, 3, 2), 1, LEVEL],
    ["fewer values than parameters", airPassengers.slice(0, 18), 12, HOLT_WINTERS],
    ["factors of values that are not positive", Float64Array.of(0, 3, 2, 4, 5, 2, 3, 4, 5, 6, 7), 1, FACTORS],
    ["a season of one step", nile, 1, HOLT_WINTERS],
    ["a season longer than the series", nile, 101, HOLT_WINTERS],
    ["a long season seen twice", seasonal(70, 30), 30, HOLT_WINTERS],
    ["additive errors of factors", airPassengers, 12, { ...FACTORS, error: "A" } as EtsSpec],
    ["a damped trend where there is none", airPassengers, 12, { ...LEVEL, damped: true }],
    ["values that are no numbers", Float64Array.of(1, 2, Number.NaN, 4, 5, 6, 7), 1, LEVEL],
  ])("is answered with null: %s", (_, values, season, spec) => {
    expect(fitEts(values, season, spec, unlimited())).toBeNull();
  });

  it("leaves the others: no factors where a value is zero, no season where it is too long", () => {
    const withZero = airPassengers.with(7, 0);
    const names = auto(withZero, 12)!.candidates.map(({ name }) => name);
    expect(names.toSorted()).toEqual([
      "ETS(A,A,A)",
      "ETS(A,A,N)",
      "ETS(A,Ad,A)",
      "ETS(A,Ad,N)",
      "ETS(A,N,A)",
      "ETS(A,N,N)",
    ]);
    expect(auto(nile, 80)!.candidates.every(({ spec }) => spec.seasonal === "N")).toBe(true);
  });

  it("is told by null for a whole search, too", () => {
    expect(auto(Float64Array.of(1, 3, 2))).toBeNull();
    expect(auto(Float64Array.of(1, 2, 3, Number.POSITIVE_INFINITY, 5, 6, 7, 8))).toBeNull();
    expect(auto(new Float64Array())).toBeNull();
  });
});

describe("a choice", () => {
  it("names its models as the field does and has the best first", () => {
    const { best, candidates } = auto(airPassengers, 12)!;
    expect(candidates.map(({ name }) => name)).toContain("ETS(M,Ad,M)");
    expect(candidates).toHaveLength(15);
    expect(candidates[0]).toBe(best);
    for (let i = 1; i < candidates.length; i++)
      expect(candidates[i]!.aicc).toBeGreaterThanOrEqual(candidates[i - 1]!.aicc);
  });

  it("keeps to what is allowed", () => {
    const options = { allowMultiplicative: false, allowDamped: false, allowSeason: false };
    const names = autoEts(airPassengers, 12, options, unlimited())!.candidates.map(({ name }) => name);
    expect(names.toSorted()).toEqual(["ETS(A,A,N)", "ETS(A,N,N)"]);
  });

  it("goes by the criterion that is asked for", () => {
    const { best, candidates } = autoEts(nile, 1, { criterion: "bic" }, unlimited())!;
    expect(best.bic).toBe(Math.min(...candidates.map(({ bic }) => bic)));
  });

  it("continues a line, and a constant without doubt", () => {
    const line = auto(Float64Array.from({ length: 40 }, (_, t) => 5 + 3 * t))!.best.predict(3);
    expect(line.mean[2]).toBeCloseTo(5 + 3 * 42, 4);
    const constant = auto(new Float64Array(30).fill(7))!;
    expect(constant.best.spec.trend).toBe("N");
    const { mean, standardError } = constant.combined.predict(5);
    expect(mean[4]).toBeCloseTo(7, 9);
    expect(standardError[4]).toBeLessThan(1e-6);
    expect(auto(new Float64Array(30))!.best.predict(1).mean[0]).toBeCloseTo(0, 9);
  });

  it("sees a season of more than 24 steps", () => {
    const values = seasonal(52 * 5 + 13, 52);
    const { best } = auto(values, 52)!;
    expect(best.spec.seasonal).not.toBe("N");
    const { mean } = best.predict(52);
    const truth = (h: number) => {
      const t = values.length + h;
      return 200 + 0.1 * t + 30 * Math.sin((2 * Math.PI * t) / 52);
    };
    const worst = Math.max(...Array.from(mean, (value, h) => Math.abs(value - truth(h))));
    expect(worst).toBeLessThan(3);
  });

  it.each([1e-290, 1e-9, 1e9, 1e290])("is the same for a series times %d", (factor) => {
    const scaled = auto(
      nile.map((value) => (value / 1_000) * factor),
      1,
    )!;
    const plain = auto(nile.map((value) => value / 1_000))!;
    expect(scaled.best.name).toBe(plain.best.name);
    const expected = plain.combined.predict(4);
    const actual = scaled.combined.predict(4);
    for (let h = 0; h < 4; h++) {
      expect(actual.mean[h]! / factor / expected.mean[h]!).toBeCloseTo(1, 6);
      expect(actual.standardError[h]! / factor / expected.standardError[h]!).toBeCloseTo(1, 5);
    }
  });
});

describe("the combination", () => {
  it("weighs by the criterion and predicts between its members", () => {
    const { combined } = auto(airPassengers, 12)!;
    const { members } = combined;
    expect(members.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12);
    for (let i = 1; i < members.length; i++) {
      const distance = members[i]!.model.aicc - members[0]!.model.aicc;
      expect(members[i]!.weight / members[0]!.weight).toBeCloseTo(Math.exp(-distance / 12), 9);
    }
    expect(members.length).toBeGreaterThan(1);
    const each = members.map(({ model }) => model.predict(6).mean[5]!);
    const value = combined.predict(6).mean[5]!;
    expect(value).toBeGreaterThan(Math.min(...each));
    expect(value).toBeLessThan(Math.max(...each));
  });

  it("is at least as uncertain as the members on average", () => {
    const { combined } = auto(airPassengers, 12)!;
    const variance = combined.members.reduce(
      (sum, { model, weight }) => sum + weight * model.predict(9).standardError[8]! ** 2,
      0,
    );
    expect(combined.predict(9).standardError[8]).toBeGreaterThanOrEqual(Math.sqrt(variance) * (1 - 1e-12));
  });
});

describe("a model applied to another series", () => {
  it("is itself on its own", () => {
    const { best } = auto(airPassengers, 12)!;
    const again = best.apply(airPassengers);
    expect(again.parameters).toEqual(best.parameters);
    again.predict(12).mean.forEach((value, h) => {
      expect(Math.abs(value / best.predict(12).mean[h]! - 1)).toBeLessThan(1e-3);
    });
  });

  it("predicts from where the other ends", () => {
    const { best, combined } = auto(airPassengers, 12)!;
    for (const model of [best, combined]) {
      const { mean } = model.apply(airPassengers.slice(0, 132)).predict(12);
      mean.forEach((value, h) => {
        expect(Math.abs(value / airPassengers[132 + h]! - 1)).toBeLessThan(0.12);
      });
    }
  });

  it("keeps its first states where the other is too short to tell them", () => {
    const { best } = auto(airPassengers, 12)!;
    const short = best.apply(airPassengers.slice(0, 5));
    expect(short.states.first).toEqual(best.states.first);
    expectFinite(short, 24);
  });

  it("refuses values that it cannot have", () => {
    const model = fitEts(airPassengers, 12, FACTORS, unlimited())!;
    expect(() => model.apply(airPassengers.with(3, -1))).toThrow(/ETS\(M,Ad,M\)/);
  });
});

describe("a budget", () => {
  const long = seasonal(960, 24, 10);

  it("is kept but for the pass that is on its way, and a model comes out of it", () => {
    const all = unlimited();
    autoEts(long, 24, {}, all);
    for (const limit of [100, 1_000, 5_000]) {
      const budget = new Budget(limit);
      const answer = autoEts(long, 24, {}, budget)!;
      expect(answer.candidates.length).toBeGreaterThan(0);
      expect(budget.spent).toBeLessThan(limit + 150);
      expect(budget.spent).toBeLessThan(all.spent / 2);
      expectFinite(answer.combined, 48);
    }
  });

  it("of nothing gives nothing", () => {
    expect(autoEts(long, 24, {}, new Budget(0))).toBeNull();
  });
});

describe("any series", () => {
  const ordinary = fc.double({ min: -1e3, max: 1e3, noNaN: true });
  const positive = fc.double({ min: 1e-3, max: 1e3, noNaN: true });
  const counts = fc.integer({ min: 0, max: 4 });
  const wild = fc.oneof(
    ordinary,
    fc.constantFrom(0, -0, 1e290, -1e290, 1e-290, 5e-324, 1.7e308),
    fc.double(),
  );
  const series = fc.oneof(
    ...[ordinary, positive, counts, wild].map((value) => fc.array(value, { maxLength: 60 })),
    fc
      .tuple(fc.array(positive, { minLength: 1, maxLength: 5 }), fc.integer({ min: 3, max: 60 }))
      .map(([cycle, n]) => Array.from({ length: n }, (_, t) => cycle[t % cycle.length]!)),
  );

  it("has either no model or finite predictions", () => {
    fc.assert(
      fc.property(series, fc.constantFrom(1, 2, 4, 7, 12, 25), (numbers, season) => {
        const values = Float64Array.from(numbers);
        const answer = auto(values, season);
        if (answer === null) return;
        expect(answer.candidates.every(isSound)).toBe(true);
        expectFinite(answer.best, 30);
        expectFinite(answer.combined, 30);
        expectFinite(answer.best.apply(values.slice(0, Math.max(3, values.length - 4))), 5);
      }),
      { numRuns: 300 },
    );
  });

  const isSound = (model: EtsModel): boolean =>
    [model.logLikelihood, model.aic, model.aicc, model.bic, model.sigma].every(Number.isFinite) &&
    model.parameters.alpha > 0 &&
    model.parameters.alpha < 1 &&
    (model.parameters.beta ?? 0) <= model.parameters.alpha &&
    (model.parameters.gamma ?? 0) <= 1 - model.parameters.alpha + 1e-12;
});
