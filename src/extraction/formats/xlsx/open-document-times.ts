import { KIND, type Kind } from "./number-format";

/** A time of day under a format of dates is written on the day from which days are counted. */
export const withoutDayZero = (date: string): string => date.replace(/^1899-12-3[01]T/, "");

/** Instants of which the format shows the time alone are written as durations since the day from which days are counted. */
const LONGEST_DAYS = 18_262;

export const kindOfTime = (days: number): Kind =>
  days < 1 ? KIND.timeOfDay : days <= LONGEST_DAYS ? KIND.hours : KIND.dateTime;

/** Days of an ISO 8601 duration of hours, minutes and seconds, as `PT36H30M00S`. */
export function daysOf(text: string): number | null {
  const match = /^PT(?:(\d{1,9})H)?(?:(\d{1,4})M)?(?:(\d{1,4}(?:[.,]\d{1,9})?)S)?$/.exec(text);
  if (!match) return null;
  const [, hours = "0", minutes = "0", seconds = "0"] = match;
  return (Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds.replace(",", "."))) / 86_400;
}
