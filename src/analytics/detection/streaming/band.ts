import type { StandardError } from "./channels";
import { edges } from "./record";
import type { Scale } from "./scale";
import type { Settings } from "./settings";

/** Between these a reading is no anomaly, in units of the state. */
export interface Band {
  lower: number;
  upper: number;
}

/** The band of errors in standard deviations around a forecast. */
export function bandAround(
  forecast: number,
  { here, whole }: Scale,
  { lower, upper }: { lower: StandardError; upper: StandardError },
): Band {
  return {
    lower: forecast + Math.max(lower.here * here, lower.whole * whole),
    upper: forecast + Math.min(upper.here * here, upper.whole * whole),
  };
}

/** Where a record was alerted at: `near` holds behind the edge of what was there before, up to which `far` does. */
export function bandOfRecord(
  state: Float64Array,
  scaled: number,
  near: Band,
  far: Band,
  settings: Settings,
): Band {
  const edge = edges(state, settings);
  if (scaled > edge.upper && scaled > near.upper)
    return { lower: near.lower, upper: Math.min(far.upper, Math.max(near.upper, edge.upper)) };
  if (scaled < edge.lower && scaled < near.lower)
    return { lower: Math.max(far.lower, Math.min(near.lower, edge.lower)), upper: near.upper };
  return near;
}
