import { adfTest } from "./adf";
import { difference } from "./differencing";
import { kpssTest } from "./kpss";
import { largest } from "./standardise";
import type { UnitRootTest } from "./unit-root";

export interface StationarityTests {
  /** Augmented Dickey-Fuller; null where the values are too few or do not vary. A small p-value speaks for stationarity. */
  adf: UnitRootTest | null;
  /** KPSS around a level; a small p-value speaks against stationarity. Its p-value is cut to [0.01, 0.1]. */
  kpss: UnitRootTest | null;
  isStationary: boolean;
}

/** The tests take the newest values up to this: their cost grows with n and the square of the lags. */
const MAX_TEST_VALUES = 4_000;
const SIGNIFICANCE = 0.05;
const MAX_DIFFERENCES = 2;

/** Stationary is what no test objects to: ADF rejects a unit root, KPSS does not reject a level. */
export function testStationarity(values: Float64Array): StationarityTests {
  const tail = values.subarray(Math.max(0, values.length - MAX_TEST_VALUES));
  if (!varies(tail)) return { adf: null, kpss: null, isStationary: true };
  const adf = adfTest(tail);
  const kpss = kpssTest(tail);
  const hasUnitRoot = adf !== null && adf.pValue >= SIGNIFICANCE;
  const hasNoLevel = kpss !== null && kpss.pValue < SIGNIFICANCE;
  return { adf, kpss, isStationary: !hasUnitRoot && !hasNoLevel };
}

/**
 * How often to difference until KPSS keeps its level (Hyndman and Khandakar 2008, "Automatic time series forecasting"),
 * with the lags of `ndiffs` in R's forecast package: longer ones lose their power against a random walk.
 */
export function chooseDifferences(values: Float64Array, most = MAX_DIFFERENCES): number {
  let current = values.subarray(Math.max(0, values.length - MAX_TEST_VALUES));
  for (let d = 0; d < most; d++) {
    const lags = Math.trunc((3 * Math.sqrt(current.length)) / 13);
    const test = varies(current) ? kpssTest(current, { around: "level", lags }) : null;
    if (test === null || test.pValue >= SIGNIFICANCE) return d;
    current = difference(current, 1, 1);
  }
  return most;
}

/** Squares of anything smaller are zero in a double. */
const SMALLEST_RANGE = 1e-250;

/** False also where all variation is rounding: differences of a line in decimal fractions. */
export function varies(values: Float64Array, magnitude = largest(values)): boolean {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return high - low > Math.max(1e-12 * magnitude, SMALLEST_RANGE);
}
