import { AppError } from "../../../core/errors";
import type { Budget } from "../../forecasting/budget";
import type { Outcome } from "../../forecasting/combination/calibration";
import type { Said } from "../../forecasting/combination/rolling-origin";
import { largest } from "../../forecasting/standardise";
import { LIMITS } from "../arima/config";
import type { Forecaster, HybridMember } from "./members";
import type { OriginErrors } from "./weights";

/** What a member says: bounds at the level, and the standard error at the horizon's end. */
export interface Stated extends Said {
  standardError: number;
}

/** Both members' words at one origin, and what came. */
export interface HybridTrial extends OriginErrors {
  arima: Stated;
  ma: Stated;
  actual: Float64Array;
}

/** Fewer known values make no trial. */
const FEWEST_KNOWN = 8;

/** Null where it has none, or one of its numbers is none. */
export function statedBy(forecaster: Forecaster, known: Float64Array, level: number): Stated | null {
  const prediction = orNull(() => forecaster(known));
  if (prediction === null) return null;
  const { lower, upper } = prediction.interval(level);
  const { mean } = prediction;
  const standardError = prediction.standardError.at(-1)!;
  const isSound = [mean, lower, upper, [standardError]].every((column) => column.every(Number.isFinite));
  return isSound ? { mean, lower, upper, standardError } : null;
}

/**
 * Both members, estimated once on the first part of the values, forecast from the same origins in the rest whose whole
 * horizon has come: no value is seen before its time.
 */
export function rollMembers(
  values: Float64Array,
  members: { arima: HybridMember; ma: HybridMember },
  { steps, level }: { steps: number; level: number },
  budget: Budget,
): HybridTrial[] {
  const first = Math.max(Math.floor(values.length * LIMITS.trainingShare), FEWEST_KNOWN);
  const last = values.length - steps;
  if (last < first) return [];
  const trained = (member: HybridMember) => orNull(() => member.trainedOn(values.slice(0, first), budget));
  const arima = trained(members.arima);
  const ma = trained(members.ma);
  if (arima === null || ma === null) return [];
  const unit = largest(values) || 1;
  const stride = Math.max(1, Math.ceil((last - first + 1) / LIMITS.origins));
  const trials: HybridTrial[] = [];
  // Counted from the end, so that the newest horizon is among them.
  for (let origin = last - Math.floor((last - first) / stride) * stride; origin <= last; origin += stride) {
    const known = values.slice(0, origin);
    const actual = values.subarray(origin, origin + steps);
    const said = { arima: statedBy(arima, known, level), ma: statedBy(ma, known, level) };
    if (said.arima === null || said.ma === null) continue;
    const errors = {
      arima: errorOf(said.arima, actual, unit),
      ma: errorOf(said.ma, actual, unit),
    };
    trials.push({ origin, arima: said.arima, ma: said.ma, actual, errors });
  }
  return trials;
}

/** Mean absolute error in the unit. */
const errorOf = ({ mean }: Said, actual: Float64Array, unit: number): number =>
  actual.reduce((sum, value, h) => sum + Math.abs(value / unit - mean[h]! / unit), 0) / actual.length;

/** 1 - |a - f| / (|a| + |f|), the mean over all steps of all forecasts; null where there was none. */
export function accuracyOf(outcomes: readonly Outcome[]): number | null {
  let sum = 0;
  let count = 0;
  for (const { said, actual } of outcomes) {
    actual.forEach((value, h) => {
      sum += agreement(value, said.mean[h]!);
      count++;
    });
  }
  return count > 0 ? sum / count : null;
}

function agreement(actual: number, forecast: number): number {
  const unit = Math.max(Math.abs(actual), Math.abs(forecast));
  if (unit === 0) return 1;
  const [a, f] = [actual / unit, forecast / unit];
  return 1 - Math.abs(a - f) / (Math.abs(a) + Math.abs(f));
}

/** Null where a model cannot have these values: too few of them, or constant once differenced. */
function orNull<T>(make: () => T): T | null {
  try {
    return make();
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}
