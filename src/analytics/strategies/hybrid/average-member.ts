import { fail } from "../../../core/errors";
import type { Budget } from "../../forecasting/budget";
import { fitNaiveMember } from "../../forecasting/combination/members";
import { normalPrediction } from "../../forecasting/model";
import { fitMovingAverageMember } from "../../forecasting/moving-average";
import { largest } from "../../forecasting/standardise";
import type { Reading } from "../arima/read";
import { movingAverages } from "../average/averages";
import { type AverageConfig, shortened } from "../average/config";
import {
  project,
  projectionsAt,
  projectionUnits,
  REMEMBERED,
  type Smoothed,
  smoothed,
  standAt,
} from "../average/projection";
import { type Forecaster, type HybridMember, memberOf } from "./members";

/** Moving averages: what followed the given one in the past, else the best forecast that they make. */
export function averageMember(
  { period, type }: AverageConfig,
  { series: { values }, season }: Reading,
  steps: number,
  budget: Budget,
): HybridMember {
  if (period !== undefined) {
    // Fewer than were asked for may be left of uneven readings, and by maxDataPoints.
    if (values.length <= period) {
      const detail = `An average of ${period} needs ${period + 1} values; ${values.length} are left on the series' steps.`;
      throw fail("not_enough_data", detail, { extra: { required: period + 1, available: values.length } });
    }
    return projectedMember({ period, type, unit: largest(values) || 1 }, values, steps, budget);
  }
  const rhythm = { season, periods: season > 1 ? [season] : [] };
  const found = fitMovingAverageMember(values, rhythm, budget) ?? fitNaiveMember(values, rhythm, budget);
  if (found === null) {
    throw fail("not_enough_data", "No average can be had of so few values.", {
      extra: { available: values.length },
    });
  }
  return memberOf(found, steps);
}

interface Average extends Pick<AverageConfig, "type"> {
  period: number;
  /** What values are divided by. */
  unit: number;
}

/** As moving_average does for its horizon, for each step of this one. */
function projectedMember(
  average: Average,
  values: Float64Array,
  steps: number,
  budget: Budget,
): HybridMember {
  const { period, type } = average;
  const trainedOn = (first: Float64Array, left: Budget): Forecaster => {
    const series = newest(first, REMEMBERED + steps + period, average);
    const last = series.values.length - 1;
    const projections = Array.from({ length: steps }, (_, h) => projectionsAt(series, h + 1, [last])[0]!);
    left.spend(steps * projectionUnits(first.length));
    return (known) => {
      if (known.length <= period) return null;
      const stand = standAt(newest(known, period + 1, average), period);
      const said = projections.map((projection) => project(stand, projection));
      return normalPrediction(
        Float64Array.from(said, ({ move }) => known.at(-1)! + average.unit * move),
        Float64Array.from(said, ({ standardError }) => average.unit * standardError),
      );
    };
  };
  const forecastNow = trainedOn(values, budget);
  return { name: `what followed ${type.toUpperCase()}(${period})`, now: forecastNow, trainedOn };
}

/** The newest values beside their average; an exponential one remembers everything, the others their period. */
function newest(known: Float64Array, count: number, { period, type, unit }: Average): Smoothed {
  const kept = known.subarray(-count);
  const averages =
    type === "ema"
      ? movingAverages(known, period, type).subarray(-kept.length)
      : movingAverages(kept, period, type);
  return smoothed(kept, averages, period, unit);
}

/** The average of the newest values, which the current one is held against. */
export function shownAverage({ period: wanted, type }: AverageConfig, values: Float64Array) {
  const period = wanted ?? shortened(values.length);
  const tail = type === "ema" ? values : values.subarray(-period);
  return { value: movingAverages(tail, period, type).at(-1)!, period };
}
