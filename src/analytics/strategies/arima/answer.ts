import type { JsonObject } from "../../../core/json";
import { formatMicros } from "../../../core/timestamps";
import { type ArimaOrder, differenced } from "../../forecasting/arima";
import type { RegularSeries } from "../../forecasting/regularise";
import { largest } from "../../forecasting/standardise";
import { type StationarityTests, testStationarity } from "../../forecasting/stationarity";
import { finite, numbers, percent, timesAfter } from "../result";
import { actionOf, type Judgement, type Outlook } from "../signal";
import type { ArimaConfig } from "./config";

/** What a signal is judged by: the prediction of the value at the horizon's end. */
export const outlookOf = (values: Float64Array, mean: number, standardError: number): Outlook => ({
  current: values.at(-1)!,
  mean,
  standardError,
  typicalSize: largest(values),
});

export function predictionData(
  config: ArimaConfig,
  series: RegularSeries,
  predicted: { mean: Float64Array; lower: Float64Array; upper: Float64Array },
): JsonObject {
  const current = finite(series.values.at(-1)!);
  return {
    currentPrice: current,
    currentValue: current,
    currentTimestamp: formatMicros(series.times.at(-1)!),
    predictions: numbers(predicted.mean),
    timestamps: timesAfter(series.grid, series.times.at(-1)!, config.steps),
    confidenceInterval: {
      upper: numbers(predicted.upper),
      lower: numbers(predicted.lower),
      level: config.level,
    },
  };
}

export function signalOf(config: ArimaConfig, judgement: Judgement): JsonObject {
  const { direction, movePercent, strength } = judgement;
  const noun = config.signal_style === "financial" ? "price " : "";
  const move = `${percent(Math.abs(movePercent))} ${noun}${movePercent >= 0 ? "increase" : "decrease"}`;
  const why =
    direction !== "flat"
      ? ""
      : Math.abs(movePercent) < config.min_move
        ? `, below the ${percent(config.min_move)} that make a signal`
        : ", but not with a probability of 0.6";
  return {
    action: actionOf(direction, config.signal_style),
    strength,
    reason: `ARIMA predicts ${move} in ${config.steps} steps${why}`,
  };
}

/** Of one-step predictions within the sample; percents of values that are not zero. */
export function accuracy(
  values: Float64Array,
  fitted: Float64Array,
): { mape: number | null; rmse: number | null } {
  const errors = values.map((value, t) => value - fitted[t]!);
  const known = errors.filter((error) => !Number.isNaN(error));
  if (known.length === 0) return { mape: null, rmse: null };
  let percents = 0;
  let counted = 0;
  errors.forEach((error, t) => {
    if (Number.isNaN(error) || values[t] === 0) return;
    percents += Math.abs(error / values[t]!) * 100;
    counted++;
  });
  const scale = largest(known) || 1;
  const squares = known.reduce((sum, error) => sum + (error / scale) ** 2, 0);
  return {
    mape: counted > 0 ? percents / counted : null,
    rmse: scale * Math.sqrt(squares / known.length),
  };
}

export function stationarityOf(values: Float64Array, order: ArimaOrder): JsonObject {
  const raw = testStationarity(values);
  const after = testStationarity(differenced(values, order));
  return {
    isStationary: after.isStationary,
    pValue: finite(after.adf?.pValue ?? null),
    raw: testsOf(raw),
    differenced: { ...testsOf(after), differences: order.d, seasonalDifferences: order.D },
  };
}

const testsOf = ({ adf, kpss, isStationary }: StationarityTests): JsonObject => ({
  isStationary,
  adf: adf === null ? null : { ...adf },
  kpss: kpss === null ? null : { ...kpss },
});

export function modelParams({ p, d, q, P, D, Q, m }: ArimaOrder): JsonObject {
  return P + D + Q > 0 ? { p, d, q, P, D, Q, m } : { p, d, q };
}
