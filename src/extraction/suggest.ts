import type { DetectedType, Suggestion } from "./contract";

export interface SuggestEvidence {
  type: DetectedType;
  timed: boolean;
  rows: number;
  /** In the order of the source. */
  values: readonly string[];
  /** Values that the source itself shows together. */
  together?: readonly (readonly string[])[];
}

type StrategyId = Suggestion["strategy_id"];

const BY_TYPE: Record<DetectedType, readonly StrategyId[]> = {
  financial_data: ["moving_average", "arima_prediction"],
  sensor_data: ["anomaly_detection", "moving_average"],
  sales_data: ["moving_average", "arima_prediction"],
  web_traffic: ["anomaly_detection", "moving_average"],
  log_data: ["anomaly_detection"],
  social_media: ["moving_average"],
  energy_data: ["arima_prediction", "anomaly_detection"],
  health_data: ["moving_average", "anomaly_detection"],
  generic_time_series: ["moving_average", "anomaly_detection"],
  tabular_data: ["anomaly_detection"],
  text_data: [],
};

/** Points that a forecast of five steps wants before it says more than the last value does. */
const FORECAST_ROWS = 30;

const PREFERRED =
  /^(?:adj(?:usted)?[ _.]?close|close|price|value|sales|revenue|amount|total|sentiment_score)$/i;

/** The analyses that suit what the data are, each with a config it can be run with and the reason. */
export function suggest({ type, timed, rows, values, together = [] }: SuggestEvidence): Suggestion[] {
  const field = values.find((name) => PREFERRED.test(name.split(".").at(-1)!)) ?? values[0];
  if (field === undefined) return [];
  return BY_TYPE[type]
    .filter((id) => timed || id !== "arima_prediction")
    .map((id) => suggestion(id, field, { type, rows, values, together }));
}

function suggestion(
  id: StrategyId,
  field: string,
  { type, rows, values, together }: Omit<Required<SuggestEvidence>, "timed">,
): Suggestion {
  const about = type.replaceAll("_", " ");
  switch (id) {
    case "moving_average": {
      const period = Math.max(2, Math.min(20, Math.floor(rows / 5)));
      return {
        strategy_id: id,
        config: { field, period },
        reason: `Smooths ${field} over ${period} points to show its trend.`,
      };
    }
    case "anomaly_detection": {
      const charted = together.find((names) => names.includes(field));
      return {
        strategy_id: id,
        config: { fields: (charted ?? values).slice(0, 5), threshold: 3 },
        reason: charted
          ? `Finds readings that stand out among ${charted.slice(0, 5).join(", ")}, which the data draw together.`
          : `Finds readings of ${about} that stand out from the rest.`,
      };
    }
    default:
      return {
        strategy_id: id,
        config: { field, steps: 5 },
        reason: `Forecasts ${field}${rows < FORECAST_ROWS ? `; wants about ${FORECAST_ROWS} points, there are ${rows} so far` : ""}.`,
      };
  }
}
