import fc from "fast-check";
import { expect } from "vitest";
import type { FittedModel } from "../../src/analytics/forecasting/model";

const shape = fc.oneof(
  fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 0, maxLength: 60 }),
  // Counts with many zeros.
  fc.array(fc.constantFrom(0, 0, 0, 1, 2, 5), { minLength: 3, maxLength: 80 }),
  // Constant, and linear to rounding.
  fc
    .tuple(fc.integer({ min: 1, max: 50 }), fc.double({ min: -3, max: 3, noNaN: true }))
    .map(([n, value]) => new Array<number>(n).fill(value)),
  fc
    .tuple(fc.integer({ min: 3, max: 60 }), fc.double({ min: -3, max: 3, noNaN: true }))
    .map(([n, slope]) => Array.from({ length: n }, (_, t) => 0.1 + slope * t)),
  // A season with one value far out.
  fc
    .tuple(
      fc.integer({ min: 8, max: 80 }),
      fc.integer({ min: 0, max: 79 }),
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    )
    .map(([n, place, far]) =>
      Array.from({ length: n }, (_, t) => (t === place ? far : 2 + Math.sin(t * 1.6))),
    ),
);

/** Series that real ones are sometimes like, in units from next to nothing to next to infinity. */
export const hardSeries = fc
  .tuple(shape, fc.constantFrom(1, 1, 1e-290, 1e290, -1e6, 1e-9))
  .map(([values, unit]) => Float64Array.from(values, (value) => value * unit));

export const seasons = fc.constantFrom(1, 2, 3, 4, 7, 12);

const everyFinite = (column: Float64Array) => column.every((value) => Number.isFinite(value));

/** What holds for a model of anything: as many values as asked for, all of them finite, bounds in their order. */
export function expectSound(model: FittedModel, values: Float64Array, horizon = 9): void {
  expect(model.fitted).toHaveLength(values.length);
  expect(model.fitted.every((value) => !Number.isFinite(value) === Number.isNaN(value))).toBe(true);
  const prediction = model.predict(horizon);
  const wide = prediction.interval(0.95);
  const narrow = prediction.interval(0.5);
  const columns = [prediction.mean, prediction.standardError];
  for (const column of [...columns, wide.lower, wide.upper, narrow.lower, narrow.upper]) {
    expect(column).toHaveLength(horizon);
    expect(everyFinite(column)).toBe(true);
  }
  for (let h = 0; h < horizon; h++) {
    expect(prediction.standardError[h]).toBeGreaterThanOrEqual(0);
    expect(wide.lower[h]).toBeLessThanOrEqual(narrow.lower[h]!);
    expect(narrow.lower[h]).toBeLessThanOrEqual(narrow.upper[h]!);
    expect(narrow.upper[h]).toBeLessThanOrEqual(wide.upper[h]!);
  }
}

/** Sound itself, and when it is applied to the beginning of its series, and to that of another. */
export function expectSoundEverywhere(model: FittedModel | null, values: Float64Array): void {
  if (model === null) return;
  expectSound(model, values);
  const earlier = values.slice(0, Math.ceil(values.length / 2));
  expectSound(model.apply(earlier), earlier);
  expect(model.apply(values).predict(5).mean).toEqual(model.predict(5).mean);
}
