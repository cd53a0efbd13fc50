import type { TenantContext } from "../platform/context";
import type { ParsedRow } from "./append";
import { type Batch, BatchBuilder } from "./batch";
import { type RejectedRow, STREAM_LIMITS, type WriteAnswer } from "./contract";
import type { Frame } from "./frame";
import { FrameSender, type SendOptions } from "./frame-sender";

/** The first frames of an upload, as they were stored, and what became of their rows. */
export interface StoredFrames {
  frames: number;
  accepted: number;
  updated: number;
  duplicates: number;
}

/**
 * An upload that is gone on with after it broke off. Whoever sends it gives the same rows in the same order each time;
 * they are cut into the same frames, and each frame is stored once, its number being its key for a day. Frames of which
 * is known that they are stored are built, since ordinals count over the whole upload, and not sent.
 */
export class NumberedUpload {
  private readonly batches = new BatchBuilder();
  private readonly sender: FrameSender;
  private readonly sum: WriteAnswer;
  private readonly known: number;
  /** Frames that were made, and those of them that are stored. */
  private made = 0;
  private frames = 0;
  /** The frame that is on its way. */
  private underway: Promise<void> = Promise.resolve();
  /** Rejected rows of which the stream was not told yet. */
  private unsaid = 0;

  /** `uploadId` is unique in the stream; rows without a time have been given one. */
  constructor(
    ctx: TenantContext,
    streamId: string,
    private readonly uploadId: string,
    stored: StoredFrames,
    options: SendOptions = {},
  ) {
    const { frames, accepted, updated, duplicates } = stored;
    this.known = frames;
    this.sum = { accepted, updated, duplicates, rejected: 0, errors: [] };
    this.sender = new FrameSender(ctx, streamId, options);
  }

  /** What is stored by now. */
  get stored(): StoredFrames {
    const { accepted, updated, duplicates } = this.sum;
    return { frames: Math.max(this.known, this.frames), accepted, updated, duplicates };
  }

  /** Takes a row; a batch to be {@link store}d before the next row where one is ready. */
  add(row: ParsedRow): Batch | null {
    return this.batches.add(row);
  }

  /**
   * Sends a batch when the one before it is stored, and does not wait for its own answer: the next is built meanwhile. What
   * goes wrong with a frame is thrown by the next call, or by {@link settled}.
   */
  async store({ frame, rejected, errors }: Batch): Promise<void> {
    this.refuse(rejected, errors);
    if (!frame) return;
    const number = this.made++;
    const unsaid = this.unsaid;
    this.unsaid = 0;
    if (number < this.known) return;
    await this.underway;
    this.underway = this.send(frame, number, unsaid);
    this.underway.catch(() => {});
  }

  /** Waits for the frame that is on its way. */
  async settled(): Promise<void> {
    await this.underway;
  }

  private async send(frame: Frame, number: number, unsaid: number): Promise<void> {
    const { parts } = await this.sender.send({
      frame,
      rejected: unsaid,
      needsFirst: unsaid > 0,
      keyOf: (shard, mapId) => ({
        key: `frame ${this.uploadId}/${number} ${mapId ?? ""}/${shard}`,
        fingerprint: this.uploadId,
        soFar: NOTHING,
        began: false,
      }),
    });
    for (const { replayed, ...counts } of parts)
      this.count(replayed === null ? counts : JSON.parse(replayed));
    this.frames = number + 1;
  }

  /** Stores what is left. Nothing is stored, and nothing said of the rejected rows, where none is valid. */
  async finish(): Promise<WriteAnswer> {
    for (const batch of this.batches.finish()) await this.store(batch);
    await this.settled();
    return this.sum;
  }

  private refuse(rejected: number, errors: readonly RejectedRow[]): void {
    this.sum.rejected += rejected;
    this.unsaid += rejected;
    const { errors: listed } = this.sum;
    listed.push(...errors.slice(0, STREAM_LIMITS.errorsListed - listed.length));
  }

  private count({ accepted, updated, duplicates }: Omit<StoredFrames, "frames">): void {
    this.sum.accepted += accepted;
    this.sum.updated += updated;
    this.sum.duplicates += duplicates;
  }
}

const NOTHING: WriteAnswer = { accepted: 0, updated: 0, duplicates: 0, rejected: 0, errors: [] };
