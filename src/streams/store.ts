import { and, asc, eq, gt } from "drizzle-orm";
import type { Db } from "../platform/db";
import { streams } from "./table";

export interface RegisteredStream {
  tenantId: string;
  streamId: string;
  dataType: string | null;
  /** Milliseconds since the epoch. */
  createdAt: number;
}

const columns = {
  tenantId: streams.tenantId,
  streamId: streams.streamId,
  dataType: streams.dataType,
  createdAt: streams.createdAt,
};

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

export async function findStream(
  db: Db,
  tenantId: string,
  streamId: string,
): Promise<RegisteredStream | null> {
  const [found] = await db
    .select(columns)
    .from(streams)
    .where(and(eq(streams.tenantId, tenantId), eq(streams.streamId, streamId)));
  return found ?? null;
}

/** Streams in the order of their ids, after `afterId`. */
export function listStreams(
  db: Db,
  tenantId: string,
  afterId: string,
  limit: number,
): Promise<RegisteredStream[]> {
  return db
    .select(columns)
    .from(streams)
    .where(and(eq(streams.tenantId, tenantId), gt(streams.streamId, afterId)))
    .orderBy(asc(streams.streamId))
    .limit(limit);
}
