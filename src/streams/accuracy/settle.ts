import type { Micros } from "../../core/timestamps";
import { dueMicros, horizonMicros, type KeptForecast, stepMicros } from "./forecast";
import { extend, missing, type Track } from "./track";

/** Readings of one series in [start, end), ascending. Equal lengths. */
export type Readings = (start: Micros, end: Micros) => { times: Float64Array; values: Float64Array };

/**
 * Compares every step that came due after `settledMicros` and until `untilMicros` with what came, and adds it to the
 * track. The same steps are never due again: settling twice changes nothing.
 */
export function settle(
  track: Track,
  forecasts: readonly KeptForecast[],
  between: { settledMicros: Micros; untilMicros: Micros },
  readings: Readings,
): Track {
  const due = forecasts.flatMap((forecast) => {
    const from = Math.max(between.settledMicros, forecast.knownMicros);
    return Array.from(forecast.times, (_, h) => ({ forecast, h })).filter(({ h }) => {
      const at = dueMicros(forecast, h);
      return at > from && at <= between.untilMicros;
    });
  });
  due.sort((a, b) => a.forecast.times[a.h]! - b.forecast.times[b.h]!);
  return due.reduce((so, { forecast, h }) => compare(so, forecast, h, readings), track);
}

function compare(track: Track, forecast: KeptForecast, h: number, readings: Readings): Track {
  const actual = forecast.ofMeans
    ? meanReading(forecast, h, readings)
    : nearestReading(forecast, h, readings);
  if (actual === null) return missing(track);
  const { times, mean, lower, upper, naive, level } = forecast;
  const isWithin = actual >= lower[h]! && actual <= upper[h]!;
  const comparison = { targetMicros: times[h]!, actual, predicted: mean[h]!, naive, isWithin };
  return extend(track, comparison, { level, horizonMicros: horizonMicros(forecast) });
}

/** The reading at the target, else the nearest within half a step of it; of several at one time the last. */
function nearestReading(forecast: KeptForecast, h: number, readings: Readings): number | null {
  const target = forecast.times[h]!;
  const half = Math.floor(stepMicros(forecast, h) / 2);
  const { times, values } = readings(target - half, target + half + 1);
  let best: number | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < times.length; i++) {
    const distance = Math.abs(times[i]! - target);
    if (distance > least) continue;
    least = distance;
    best = values[i]!;
  }
  return best;
}

/** The mean of the readings since the step before: so the model saw the series. */
function meanReading(forecast: KeptForecast, h: number, readings: Readings): number | null {
  const target = forecast.times[h]!;
  const { values } = readings(target - stepMicros(forecast, h) + 1, target + 1);
  if (values.length === 0) return null;
  return values.reduce((mean, value, i) => mean + value / (i + 1) - mean / (i + 1), 0);
}
