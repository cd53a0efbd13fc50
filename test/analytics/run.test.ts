import { describe, expect, it } from "vitest";
import type { StrategyInput } from "../../src/analytics/contract";
import type { Resolution } from "../../src/analytics/resolved";
import { estimate, runOn } from "../../src/analytics/run";
import { prepareStrategy } from "../../src/analytics/strategies/registry";

const series = (field: string, points: number): StrategyInput => ({
  field,
  tags: {},
  times: Float64Array.from({ length: points }, (_, i) => i * 1_000_000),
  values: Float64Array.from({ length: points }, (_, i) => 100 + Math.sin(i)),
});
const resolutionOf = (...inputs: StrategyInput[]): Resolution => ({
  series: inputs,
  resolved: {
    stream_id: "s",
    field: inputs[0]!.field,
    tags: {},
    rows: inputs[0]!.times.length,
    from: null,
    to: null,
    reason: "",
  },
});
const strategy = prepareStrategy("moving_average", { period: 5 });
const four = resolutionOf(series("a", 400), series("b", 300), series("c", 200), series("d", 3));
const [a, b] = [strategy.workUnits(400), strategy.workUnits(300)];
const thrownBy = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
};

describe("an execution's budget of work units", () => {
  it("lets everything run that fits, to the unit", () => {
    const { findings, failure } = runOn(strategy, four, estimate(strategy, four));
    expect(failure).toBeNull();
    expect(findings.series!.map(({ error }) => error?.code ?? null)).toEqual([
      null,
      null,
      null,
      "not_enough_data",
    ]);
  });

  it("ends it clearly with the series that were done, the same each time", () => {
    const { findings, failure } = runOn(strategy, four, a + b);
    expect(failure).toMatchObject({
      code: "work_budget_exceeded",
      extra: { required_units: estimate(strategy, four), limit_units: a + b, series_left: 1 },
    });
    expect(findings.series!.map(({ field, result }) => [field, result !== null])).toEqual([
      ["a", true],
      ["b", true],
      ["c", false],
      ["d", false],
    ]);
    expect(findings.series![2]!.error).toEqual({ code: "work_budget_exceeded" });
    expect(findings.result).toEqual(findings.series![0]!.result);
    expect(runOn(strategy, four, a + b)).toEqual({ findings, failure });
  });

  it("runs nothing of what cannot begin, and says how much it would take", () => {
    const error = thrownBy(() => runOn(strategy, four, a - 1));
    expect(error).toMatchObject({ failure: { code: "work_budget_exceeded", extra: { limit_units: a - 1 } } });
    const alone = resolutionOf(series("a", 400));
    expect(thrownBy(() => runOn(strategy, alone, a - 1))).toMatchObject({
      failure: { extra: { required_units: a, series_left: 1 } },
    });
  });

  it("is not asked for where the data do not suffice", () => {
    expect(thrownBy(() => estimate(strategy, resolutionOf(series("d", 3))))).toMatchObject({
      failure: { code: "not_enough_data", extra: { required: 6, available: 3 } },
    });
  });
});
