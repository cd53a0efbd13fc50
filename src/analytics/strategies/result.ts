import type { JsonValue } from "../../core/json";
import { formatMicros } from "../../core/timestamps";
import { type TimeGrid, timeAfter } from "../forecasting/time-grid";

/** A number as JSON holds it: what is not finite is null, never a guess. */
export const finite = (value: number | null): number | null =>
  value !== null && Number.isFinite(value) ? value : null;

export const numbers = (values: ArrayLike<number>): JsonValue[] => Array.from(values, finite);

/** The next `horizon` times of the series' rhythm. */
export const timesAfter = (grid: TimeGrid, last: number, horizon: number): string[] =>
  Array.from({ length: horizon }, (_, h) => formatMicros(timeAfter(grid, last, h + 1)));

/** A value as a sentence shows it: six significant digits, no exponent in the usual range. */
export const shown = (value: number): string => String(Number(value.toPrecision(6)));

export const percent = (value: number): string => `${Number(value.toFixed(2))} %`;
