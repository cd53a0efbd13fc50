const DAY_MICROS = 86_400_000_000;
const YEAR_MICROS = 365.25 * DAY_MICROS;
const MONTH_MICROS = YEAR_MICROS / 12;
/** Days a year that markets are open, by custom. */
const TRADING_DAYS = 252;
/** Fewer days say too little about weekends. */
const FEWEST_DAYS = 15;

export interface Sampling {
  stepMicros: number;
  periodsPerYear: number;
  /** How the periods were told, for the answer. */
  basis: string;
}

/** The usual distance of two times, and how many of it make a year. */
export function samplingOf(times: Float64Array): Sampling {
  const gaps = times
    .slice(1)
    .map((time, t) => time - times[t]!)
    .sort();
  const stepMicros = gaps[gaps.length >> 1] ?? DAY_MICROS;
  const months = Math.round(stepMicros / MONTH_MICROS);
  const isDaily = Math.abs(stepMicros / DAY_MICROS - 1) < 0.01;
  if (isDaily && times.length >= FEWEST_DAYS && !times.some(isWeekend)) {
    return { stepMicros, periodsPerYear: TRADING_DAYS, basis: "weekdays: 252 trading days a year" };
  }
  if (months >= 1 && Math.abs(stepMicros / MONTH_MICROS / months - 1) < 0.09) {
    return { stepMicros, periodsPerYear: 12 / months, basis: "whole months: 12 a year" };
  }
  return { stepMicros, periodsPerYear: YEAR_MICROS / stepMicros, basis: "the step into 365.25 days" };
}

/** 1970-01-01 was a Thursday. */
const isWeekend = (micros: number): boolean => (((Math.floor(micros / DAY_MICROS) + 3) % 7) + 7) % 7 > 4;
