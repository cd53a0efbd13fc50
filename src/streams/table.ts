import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** The registry of streams, with their schedules. Points live in the StreamObject. Eraser: "stream_registry". */
export const streams = sqliteTable(
  "streams",
  {
    tenantId: text("tenant_id").notNull(),
    streamId: text("stream_id").notNull(),
    /** JSON array of shard numbers: a list from the first day. */
    shards: text("shards").notNull(),
    dataType: text("data_type"),
    description: text("description"),
    /** Days for which readings are kept; null: for ever. The StreamObject acts on its own copy. */
    retentionDays: integer("retention_days"),
    createdAt: integer("created_at").notNull(),
    /** JSON of the schedule as it was given; null: none. */
    schedule: text("schedule"),
    scheduleEveryMs: integer("schedule_every_ms"),
    /** When its next run is due. */
    scheduleDueMs: integer("schedule_due_ms"),
    /** JSON of the last run: when it was due, and its execution or why there is none. */
    scheduleLast: text("schedule_last"),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.streamId] }),
    // Of the few that have a schedule only: what the cron reads does not grow with the number of streams.
    index("streams_schedule_due").on(table.scheduleDueMs).where(sql`schedule_due_ms is not null`),
  ],
);
