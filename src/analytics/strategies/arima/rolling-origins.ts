import { type ArimaOrder, applyArima, fitArima, forecast } from "../../forecasting/arima";
import type { Trial } from "../confidence";
import { judge, wasRight } from "../signal";
import { outlookOf } from "./answer";
import { type ArimaConfig, evaluationsOf, LIMITS, requiredPoints } from "./config";

/** Fits once on the first part, then predicts from origins in the rest: no value is seen before its time. */
export function rollingOrigins(config: ArimaConfig, values: Float64Array, order: ArimaOrder): Trial[] {
  const first = Math.max(Math.floor(values.length * LIMITS.trainingShare), requiredPoints(config));
  const lastOrigin = values.length - config.steps;
  if (lastOrigin <= first) return [];
  const stride = Math.max(1, Math.ceil((lastOrigin - first + 1) / LIMITS.origins));
  try {
    const trained = fitArima(values.slice(0, first), order, {
      method: config.optimizationMethod,
      searches: 1,
      maxEvaluations: evaluationsOf(config, order, first),
    });
    const trials: Trial[] = [];
    for (let origin = first; origin <= lastOrigin; origin += stride) {
      const known = values.slice(0, origin);
      const outlook = outlookOf(known, forecast(applyArima(trained, known), config.steps));
      const { direction, strength } = judge(outlook, config.min_move);
      const actual = values[origin + config.steps - 1]!;
      trials.push({ strength, right: wasRight(direction, outlook, actual, config.min_move) });
    }
    return trials;
  } catch {
    // The first part alone may be constant or too short for the model: then there is no check.
    return [];
  }
}
