import type { JsonObject, JsonValue } from "../../../core/json";
import { formatMicros } from "../../../core/timestamps";
import type { ArimaFit } from "../../forecasting/arima";
import { ljungBox, usualLags } from "../../forecasting/ljung-box";
import { finite } from "../result";
import type { ArimaConfig } from "./config";
import type { Estimated } from "./estimate";
import type { Predicted } from "./predict";
import type { Reading } from "./read";

/** Outliers named in an answer. */
const SHOWN_OUTLIERS = 20;

/** The terms of the model: how it was chosen, what was estimated, and what its residuals still hold. */
export function explainModel({ fit, reason, candidates, boxCox }: Estimated, name: string): JsonObject {
  return {
    model: { name, chosen: reason, candidates: candidates.map((one) => ({ ...one })) },
    coefficients: fit === null ? null : coefficientsOf(fit),
    boxCox: boxCox === null ? null : { lambda: boxCox.lambda },
    residuals: { ljungBox: fit === null ? null : residualTest(fit) },
  };
}

export function explainEstimation(config: ArimaConfig, fit: ArimaFit | null): JsonObject | null {
  if (fit === null) return null;
  return {
    method: config.optimizationMethod,
    converged: fit.converged,
    evaluations: fit.evaluations,
    budgetSpent: fit.budgetSpent,
  };
}

export function explainReading({ series, season, seasonReason, outliers }: Reading): JsonObject {
  return {
    sampling: { ...series.sampling },
    points: series.values.length,
    season: { steps: season, reason: seasonReason },
    outliers: {
      count: outliers.length,
      handled: outliers.slice(0, SHOWN_OUTLIERS).map(({ index, value, expected }) => ({
        timestamp: formatMicros(series.times[index]!),
        value,
        readAs: finite(expected),
      })),
    },
  };
}

export function explainIntervals({ origins, intervalScales }: Predicted): JsonObject {
  if (origins === null) return { method: "as the model states them" };
  return {
    method: "the model's own, widened by its errors at rolling origins",
    origins,
    widenedBy: { first: finite(intervalScales[0]!), last: finite(intervalScales.at(-1)!) },
  };
}

/** Each with its standard error, null where the information about it is not definite. */
function coefficientsOf({ coefficients, uncertainty }: ArimaFit): JsonObject {
  const errors = uncertainty?.standardErrors;
  const column = (values: number[], own: number[] | undefined): JsonValue =>
    values.map((value, i) => ({ value, standardError: finite(own?.[i] ?? null) }));
  const single = (value: number | null, own: number | null | undefined): JsonValue =>
    value === null ? null : { value, standardError: finite(own ?? null) };
  return {
    ar: column(coefficients.ar, errors?.ar),
    ma: column(coefficients.ma, errors?.ma),
    sar: column(coefficients.sar, errors?.sar),
    sma: column(coefficients.sma, errors?.sma),
    mean: single(coefficients.mean, errors?.mean),
    drift: single(coefficients.drift, errors?.drift),
  };
}

function residualTest({ residuals, order: { p, q, P, Q, m } }: ArimaFit): JsonObject | null {
  const known = residuals.filter((residual) => !Number.isNaN(residual));
  const fitted = p + q + P + Q;
  const test = ljungBox(known, usualLags(known.length, m, fitted), fitted);
  return test === null ? null : { ...test };
}
