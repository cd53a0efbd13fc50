import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { METHOD_IDS, type MethodId } from "../../../src/analytics/detection/batch/method";
import { detect, workUnits } from "../../../src/analytics/detection/batch/registry";
import { AppError } from "../../../src/core/errors";
import { hardSeries, seasons } from "../hard-series";

const columns = fc
  .tuple(fc.array(hardSeries, { minLength: 1, maxLength: 3 }), fc.integer({ min: 0, max: 90 }))
  .map(([all, rows]) => {
    const length = Math.min(rows, ...all.map((column) => column.length));
    return all.map((column) => column.slice(0, length));
  });

const isNumberOrNull = (value: number | null) => value === null || Number.isFinite(value);

/** What holds for anything: scores in their range, bands of numbers around what was expected, and no anomaly inside. */
function expectSound(
  id: MethodId,
  input: { columns: Float64Array[]; periods: number[] },
  isAdaptive: boolean,
) {
  const options = { windowSize: 20, adaptive: isAdaptive ? { falseAlarmRate: 0.01 } : null };
  const found = detect(id, input, options, 50);
  const rows = input.columns[0]!.length;
  expect(found.scores).toHaveLength(rows);
  expect(found.scores.every((score) => score >= 0 && score <= 1)).toBe(true);
  expect(found.count).toBe(found.scores.filter((score) => score >= 0.5).length);
  for (const { row, field, value, expected, lower, upper, ratio } of found.anomalies) {
    expect(value).toBe(input.columns[field]![row]);
    expect([expected, lower, upper].every(isNumberOrNull)).toBe(true);
    expect(Number.isFinite(ratio)).toBe(true);
    // Both ends are in the units of the field again: rounding there is of its largest value.
    const rounding = 1e-9 * input.columns[field]!.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
    if (lower !== null && upper !== null) expect(lower).toBeLessThanOrEqual(upper + rounding);
    const isInside = lower !== null && upper !== null && value > lower + rounding && value < upper - rounding;
    expect(isInside).toBe(false);
  }
}

describe.each(METHOD_IDS)("%s", (id) => {
  it("is sound on ugly series or says that they are too short", () => {
    fc.assert(
      fc.property(columns, fc.array(seasons, { maxLength: 2 }), fc.boolean(), (all, periods, isAdaptive) => {
        try {
          expectSound(id, { columns: all, periods }, isAdaptive);
        } catch (error) {
          const isShort = error instanceof AppError && error.failure.code === "not_enough_data";
          if (!isShort) throw error;
        }
      }),
      { numRuns: 60, seed: 20260, endOnFailure: true },
    );
  });

  it("does not care for the unit or, but for a constant, for the zero of a field", () => {
    const values = Float64Array.from({ length: 120 }, (_, t) => Math.sin(t * 1.7) + (t === 70 ? 9 : 0));
    const scoresOf = (column: Float64Array) => detect(id, { columns: [column], periods: [] }, {}, 5).scores;
    const scores = scoresOf(values);
    for (const unit of [2 ** 900, 2 ** -900, 1024])
      for (const [row, score] of scoresOf(values.map((value) => value * unit)).entries())
        expect(score).toBeCloseTo(scores[row]!, 9);
    const moved = scoresOf(values.map((value) => value + 64));
    expect(moved[70]).toBeGreaterThanOrEqual(0.5);
    if (id !== "isolation_forest" && id !== "one_class_svm" && id !== "ensemble")
      for (const [row, score] of moved.entries()) expect(score).toBeCloseTo(scores[row]!, 6);
  });

  it("tells what it costs before it runs, more for more rows", () => {
    const few = workUnits(id, { rows: 1_000, fields: 2, periods: 0 }, {});
    expect(few).toBeGreaterThan(0);
    expect(Number.isInteger(few)).toBe(true);
    expect(workUnits(id, { rows: 10_000, fields: 2, periods: 0 }, {})).toBeGreaterThan(few);
    expect(workUnits(id, { rows: 1_000, fields: 2, periods: 2 }, {})).toBeGreaterThan(few);
  });
});
