import { AppError } from "../../../core/errors";
import type { Budget } from "../budget";
import type { FittedModel, Prediction } from "../model";
import type { FittedMember } from "./members";

/** What a member said at an origin of the values that followed; null where it had no model there. */
export interface Said {
  mean: Float64Array;
  lower: Float64Array;
  upper: Float64Array;
}

/** One origin: the first `origin` values were known. */
export interface Origin {
  origin: number;
  /** In the order of the members. */
  said: (Said | null)[];
}

/** Origins a third of the horizon apart, over two horizons and six of these steps. */
const ORIGINS_A_HORIZON = 3;
const HORIZONS_BACK = 2;
const FURTHER_STRIDES = 6;
/** Fewer known values make no trial. */
const FEWEST_KNOWN = 8;
/** A member is estimated anew at each origin up to this length; beyond, once at the first of them. */
const REFITTED_UP_TO = 400;

/** The numbers of known values to forecast from, the latest first; none where the series is too short. */
export function originsOf(n: number, horizon: number, fewest = FEWEST_KNOWN): number[] {
  const reach = Math.min(horizon, Math.max(1, Math.floor(n / 3)));
  const stride = Math.max(1, Math.round(reach / ORIGINS_A_HORIZON));
  const earliest = Math.max(fewest, n - HORIZONS_BACK * reach - FURTHER_STRIDES * stride);
  const origins: number[] = [];
  for (let origin = n - 1; origin >= earliest; origin -= stride) origins.push(origin);
  return origins;
}

/**
 * Lets every member forecast from earlier origins what is known today (Tashman 2000, "Out-of-sample tests of
 * forecasting accuracy"): no value is seen before its time, but for the kind of model, which was chosen on all of them.
 * Stops at the origin where the budget runs out.
 */
export function rollOrigins(
  values: Float64Array,
  members: readonly FittedMember[],
  { horizon, level, fewest }: { horizon: number; level: number; fewest: number },
  budget: Budget,
): Origin[] {
  const origins = originsOf(values.length, horizon, Math.max(FEWEST_KNOWN, fewest));
  const first = origins.at(-1);
  if (first === undefined) return [];
  const isLong = values.length > REFITTED_UP_TO;
  const standing = isLong
    ? members.map((member) => (budget.isSpent ? null : member.refit(values.subarray(0, first), budget)))
    : [];
  const rolled: Origin[] = [];
  for (const origin of origins) {
    if (budget.isSpent) break;
    const known = values.subarray(0, origin);
    const steps = Math.min(horizon, values.length - origin);
    const said = members.map((member, k) => {
      const model = isLong ? appliedTo(standing[k] ?? null, known) : member.refit(known, budget);
      return model && saidBy(model, steps, level);
    });
    rolled.push({ origin, said });
  }
  return rolled;
}

/** Null where these values are none that the model can have: a zero where it has factors. */
function appliedTo(model: FittedModel | null, values: Float64Array): FittedModel | null {
  try {
    return model?.apply(values) ?? null;
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

/** Null where a number in it is none: such a member has no say. */
export function saidBy(model: FittedModel, steps: number, level: number): Said | null {
  const prediction: Prediction = model.predict(steps);
  const said = { mean: prediction.mean, ...prediction.interval(level) };
  const isSound = (column: Float64Array) => column.every(Number.isFinite);
  return isSound(said.mean) && isSound(said.lower) && isSound(said.upper) ? said : null;
}
