/** Sampling as people name it, and the seasons it is usual to have, in steps, ascending. */
const PERIODS = {
  yearly: [],
  quarterly: [4],
  monthly: [12],
  weekly: [52],
  daily: [7],
  hourly: [24, 168],
} as const;

export type Frequency = keyof typeof PERIODS;

/** None for an unknown word: then a series speaks for itself. */
export function nominalPeriodsOf(frequency: string | undefined): readonly number[] {
  const name = frequency?.toLowerCase();
  return name !== undefined && name in PERIODS ? PERIODS[name as Frequency] : [];
}
