import type { StrategyInput } from "../../analytics/contract";
import { symmetricError } from "../../core/symmetric-error";
import type { StatedForecast } from "../answers";
import { BACKTEST_LIMITS, type HorizonSums } from "../contract";

export const emptySums = (): HorizonSums => ({
  scored: 0,
  scaledErrors: 0,
  naiveScaledErrors: 0,
  scaled: 0,
  symmetricErrors: 0,
  naiveSymmetricErrors: 0,
  accuracies: 0,
  naiveAccuracies: 0,
  intervals: 0,
  covered: 0,
});

/**
 * Scores one forecast, made from the values up to `at`, against what came, and adds it to the sums of its horizons.
 * The series ends where the range does: what came later is not asked for.
 * Returns the mean scaled absolute errors of the forecast and of the naive one: what skill is told by.
 */
export function score(
  { times, values }: Pick<StrategyInput, "times" | "values">,
  at: number,
  forecast: StatedForecast,
  season: number,
  horizons: HorizonSums[],
): [number, number] | null {
  const scale = naiveScale(values, at, season);
  let loss = 0;
  let naiveLoss = 0;
  let compared = 0;
  const steps = Math.min(forecast.values.length, BACKTEST_LIMITS.horizons);
  for (let h = 0; h < steps; h++) {
    if (horizons[h] === undefined) horizons[h] = emptySums();
    const target = targetOf(times, at, h, forecast.times);
    if (target === null) continue;
    const actual = values[target]!;
    const stated = forecast.values[h]!;
    const naive = naiveAt(values, at, h, season);
    add(horizons[h]!, actual, stated, naive, scale);
    addInterval(horizons[h]!, actual, forecast.lower?.[h], forecast.upper?.[h]);
    if (scale === 0) continue;
    loss += bounded(Math.abs(actual - stated) / scale);
    naiveLoss += bounded(Math.abs(actual - naive) / scale);
    compared++;
  }
  return compared > 0 ? [loss / compared, naiveLoss / compared] : null;
}

function add(sums: HorizonSums, actual: number, stated: number, naive: number, scale: number): void {
  sums.scored++;
  const [gap, naiveGap] = [symmetricError(actual, stated), symmetricError(actual, naive)];
  sums.symmetricErrors += 200 * gap;
  sums.naiveSymmetricErrors += 200 * naiveGap;
  sums.accuracies += 1 - gap;
  sums.naiveAccuracies += 1 - naiveGap;
  if (scale === 0) return;
  sums.scaledErrors += bounded(Math.abs(actual - stated) / scale);
  sums.naiveScaledErrors += bounded(Math.abs(actual - naive) / scale);
  sums.scaled++;
}

function addInterval(sums: HorizonSums, actual: number, lower?: number, upper?: number): void {
  if (lower === undefined || upper === undefined) return;
  sums.intervals++;
  if (actual >= lower && actual <= upper) sums.covered++;
}

/** Sums of these stay far inside a double, whatever is forecast. */
const bounded = (error: number): number => Math.min(error, 1e12);

/** Mean absolute error of the naive forecast within the past (Hyndman and Koehler 2006); the scale of MASE. */
function naiveScale(values: Float64Array, at: number, season: number): number {
  const lag = at + 1 > season ? season : 1;
  let sum = 0;
  for (let t = lag; t <= at; t++) sum += Math.abs(values[t]! - values[t - lag]!);
  return at >= lag ? sum / (at + 1 - lag) : 0;
}

/** The value a season before, of the last season that is known. */
export function naiveAt(values: Float64Array, at: number, h: number, season: number): number {
  const m = at + 1 >= season ? season : 1;
  return values[at - m + 1 + (h % m)]!;
}

/** The value that a forecast is of: by its time where it names one, else by the step. Null: none came there. */
function targetOf(times: Float64Array, at: number, h: number, stated: number[] | null): number | null {
  if (stated === null) return at + 1 + h < times.length ? at + 1 + h : null;
  const time = stated[h]!;
  const step = h > 0 ? time - stated[h - 1]! : time - times[at]!;
  let low = at + 1;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < time - step / 2) low = middle + 1;
    else high = middle;
  }
  return low < times.length && times[low]! <= time + step / 2 ? low : null;
}
