import { byField, type FieldDistances, furthest } from "./by-field";
import type { BatchMethod, Prepared, Verdicts } from "./method";
import { soundSpread } from "./order-statistics";
import { leastSpread } from "./quiet-windows";
import { probabilityOf, sigmaOf, studentQuantile, studentTail } from "./tail-probability";

/** Fewest readings that others can be judged by. */
const FEWEST = 3;

/**
 * Each value against the mean and standard deviation of all others, by Student's t (externally studentised residuals,
 * Cook and Weisberg 1982): honest from three readings on, which then say little.
 */
const amongOthers = byField({
  id: "bounds",
  requiredPoints: () => FEWEST,
  warmUp: 0,
  workUnits: () => 1,
  distances: leaveOneOut,
});

type GivenBounds = { lower: number | null; upper: number | null };

/** Bounds that are given, or a prediction interval from the other readings: what is left where there is no history. */
export const boundsCheck: BatchMethod = {
  ...amongOthers,
  requiredPoints: ({ bounds }) => (bounds === null ? FEWEST : 1),
  score: (input, options) =>
    options.bounds === null ? amongOthers.score(input, options) : check(input, options.bounds),
};

function leaveOneOut(values: Float64Array): FieldDistances {
  const n = values.length;
  // Sums around a value of the series: a level far from zero would drown the squares.
  const origin = values[0] ?? 0;
  let sum = 0;
  let squares = 0;
  for (const value of values) {
    sum += value - origin;
    squares += (value - origin) ** 2;
  }
  const least = leastSpread(values);
  const othersOf = (value: number) => {
    const rest = sum - (value - origin);
    const mean = rest / (n - 1);
    const variance = (squares - (value - origin) ** 2 - rest * mean) / (n - 2);
    const spread = Math.max(least, soundSpread(Math.sqrt(Math.max(0, variance)), mean + origin));
    return { mean: mean + origin, error: spread * Math.sqrt(1 + 1 / (n - 1)) };
  };
  return {
    sigma: values.map((value) => {
      const { mean, error } = othersOf(value);
      return sigmaOf(studentTail((value - mean) / error, n - 2));
    }),
    band(row, level) {
      const { mean, error } = othersOf(values[row]!);
      const half = studentQuantile(probabilityOf(level), n - 2) * error;
      return { expected: mean, lower: mean - half, upper: mean + half };
    },
  };
}

/** A value on its bound is inside: just below the level. */
const INSIDE = 0.999;

function check({ columns }: Prepared, { lower, upper }: GivenBounds): Verdicts {
  const low = lower ?? Number.NEGATIVE_INFINITY;
  const high = upper ?? Number.POSITIVE_INFINITY;
  // The unit of "how far beyond": half the band, or with one bound its own size.
  const width = lower !== null && upper !== null ? upper / 2 - lower / 2 : Math.abs(lower ?? upper ?? 0);
  const unit = width > 0 ? width : 1;
  const ratioOf = (value: number) => {
    const beyond = Math.max((value - high) / unit, (low - value) / unit);
    const ratio = beyond > 0 ? 1 + beyond : INSIDE * Math.max(0, 1 + beyond);
    return Math.min(Number.MAX_VALUE, ratio);
  };
  const { sigma, field } = furthest(columns.map((column) => column.map(ratioOf)));
  const expected = lower !== null && upper !== null ? lower / 2 + upper / 2 : null;
  return {
    judgedFrom: 0,
    sigma,
    level: 1,
    field,
    bands: (rows) => rows.map(() => ({ expected, lower, upper })),
  };
}
