import { and, asc, eq, gt } from "drizzle-orm";
import type { Db } from "../platform/db";
import type { LastRun, Schedule } from "./schedule";
import { streams } from "./table";

export interface RegisteredStream {
  tenantId: string;
  streamId: string;
  dataType: string | null;
  /** Milliseconds since the epoch. */
  createdAt: number;
}

/** A stream as the registry shows it. */
export interface StreamEntry extends RegisteredStream {
  description: string | null;
  /** null: for ever. */
  retentionDays: number | null;
  shards: number;
  schedule: { given: Schedule; dueMs: number; last: LastRun | null } | null;
}

const columns = {
  tenantId: streams.tenantId,
  streamId: streams.streamId,
  dataType: streams.dataType,
  createdAt: streams.createdAt,
  description: streams.description,
  retentionDays: streams.retentionDays,
  shards: streams.shards,
  schedule: streams.schedule,
  scheduleDueMs: streams.scheduleDueMs,
  scheduleLast: streams.scheduleLast,
};

type Row = Omit<StreamEntry, "shards" | "schedule"> & {
  shards: string;
  schedule: string | null;
  scheduleDueMs: number | null;
  scheduleLast: string | null;
};

/** The shards as a number: the column lists them. */
const entryOf = ({ schedule, scheduleDueMs, scheduleLast, ...row }: Row): StreamEntry => ({
  ...row,
  shards: (JSON.parse(row.shards) as number[]).length,
  schedule:
    schedule === null || scheduleDueMs === null
      ? null
      : {
          given: JSON.parse(schedule) as Schedule,
          dueMs: scheduleDueMs,
          last: scheduleLast === null ? null : (JSON.parse(scheduleLast) as LastRun),
        },
});

/** Enters a stream in the registry; one that is there stays as it is. */
export async function registerStream(db: Db, stream: RegisteredStream): Promise<void> {
  await db
    .insert(streams)
    .values({ ...stream, shards: "[0]" })
    .onConflictDoNothing();
}

export async function unregisterStream(db: Db, tenantId: string, streamId: string): Promise<void> {
  await db.delete(streams).where(and(eq(streams.tenantId, tenantId), eq(streams.streamId, streamId)));
}

export async function findStream(db: Db, tenantId: string, streamId: string): Promise<StreamEntry | null> {
  const [found] = await db
    .select(columns)
    .from(streams)
    .where(and(eq(streams.tenantId, tenantId), eq(streams.streamId, streamId)));
  return found ? entryOf(found) : null;
}

/** Streams in the order of their ids, after `afterId`. */
export async function listStreams(
  db: Db,
  tenantId: string,
  afterId: string,
  limit: number,
): Promise<StreamEntry[]> {
  const rows = await db
    .select(columns)
    .from(streams)
    .where(and(eq(streams.tenantId, tenantId), gt(streams.streamId, afterId)))
    .orderBy(asc(streams.streamId))
    .limit(limit);
  return rows.map(entryOf);
}

/** What a caller may change of a stream. */
export interface StreamChange {
  description?: string | null;
  retentionDays?: number | null;
}

export async function changeStream(
  db: Db,
  tenantId: string,
  streamId: string,
  change: StreamChange,
): Promise<void> {
  await db
    .update(streams)
    .set(change)
    .where(and(eq(streams.tenantId, tenantId), eq(streams.streamId, streamId)));
}

export async function setShards(db: Db, tenantId: string, streamId: string, shards: number): Promise<void> {
  await db
    .update(streams)
    .set({ shards: JSON.stringify(Array.from({ length: shards }, (_, shard) => shard)) })
    .where(and(eq(streams.tenantId, tenantId), eq(streams.streamId, streamId)));
}
