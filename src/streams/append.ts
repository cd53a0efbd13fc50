import { fail } from "../core/errors";
import { unwrap } from "../core/result";
import type { TenantContext } from "../platform/context";
import { streamObject } from "../platform/objects";
import { type Point, STREAM_LIMITS, type WriteAnswer } from "./contract";
import { encodeFrame, type Frame } from "./frame";
import { FrameBuilder } from "./frame-builder";

export type ParsedRow = { row: number; point: Point } | { row: number; rejected: string };
export type Rows = Iterable<ParsedRow> | AsyncIterable<ParsedRow>;

export interface AppendOptions {
  /** `fingerprint` is asked for when all rows were read: a streamed body's digest is known only then. */
  idempotency?: { key: string; fingerprint: () => string };
  /** Rows without a time get the same arrival times when the same upload is sent again. */
  uploadId?: string;
  dataType?: string;
  /** Judge new readings and raise alerts; on unless switched off. */
  detect?: boolean;
}

export interface Appended extends WriteAnswer {
  /** The answer is that of the first request with this idempotency key. */
  replayed: boolean;
}

/**
 * Stores rows as points of a stream, frame by frame. A bad row is listed and the good ones stand. Throws
 * `no_valid_rows` where all are bad, and what the tenant's limits and the idempotency key say.
 */
export async function appendPoints(
  ctx: TenantContext,
  streamId: string,
  rows: Rows,
  options: AppendOptions = {},
): Promise<Appended> {
  const { idempotency } = options;
  const stream = streamObject(ctx.env, ctx.principal.tenantId, streamId, 0, ctx.grant.region);
  if (!idempotency) return appendAll(ctx, streamId, stream, rows, options);
  const before = await stream.lookupIdempotent(ctx.grant.epoch, idempotency.key);
  if (before.state === "running") {
    throw fail("idempotency_in_progress", "The first request with this Idempotency-Key has not finished.");
  }
  if (before.state === "done") {
    await readThrough(rows);
    if (before.fingerprint === idempotency.fingerprint()) return replayOf(before.answer);
    throw fail("idempotency_key_reused", "This Idempotency-Key was used with another body.");
  }
  try {
    return await appendAll(ctx, streamId, stream, rows, options);
  } catch (error) {
    await stream.releaseIdempotent(idempotency.key);
    throw error;
  }
}

async function appendAll(
  ctx: TenantContext,
  streamId: string,
  stream: ReturnType<typeof streamObject>,
  rows: Rows,
  options: AppendOptions,
): Promise<Appended> {
  const answer: WriteAnswer = { accepted: 0, updated: 0, duplicates: 0, rejected: 0, errors: [] };
  const builder = new FrameBuilder();
  let frames = 0;
  let replayed: string | null = null;
  const send = async (frame: Frame, isLast: boolean) => {
    const { tenantId, clientId } = ctx.principal;
    const { requestId, traceparent } = ctx;
    const { epoch } = ctx.grant;
    const region = ctx.grant.region;
    if (options.uploadId) {
      const arriving = frame.times.reduce((count, time) => count + (Number.isNaN(time) ? 1 : 0), 0);
      if (arriving > 0) {
        const uploadId = `${options.uploadId}/${frames}`;
        setTimes(
          frame,
          unwrap<number>(
            await stream.reserveArrival({ tenantId, streamId, epoch, region, uploadId, rows: arriving }),
          ),
        );
      }
    }
    frames++;
    const { idempotency } = options;
    const written = unwrap(
      await stream.append({
        tenantId,
        streamId,
        epoch,
        region,
        requestId,
        clientId,
        traceparent,
        dataType: options.dataType ?? null,
        frame: encodeFrame(frame),
        idempotency:
          isLast && idempotency
            ? { key: idempotency.key, fingerprint: idempotency.fingerprint(), soFar: answer }
            : null,
        detect: options.detect ?? true,
      }),
    );
    answer.accepted += written.accepted;
    answer.updated += written.updated;
    answer.duplicates += written.duplicates;
    replayed = written.replayed;
  };
  for await (const parsed of rows) {
    const reason = "rejected" in parsed ? parsed.rejected : null;
    if (reason === null && "point" in parsed) {
      if (!builder.fits(parsed.point)) await send(builder.take(), false);
      const fault = builder.add(parsed.point);
      if (fault) reject(answer, parsed.row, fault);
    } else if (reason !== null) reject(answer, parsed.row, reason);
  }
  if (builder.length > 0) await send(builder.take(), true);
  if (frames === 0) throw nothingValid(answer);
  return replayed === null ? { ...answer, replayed: false } : replayOf(replayed);
}

function reject(answer: WriteAnswer, row: number, reason: string): void {
  answer.rejected++;
  if (answer.errors.length < STREAM_LIMITS.errorsListed) answer.errors.push({ row, reason });
}

function nothingValid({ rejected, errors }: WriteAnswer) {
  const detail =
    rejected === 0 ? "The body has no rows." : `None of the ${rejected} rows is valid: ${errors[0]!.reason}.`;
  return fail("no_valid_rows", detail, {
    errors: errors.map(({ row, reason }) => ({ pointer: `#/rows/${row}`, message: reason })),
    extra: { rejected, rows: errors.map(({ row, reason }) => ({ row, reason })) },
  });
}

function setTimes(frame: Frame, base: number): void {
  let next = base;
  for (let row = 0; row < frame.times.length; row++)
    if (Number.isNaN(frame.times[row]!)) frame.times[row] = next++;
}

/** Written by the stream object from a WriteAnswer. */
const replayOf = (answer: string): Appended => ({ ...(JSON.parse(answer) as WriteAnswer), replayed: true });

async function readThrough(rows: Rows): Promise<void> {
  for await (const _ of rows);
}
