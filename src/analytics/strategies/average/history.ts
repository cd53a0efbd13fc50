import type { JsonObject } from "../../../core/json";
import { formatMicros } from "../../../core/timestamps";
import { largest } from "../../forecasting/standardise";
import { finite, shown } from "../result";
import { LIMITS } from "./config";

/** A series with its moving average, known from the index `period - 1` on. */
export interface Averaged {
  times: Float64Array;
  values: Float64Array;
  averages: Float64Array;
  period: number;
}

/** Bollinger's bands: so many standard deviations (of the last period's values around the average) on both sides. */
export function bandsAt({ values, averages, period }: Averaged, at: number, width: number) {
  const average = averages[at]!;
  const recent = values.subarray(at - period + 1, at + 1);
  const scale = largest(recent) || 1;
  const squares = recent.reduce((sum, value) => sum + (value / scale - average / scale) ** 2, 0);
  const half = width * scale * Math.sqrt(squares / period);
  return { upper: average + half, lower: average - half };
}

/** The newest values beside their averages and bands, and where the values crossed from one side to the other. */
export function history(series: Averaged, width: number): JsonObject {
  const { values, period } = series;
  const from = Math.max(period - 1, values.length - LIMITS.tail);
  const tail = Array.from({ length: values.length - from }, (_, k): JsonObject => {
    const { upper, lower } = bandsAt(series, from + k, width);
    return { ...pointAt(series, from + k), upper: finite(upper), lower: finite(lower) };
  });
  const crossings = crossoversOf(series);
  return {
    series: tail,
    crossovers: crossings.slice(-LIMITS.crossovers).map((crossing) => crossoverJson(series, crossing)),
    crossoverCount: crossings.length,
  };
}

interface Crossover {
  at: number;
  direction: "above" | "below";
}

/** A value on the average is on neither side. */
function crossoversOf({ values, averages, period }: Averaged): Crossover[] {
  const found: Crossover[] = [];
  let side = 0;
  for (let at = period - 1; at < values.length; at++) {
    const now = Math.sign(values[at]! - averages[at]!);
    if (now === 0) continue;
    if (side !== 0 && now !== side) found.push({ at, direction: now > 0 ? "above" : "below" });
    side = now;
  }
  return found;
}

const crossoverJson = (series: Averaged, { at, direction }: Crossover): JsonObject => ({
  ...pointAt(series, at),
  direction,
  message: `crossed to ${direction} its average of ${shown(series.averages[at]!)}`,
});

const pointAt = ({ times, values, averages }: Averaged, at: number): JsonObject => ({
  timestamp: formatMicros(times[at]!),
  value: finite(values[at]!),
  movingAverage: finite(averages[at]!),
});
