import { and, asc, eq, lte, sql } from "drizzle-orm";
import { formatMs } from "../core/timestamps";
import type { Db } from "../platform/db";
import { everyMsOf, type LastRun, type Schedule } from "./schedule";
import { streams } from "./table";

/** A stream whose schedule is due, and since when. */
export interface DueStream {
  tenantId: string;
  streamId: string;
  dueMs: number;
}

const one = (tenantId: string, streamId: string) =>
  and(eq(streams.tenantId, tenantId), eq(streams.streamId, streamId));

/** Sets a stream's schedule, the first run one interval from now, or takes it away. */
export async function setSchedule(
  db: Db,
  tenantId: string,
  streamId: string,
  schedule: Schedule | null,
  nowMs: number,
): Promise<void> {
  const everyMs = schedule && everyMsOf(schedule.every);
  await db
    .update(streams)
    .set({
      schedule: schedule && JSON.stringify(schedule),
      scheduleEveryMs: everyMs,
      scheduleDueMs: everyMs === null ? null : nowMs + everyMs,
      scheduleLast: null,
    })
    .where(one(tenantId, streamId));
}

export async function findSchedule(db: Db, tenantId: string, streamId: string): Promise<Schedule | null> {
  const [found] = await db
    .select({ schedule: streams.schedule })
    .from(streams)
    .where(one(tenantId, streamId));
  return found?.schedule ? (JSON.parse(found.schedule) as Schedule) : null;
}

/** Schedules that are due, those that have waited longest first. */
export async function dueStreams(db: Db, nowMs: number, limit: number): Promise<DueStream[]> {
  const rows = await db
    .select({ tenantId: streams.tenantId, streamId: streams.streamId, dueMs: streams.scheduleDueMs })
    .from(streams)
    .where(lte(streams.scheduleDueMs, nowMs))
    .orderBy(asc(streams.scheduleDueMs))
    .limit(limit);
  return rows.flatMap(({ dueMs, ...row }) => (dueMs === null ? [] : [{ ...row, dueMs }]));
}

/**
 * Moves each to its first time after now: what was missed is not made up for again and again. One that is not due as it
 * was read (run by another, changed, deleted) stays as it is. The list is one parameter: D1 takes 100. Cast, because a
 * bound number is a real.
 */
export async function advanceStreams(db: Db, due: readonly DueStream[], nowMs: number): Promise<void> {
  const keys = JSON.stringify(due.map(({ tenantId, streamId, dueMs }) => [tenantId, streamId, dueMs]));
  await db.run(sql`
    UPDATE streams
    SET schedule_due_ms = schedule_due_ms
      + (cast((${nowMs} - schedule_due_ms) / schedule_every_ms AS INTEGER) + 1) * schedule_every_ms
    WHERE (tenant_id, stream_id, schedule_due_ms) IN
      (SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(${keys}))`);
}

/** Notes how a run went; one that was due earlier does not overwrite a later one's. */
export async function noteRun(
  db: Db,
  { tenantId, streamId, dueMs }: DueStream,
  run: Omit<LastRun, "due_at">,
): Promise<void> {
  const last: LastRun = { due_at: formatMs(dueMs), ...run };
  await db
    .update(streams)
    .set({ scheduleLast: JSON.stringify(last) })
    .where(
      and(
        one(tenantId, streamId),
        sql`${streams.schedule} is not null`,
        sql`coalesce(${streams.scheduleLast} ->> 'due_at', '') <= ${last.due_at}`,
      ),
    );
}
