/** A date as text, to the month at least, with a time or without. */
export const DATED = /^\d{4}[-/.]\d{1,2}(?:[-/.]\d{1,2})?(?:[T ][\d:.+Z-]{1,30})?$/;

/** A moment: a date as text, or an epoch of seconds, milli-, micro- or nanoseconds since 1980. */
export function isMoment(value: unknown): boolean {
  if (typeof value === "string") return DATED.test(value) || /^\d{9,19}$/.test(value);
  return typeof value === "number" && value >= 3.15e8 && value < 2.6e18;
}
