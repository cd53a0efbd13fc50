import { formatMicros, formatMs } from "../core/timestamps";
import type { TenantContext } from "../platform/context";
import { db } from "../platform/db";
import { accuracyOf } from "./accuracy/accuracy";
import type { SeriesTrack } from "./accuracy/track";
import { type StreamDescription, type StreamTotals, streamIdSchema } from "./contract";
import { decodeCursor, encodeCursor } from "./list-cursor";
import { badCursor } from "./query/cursor";
import { registeredStream } from "./registered";
import { callShards } from "./shard";
import { listStreams, type StreamEntry } from "./store";

/** Series shown of a stream: more are counted only. */
const SERIES_SHOWN = 1_000;

export async function listStreamPage(ctx: TenantContext, limit: number, cursor: string | undefined) {
  const after = cursor === undefined ? "" : decodeCursor(cursor);
  if (after !== "" && !streamIdSchema.safeParse(after).success) throw badCursor();
  const found = await listStreams(db(ctx.env), ctx.principal.tenantId, after, limit + 1);
  const page = found.slice(0, limit);
  return {
    streams: page.map(shownStream),
    next_cursor: found.length > limit ? encodeCursor(page.at(-1)!.streamId) : null,
  };
}

export async function describeStream(ctx: TenantContext, streamId: string) {
  const shards = await callShards<StreamDescription>(ctx, streamId, (object, call) => object.describe(call));
  const tracks = await callShards<SeriesTrack[]>(ctx, streamId, (object, call) =>
    object.forecastTracks(call),
  );
  const registered = await registeredStream(ctx, streamId);
  const sum = (of: (shard: StreamDescription) => number) => shards.reduce((total, one) => total + of(one), 0);
  const { accepted, updated, duplicates, rejected } = totalOf(shards);
  const series = shards.flatMap((shard) => shard.series);
  const iso = (micros: number | null) => (micros === null ? null : formatMicros(micros));
  const known = (times: (number | null)[]) => times.filter((time) => time !== null);
  const first = known(shards.map(({ firstMicros }) => firstMicros));
  const last = known(shards.map(({ lastMicros }) => lastMicros));
  return {
    ...shownStream(registered),
    points: sum(({ rows }) => rows),
    values: sum(({ values }) => values),
    received: accepted + updated + duplicates + rejected,
    accepted,
    updated,
    duplicates,
    rejected,
    first_timestamp: first.length > 0 ? iso(Math.min(...first)) : null,
    last_timestamp: last.length > 0 ? iso(Math.max(...last)) : null,
    cardinality: series.length,
    stored_bytes: sum(({ storedBytes }) => storedBytes),
    accuracy: accuracyOf(tracks.flat()),
    detection: {
      enabled: shards.every(({ detection }) => detection.enabled),
      full: sum(({ detection }) => detection.full),
      compact: sum(({ detection }) => detection.compact),
      warming_up: sum(({ detection }) => detection.warmingUp),
      expected_false_alarms_per_week: sum(({ detection }) => detection.falseAlarmsPerWeek),
    },
    series: series.slice(0, SERIES_SHOWN).map(({ field, tags, count, firstMicros, lastMicros }) => ({
      field,
      tags,
      count,
      first_timestamp: iso(firstMicros),
      last_timestamp: iso(lastMicros),
    })),
  };
}

function totalOf(shards: readonly StreamDescription[]): StreamTotals {
  const totals: StreamTotals = { accepted: 0, updated: 0, duplicates: 0, rejected: 0 };
  for (const shard of shards)
    for (const kind of ["accepted", "updated", "duplicates", "rejected"] as const)
      totals[kind] += shard.totals[kind];
  return totals;
}

const shownStream = ({
  streamId,
  dataType,
  description,
  retentionDays,
  shards,
  createdAt,
  schedule,
}: StreamEntry) => ({
  stream_id: streamId,
  data_type: dataType,
  description,
  retention_days: retentionDays,
  shards,
  created_at: formatMs(createdAt),
  schedule: schedule && {
    ...schedule.given,
    next_due_at: formatMs(schedule.dueMs),
    last_run: schedule.last,
  },
});
