import { fail } from "../../../core/errors";
import type { Budget } from "../../forecasting/budget";
import { combine } from "../../forecasting/combination/combine";
import { saidBy } from "../../forecasting/combination/rolling-origin";
import type { ArimaConfig } from "./config";
import type { Estimated } from "./estimate";

export interface Predicted {
  mean: Float64Array;
  lower: Float64Array;
  upper: Float64Array;
  /** What the model's intervals were widened by, a factor a step. */
  intervalScales: Float64Array;
  /** Rolling origins they were widened by; null where they are the model's own. */
  origins: number | null;
}

/** The model's forecast, its intervals as it states them or widened by its errors at rolling origins. */
export function predict(
  { steps, level, intervals, quick }: ArimaConfig,
  values: Float64Array,
  { member }: Estimated,
  budget: Budget,
): Predicted {
  if (intervals === "calibrated" && !quick) {
    return combine(values, [member], [], { horizon: steps, level }, budget);
  }
  const said = saidBy(member.model, steps, level);
  if (said === null) {
    throw fail("malformed_data", "The forecast leaves the range of a double before its last step.");
  }
  return { ...said, intervalScales: new Float64Array(steps).fill(1), origins: null };
}
