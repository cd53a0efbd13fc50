import { z } from "zod";
import { DAY_MS, MINUTE_MS } from "../core/clock";
import { DURATION_FORM, longestMicros, parseEvery } from "./query/every";

/** The cron that looks for what is due comes every five minutes. */
const EVERY_MS = { least: 5 * MINUTE_MS, most: 7 * DAY_MS } as const;

/** Milliseconds between two runs; null where it is no duration or out of range. A day is 24 hours. */
export function everyMsOf(text: string): number | null {
  const every = parseEvery(text);
  // Months differ in length; the shortest is longer than is taken anyway.
  if (!every || every.unit === "months") return null;
  const ms = longestMicros(every) / 1_000;
  return ms >= EVERY_MS.least && ms <= EVERY_MS.most ? ms : null;
}

export const scheduleSchema = z.strictObject({
  every: z
    .string()
    .max(32)
    .refine((text) => everyMsOf(text) !== null, `must be from 5m to 7d: ${DURATION_FORM}`),
  strategy_id: z.string().min(1).max(64),
  /** The strategy's own; it is checked by the strategy's schema when the schedule is set. */
  config: z.record(z.string(), z.unknown()).default({}),
  field: z.string().min(1).max(256).optional(),
  tags: z.record(z.string().min(1).max(256), z.string().max(512)).optional(),
});
export type Schedule = z.infer<typeof scheduleSchema>;

/** How the last run went. */
export const lastRunSchema = z.object({
  due_at: z.string(),
  /** Null where none could be made. */
  execution_id: z.string().nullable(),
  error: z.object({ code: z.string(), detail: z.string() }).nullable(),
});
export type LastRun = z.infer<typeof lastRunSchema>;

/** A schedule as it is shown. */
export const shownScheduleSchema = scheduleSchema.extend({
  next_due_at: z.string(),
  last_run: lastRunSchema.nullable(),
});

/** Refuses a schedule whose strategy is not known or does not take its config. Throws what the caller is told. */
export type ScheduleCheck = (schedule: Schedule) => void;
