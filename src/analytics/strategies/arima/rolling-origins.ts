import { AppError } from "../../../core/errors";
import type { Budget } from "../../forecasting/budget";
import type { FittedMember } from "../../forecasting/combination/members";
import type { Trial } from "../confidence";
import { judge, wasRight } from "../signal";
import { outlookOf } from "./answer";
import { type ArimaConfig, LIMITS } from "./config";

/** Fewer known values make no trial. */
const FEWEST_KNOWN = 8;

/**
 * Fits once on the first part, then predicts from origins in the rest: no value is seen before its time. `widening`: what
 * the model's standard errors are too small by, as in the answer.
 */
export function rollingOrigins(
  config: ArimaConfig,
  values: Float64Array,
  member: FittedMember,
  widening: number,
  budget: Budget,
): Trial[] {
  const { steps } = config;
  const first = Math.max(Math.floor(values.length * LIMITS.trainingShare), FEWEST_KNOWN);
  const lastOrigin = values.length - steps;
  if (lastOrigin <= first) return [];
  const stride = Math.max(1, Math.ceil((lastOrigin - first + 1) / LIMITS.origins));
  const trained = member.refit(values.slice(0, first), budget);
  if (trained === null) return [];
  const trials: Trial[] = [];
  try {
    for (let origin = first; origin <= lastOrigin; origin += stride) {
      const known = values.slice(0, origin);
      const { mean, standardError } = trained.apply(known).predict(steps);
      const outlook = outlookOf(known, mean.at(-1)!, widening * standardError.at(-1)!);
      const { direction, strength } = judge(outlook, config.min_move);
      const actual = values[origin + steps - 1]!;
      trials.push({ direction, strength, right: wasRight(direction, outlook, actual, config.min_move) });
    }
  } catch (error) {
    // The first values alone may be none that the model can have.
    if (error instanceof AppError) return [];
    throw error;
  }
  return trials;
}
