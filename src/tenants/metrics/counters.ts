/**
 * What is counted of a tenant, by day (UTC). `kernelBytes` is the most of any call, everything else is added up. Plain
 * data; stored as JSON, so that a counter may be added.
 */
export const COUNTER_NAMES = [
  // Writes to streams, their rows by what came of them, and the bytes of their frames.
  "writes",
  "accepted",
  "updated",
  "duplicates",
  "rejected",
  "bytes",
  // Writes whose way was timed, and the milliseconds of all of them.
  "timedWrites",
  "timedMs",
  // Executions that ended, and jobs.
  "succeeded",
  "failed",
  "jobs",
  // What they cost.
  "units",
  "kernelBytes",
  // Predicted values that came due, and the accuracy of all of them.
  "compared",
  "accuracy",
  // Questions to language models, their tokens, and those that the month had no tokens for.
  "modelCalls",
  "modelTokens",
  "modelRefused",
] as const;
type CounterName = (typeof COUNTER_NAMES)[number];
export type Counters = Record<CounterName, number>;

/** Those that are whole numbers and only grow, rounded down where they are not: what a counter may show. */
const WHOLE: readonly CounterName[] = COUNTER_NAMES.filter(
  (name) => name !== "kernelBytes" && name !== "accuracy",
);

export const wholeOf = (counters: Partial<Counters>): Partial<Counters> =>
  Object.fromEntries(WHOLE.flatMap((name) => (counters[name] ? [[name, Math.floor(counters[name])]] : [])));

export const noCounters = (): Counters =>
  Object.fromEntries(COUNTER_NAMES.map((name) => [name, 0])) as Counters;

/** Both together; what is absent is nothing. */
export function plus(counters: Partial<Counters>, more: Partial<Counters>): Partial<Counters> {
  const sum = { ...counters };
  for (const name of COUNTER_NAMES) {
    const value = more[name];
    if (!value) continue;
    const before = sum[name] ?? 0;
    sum[name] = name === "kernelBytes" ? Math.max(before, value) : before + value;
  }
  return sum;
}
