import type { Micros } from "../../core/timestamps";
import type { SeriesForecast } from "../contract";

/** Steps of one forecast that are remembered, the first. */
const MOST_STEPS = 48;

/** What is kept of a forecast: four columns of equal length, times ascending and later than the origin, behind a few numbers. */
export interface KeptForecast extends Omit<SeriesForecast, "field" | "tags" | "strategyId"> {
  /** The series' last reading when it was kept: steps that were due by then do not count. */
  knownMicros: Micros;
}

const HEADER = 5;
const COLUMNS = 4;

export function encodeForecast({ times, mean, lower, upper, ...one }: KeptForecast): Uint8Array {
  const numbers = new Float64Array(HEADER + COLUMNS * times.length);
  numbers.set([one.originMicros, one.knownMicros, one.naive, one.level, one.ofMeans ? 1 : 0]);
  for (const [i, column] of [times, mean, lower, upper].entries())
    numbers.set(column, HEADER + i * times.length);
  return new Uint8Array(numbers.buffer);
}

export function decodeForecast(data: ArrayBuffer): KeptForecast {
  const numbers = new Float64Array(data);
  const steps = (numbers.length - HEADER) / COLUMNS;
  const column = (i: number) => numbers.subarray(HEADER + i * steps, HEADER + (i + 1) * steps);
  const [originMicros, knownMicros, naive, level, ofMeans] = numbers;
  return {
    originMicros: originMicros!,
    knownMicros: knownMicros!,
    naive: naive!,
    level: level!,
    ofMeans: ofMeans === 1,
    times: column(0),
    mean: column(1),
    lower: column(2),
    upper: column(3),
  };
}

/** The time from the step before to this one: months and weekends are longer than others. */
export const stepMicros = (
  { times, originMicros }: Pick<KeptForecast, "times" | "originMicros">,
  h: number,
): Micros => times[h]! - (h > 0 ? times[h - 1]! : originMicros);

/**
 * When a step is settled, in the series' own time: one step after its target, so that a reading that is late by less is
 * still seen. What comes later changes nothing any more.
 */
export const dueMicros = (forecast: KeptForecast, h: number): Micros =>
  forecast.times[h]! + stepMicros(forecast, h);

export const horizonMicros = ({ times, originMicros }: KeptForecast): Micros => times.at(-1)! - originMicros;

/** What is kept of a forecast; null where all of it was due when it was made: that foretells nothing. */
export function keptOf(made: SeriesForecast, lastMicros: Micros): KeptForecast | null {
  const { originMicros, naive, level, ofMeans } = made;
  const first = (column: Float64Array) => column.subarray(0, MOST_STEPS);
  const [times, mean] = [first(made.times), first(made.mean)];
  const [lower, upper] = [first(made.lower), first(made.upper)];
  const kept = { originMicros, knownMicros: lastMicros, naive, level, ofMeans, times, mean, lower, upper };
  return dueMicros(kept, times.length - 1) > lastMicros ? kept : null;
}
