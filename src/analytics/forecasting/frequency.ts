import { nominalPeriods } from "./periods/nominal";

const DAY_MICROS = 86_400_000_000;
const STEPS = new Map([
  ["hourly", DAY_MICROS / 24],
  ["daily", DAY_MICROS],
  ["weekly", 7 * DAY_MICROS],
  ["monthly", 30.44 * DAY_MICROS],
  ["quarterly", 91.31 * DAY_MICROS],
  ["yearly", 365.25 * DAY_MICROS],
]);

/** The seasons usual at a sampling as people name it; none for an unknown word: then a series speaks for itself. */
export const nominalPeriodsOf = (frequency: string | undefined): number[] =>
  nominalPeriods(STEPS.get(frequency?.toLowerCase() ?? "") ?? 0);
