import { Budget } from "../../forecasting/budget";
import { type Forecast, forecast } from "../../forecasting/forecast";
import { type AutoConfig, forecastUnits, forecastValues } from "./config";

/** Steps in a season past which all families would only be begun within the budget, where two are still weighed. */
const LONGEST_FOR_ALL = 30;

/** The forecast that is judged in the past and given now: the same models from as many of the newest values. */
export function combined(config: AutoConfig, known: Float64Array, season: number): Forecast {
  const { steps, level, quick } = config;
  const values = known.slice(-forecastValues(config, season));
  const strategy = quick || season > LONGEST_FOR_ALL ? "hybrid" : "auto";
  const budget = new Budget(forecastUnits(config));
  return forecast({ values, season }, { horizon: steps, level, strategy }, budget);
}
