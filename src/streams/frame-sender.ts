import type { TenantContext } from "../platform/context";
import type { AppendAnswer, DetectionMode, IdempotentWrite } from "./contract";
import { encodeFrame, type Frame } from "./frame";
import { callShard, changing, forget, knownMap } from "./shard";
import { emptyFrame, splitFrame } from "./shard-map";

export interface SendOptions {
  dataType?: string;
  /** "judge" unless named. */
  detection?: DetectionMode;
}

/** A frame on its way to the shards of a stream. */
export interface Sending {
  frame: Frame;
  /** Rows that were refused and that the stream was not told of; shard 0 is told. */
  rejected: number;
  /** Shard 0 is written to even where it gets no row. */
  needsFirst: boolean;
  /** The key of what a shard gets, under the map with this id (null: one shard), once `parts` have answered. */
  keyOf(shard: number, mapId: string | null, parts: readonly AppendAnswer[]): IdempotentWrite | null;
  /** Called when the stream turns out to be split: from here on the rows may go several ways. */
  onSplit?(frame: Frame): Promise<void>;
}

export interface Sent {
  /** What each shard answered, shard 0 last. */
  parts: AppendAnswer[];
  /** Shard 0 was told of the refused rows. */
  told: boolean;
}

/** Answers that the stream is split another way, until the caller is asked to try again. */
const SHARD_TRIES = 4;

/** Sends frames to the shards of a stream. */
export class FrameSender {
  constructor(
    private readonly ctx: TenantContext,
    private readonly streamId: string,
    private readonly options: SendOptions,
  ) {}

  /** Rows that a shard has taken before it was told of a new map are duplicates there. */
  async send(sending: Sending): Promise<Sent> {
    const { ctx, streamId } = this;
    for (let tries = 0; tries < SHARD_TRIES; tries++) {
      const map = knownMap(ctx, streamId);
      const sent: Sent = { parts: [], told: false };
      if (!map) {
        if (await this.put(0, sending.frame, null, sending, sent)) return sent;
        await sending.onSplit?.(sending.frame);
        continue;
      }
      const parts = splitFrame(map, sending.frame);
      const own = parts.get(0) ?? (sending.needsFirst ? emptyFrame() : null);
      parts.delete(0);
      let isDone = true;
      for (const [shard, part] of parts) isDone &&= await this.put(shard, part, map.id, sending, sent);
      // Shard 0 last: it keeps the answer to the key.
      if (isDone && (!own || (await this.put(0, own, map.id, sending, sent)))) return sent;
      if (knownMap(ctx, streamId) === map) forget(ctx, streamId);
    }
    throw changing();
  }

  /** False where the stream is split another way by now. */
  private async put(
    shard: number,
    frame: Frame,
    mapId: string | null,
    { rejected, keyOf }: Sending,
    sent: Sent,
  ): Promise<boolean> {
    const { ctx, streamId, options } = this;
    const written = await callShard<AppendAnswer>(ctx, streamId, shard, (object, call) =>
      object.append({
        ...call,
        requestId: ctx.requestId,
        clientId: ctx.principal.clientId,
        dataType: options.dataType ?? null,
        frame: encodeFrame(frame),
        rejected: shard === 0 ? rejected : 0,
        idempotency: keyOf(shard, mapId, sent.parts),
        detection: options.detection ?? "judge",
      }),
    );
    if (!written) return false;
    sent.parts.push(written.value);
    if (shard === 0) sent.told = true;
    return true;
  }
}
