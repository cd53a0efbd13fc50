import type { JsonObject } from "../../../core/json";
import { formatMicros } from "../../../core/timestamps";
import type { RegularSeries } from "../../forecasting/regularise";
import { finite, numbers, percent, shown, timesAfter } from "../result";
import { actionOf } from "../signal";
import type { Analysis } from "./analyses";
import type { AutoConfig } from "./config";
import type { Prospect } from "./outlook";
import type { Profile } from "./profile";
import type { Skill } from "./skill";

/** Outliers that are listed, the newest. */
const SHOWN_OUTLIERS = 20;

export function predictionOf(
  series: RegularSeries,
  { forecast }: Prospect,
  { steps, level }: AutoConfig,
): JsonObject {
  const current = finite(series.values.at(-1)!);
  return {
    currentPrice: current,
    currentValue: current,
    currentTimestamp: formatMicros(series.times.at(-1)!),
    predictions: numbers(forecast.mean),
    timestamps: timesAfter(series.grid, series.times.at(-1)!, steps),
    confidenceInterval: { upper: numbers(forecast.upper), lower: numbers(forecast.lower), level },
  };
}

export function signalOf(
  { judgement, method }: Prospect,
  style: "financial" | "trend",
  { steps, min_move }: AutoConfig,
): JsonObject {
  const { direction, movePercent, strength } = judgement;
  const by =
    method === "naive" ? "The last value is the best forecast there is" : "The models together predict";
  const move = `${percent(Math.abs(movePercent))} ${movePercent >= 0 ? "increase" : "decrease"} in ${steps} steps`;
  const why =
    direction !== "flat"
      ? ""
      : Math.abs(movePercent) < min_move
        ? `, below the ${percent(min_move)} that make a signal`
        : ", but not with a probability of 0.6";
  const reason = method === "naive" ? `${by}: no move is predicted` : `${by} ${move}${why}`;
  return { action: actionOf(direction, style), strength, reason };
}

/** Openly, also where there is nothing to be had. */
export function statementOf({ origins, mae, overNaive, verdict }: Skill, steps: number): string {
  if (mae === null || overNaive === null) {
    return mae === null
      ? "The values are too few to hold a forecast against the naive one (the last value), which is therefore given."
      : "The last value was an exact forecast each time: nothing can beat it, and it is given.";
  }
  const over = `over ${origins} forecasts of ${steps} steps from the past`;
  const smaller = `${percent(100 * Math.abs(overNaive))} ${overNaive > 0 ? "smaller" : "larger"}`;
  switch (verdict) {
    case "shown":
      return `The models' errors were ${smaller} than those of the naive forecast (the last value) ${over}.`;
    case "likely":
      return `Nothing is shown to beat the naive forecast (the last value): the models' errors were ${smaller} ${over}, which may be chance. The models' forecast is given as the likelier one.`;
    case "none":
      return `Nothing beats the naive forecast (the last value), which is given: the models' errors were ${smaller} ${over}.`;
  }
}

export function skillJson({ mae, ...rest }: Skill): JsonObject {
  return {
    ...rest,
    mae: mae && {
      forecast: finite(mae.forecast),
      naive: finite(mae.naive),
      seasonalNaive: finite(mae.seasonalNaive),
    },
  };
}

export function membersJson({ forecast }: Prospect): JsonObject[] {
  return forecast.members.map(({ name, weight, error }) => ({ name, weight, error: finite(error) }));
}

export function profileJson(profile: Profile, series: RegularSeries): JsonObject {
  const { adf, kpss, isStationary } = profile.stationarity;
  return {
    points: series.values.length,
    sampling: { ...series.sampling },
    kind: profile.kind,
    isFinancial: profile.isFinancial,
    trend: { ...profile.trend, perStep: finite(profile.trend.perStep) },
    seasons: profile.seasons.map((season) => ({ ...season })),
    stationarity: {
      isStationary,
      differences: profile.differences,
      adf: adf && { ...adf },
      kpss: kpss && { ...kpss },
    },
    outliers: {
      count: profile.outliers.length,
      newest: profile.outliers.slice(-SHOWN_OUTLIERS).map(({ index, value, expected }) => ({
        timestamp: formatMicros(series.times[index]!),
        value: finite(value),
        expected: finite(expected),
      })),
    },
    noise: { ...profile.noise },
  };
}

export function analysisJson({ strategyId, reason, config, result }: Analysis): JsonObject {
  return { strategy_id: strategyId, ran: result !== null, reason, config, result };
}

const KINDS: Record<Profile["kind"], string> = {
  constant: "The series does not change.",
  intermittent: "Values come now and then; most of the rest are zero.",
  counts: "Values are counts.",
  continuous: "",
};

const TRENDS: Record<Profile["trend"]["kind"], string> = {
  rising: "It rises",
  falling: "It falls",
  wandering: "Its level wanders without a clear direction",
  none: "It has no trend",
};

/** The profile in sentences. */
export function summaryOf(profile: Profile, statement: string): string[] {
  const { trend, seasons, outliers, kind } = profile;
  const hasTrend = trend.kind === "rising" || trend.kind === "falling";
  const speed = hasTrend ? ` by ${shown(Math.abs(trend.perStep))} a step` : "";
  const repeats = seasons.map(
    ({ steps, strength }) => `${steps} steps (strength ${shown(Number(strength.toFixed(2)))})`,
  );
  return [
    KINDS[kind],
    kind === "constant" ? "" : `${TRENDS[trend.kind]}${speed}.`,
    seasons.length > 0 ? `It repeats every ${repeats.join(" and ")}.` : "No season was found.",
    outliers.length > 0 ? `${outliers.length} of its readings stand apart from their neighbours.` : "",
    statement,
  ].filter((sentence) => sentence !== "");
}
