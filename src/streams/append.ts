import { fail } from "../core/errors";
import type { TenantContext } from "../platform/context";
import { reserveArrivals } from "./arrivals";
import { type Batch, type Batches, batchesOfRows } from "./batch";
import {
  type AppendAnswer,
  type IdempotencyLookup,
  type IdempotentWrite,
  type Point,
  STREAM_LIMITS,
  type WriteAnswer,
} from "./contract";
import { giveArrivalTimes, rowsWithoutTime } from "./engine/arrival-times";
import type { Frame } from "./frame";
import { FrameSender, type SendOptions } from "./frame-sender";
import { callShard, changing, knownMap, shardObject } from "./shard";

export type ParsedRow = { row: number; point: Point } | { row: number; rejected: string };
export type Rows = Iterable<ParsedRow> | AsyncIterable<ParsedRow>;

export interface AppendOptions extends SendOptions {
  /** `fingerprint` is asked for when all rows were read: a streamed body's digest is known only then. */
  idempotency?: { key: string; fingerprint: () => string };
  /** Rows without a time get the same arrival times when the same upload is sent again. */
  uploadId?: string;
}

export interface Appended extends WriteAnswer {
  /** The answer is that of the first request with this idempotency key. */
  replayed: boolean;
}

/**
 * Stores rows as points of a stream, frame by frame. A bad row is listed and the good ones stand. Throws
 * `no_valid_rows` where all are bad, and what the tenant's limits and the idempotency key say.
 */
export const appendPoints = (
  ctx: TenantContext,
  streamId: string,
  rows: Rows,
  options: AppendOptions = {},
): Promise<Appended> => appendBatches(ctx, streamId, batchesOfRows(rows), options);

/** The same of rows that were gathered already. */
export async function appendBatches(
  ctx: TenantContext,
  streamId: string,
  batches: Batches,
  options: AppendOptions = {},
): Promise<Appended> {
  const upload = new Upload(ctx, streamId, options);
  try {
    for await (const batch of batches) await upload.take(batch);
    return await upload.answer();
  } catch (error) {
    await upload.abandon();
    throw error;
  }
}

/** Answers that the stream is split another way, until the caller is asked to try again. */
const LOOKUP_TRIES = 4;

/** One request's way into a stream. */
class Upload {
  private sum: WriteAnswer = { accepted: 0, updated: 0, duplicates: 0, rejected: 0, errors: [] };
  private frames = 0;
  private replayed: string | null = null;
  /** What was stored for the key before this request; the rest of the body is only read through. */
  private before: Extract<IdempotencyLookup, { state: "done" }> | null = null;
  private began = false;
  /** Rejected rows of which the stream was not told yet. */
  private unsaid = 0;
  private readonly sender: FrameSender;

  constructor(
    private readonly ctx: TenantContext,
    private readonly streamId: string,
    private readonly options: AppendOptions,
  ) {
    this.sender = new FrameSender(ctx, streamId, options);
  }

  async take({ frame, isLast, rejected, errors }: Batch): Promise<void> {
    this.sum.rejected += rejected;
    this.unsaid += rejected;
    for (const error of errors)
      if (this.sum.errors.length < STREAM_LIMITS.errorsListed) this.sum.errors.push(error);
    if (!frame || this.before) return;
    // A request of one frame needs no word before it: its key is looked up with it.
    if (!isLast && this.frames === 0) await this.begin();
    if (this.before) return;
    if (!isLast || this.frames > 0 || knownMap(this.ctx, this.streamId)) await this.reserveTimes(frame);
    this.frames++;
    await this.send(frame, isLast);
  }

  async answer(): Promise<Appended> {
    const { idempotency } = this.options;
    // Nothing was sent that would have told: what the key stands for comes before what is wrong with this body.
    if (this.frames === 0 && !this.before) await this.begin();
    if (this.before) {
      if (this.before.fingerprint === idempotency?.fingerprint()) return replayOf(this.before.answer);
      throw fail("idempotency_key_reused", "This Idempotency-Key was used with another body.");
    }
    if (this.frames === 0) throw nothingValid(this.sum);
    return this.replayed === null ? { ...this.sum, replayed: false } : replayOf(this.replayed);
  }

  /** The request failed: its key is free to be tried again. */
  async abandon(): Promise<void> {
    if (!this.began) return;
    await shardObject(this.ctx, this.streamId).releaseIdempotent(this.options.idempotency!.key);
  }

  private async send(frame: Frame, isLast: boolean): Promise<void> {
    const { parts, told } = await this.sender.send({
      frame,
      rejected: this.unsaid,
      needsFirst: isLast && this.options.idempotency !== undefined,
      keyOf: (shard, _, parts) => (shard === 0 && isLast ? this.key(parts) : null),
      onSplit: (split) => this.reserveTimes(split),
    });
    if (told) this.unsaid = 0;
    this.sum = withParts(this.sum, parts);
    this.replayed = parts.at(-1)?.replayed ?? null;
  }

  private async begin(): Promise<void> {
    const { idempotency } = this.options;
    if (!idempotency) return;
    const { key } = idempotency;
    const found = await this.lookup(key);
    if (found.state === "running") throw inProgress();
    if (found.state === "done") this.before = found;
    else this.began = true;
  }

  private async lookup(key: string): Promise<IdempotencyLookup> {
    for (let tries = 0; tries < LOOKUP_TRIES; tries++) {
      const found = await callShard<IdempotencyLookup>(this.ctx, this.streamId, 0, (object, call) =>
        object.lookupIdempotent({ ...call, key }),
      );
      if (found) return found.value;
    }
    throw changing();
  }

  private key(parts: readonly AppendAnswer[]): IdempotentWrite | null {
    const { idempotency } = this.options;
    if (!idempotency) return null;
    const { key, fingerprint } = idempotency;
    return { key, fingerprint: fingerprint(), soFar: withParts(this.sum, parts), began: this.began };
  }

  /** Rows without a time get the same times when the upload is sent again. */
  private async reserveTimes(frame: Frame): Promise<void> {
    const { uploadId, dataType } = this.options;
    const rows = rowsWithoutTime(frame);
    if (!uploadId || rows === 0) return;
    const id = `${uploadId}/${this.frames}`;
    giveArrivalTimes(frame, await reserveArrivals(this.ctx, this.streamId, id, rows, dataType ?? null));
  }
}

/** With what the shards answered to a frame. */
const withParts = (sum: WriteAnswer, parts: readonly AppendAnswer[]): WriteAnswer => ({
  ...sum,
  accepted: parts.reduce((total, one) => total + one.accepted, sum.accepted),
  updated: parts.reduce((total, one) => total + one.updated, sum.updated),
  duplicates: parts.reduce((total, one) => total + one.duplicates, sum.duplicates),
});

const inProgress = () =>
  fail("idempotency_in_progress", "The first request with this Idempotency-Key has not finished.");

function nothingValid({ rejected, errors }: WriteAnswer) {
  const detail =
    rejected === 0 ? "The body has no rows." : `None of the ${rejected} rows is valid: ${errors[0]!.reason}.`;
  return fail("no_valid_rows", detail, {
    errors: errors.map(({ row, reason }) => ({ pointer: `#/rows/${row}`, message: reason })),
    extra: { rejected, rows: errors.map(({ row, reason }) => ({ row, reason })) },
  });
}

/** Written by the stream object from a WriteAnswer. */
const replayOf = (answer: string): Appended => ({ ...(JSON.parse(answer) as WriteAnswer), replayed: true });
