import type { TenantContext } from "../platform/context";
import { type Batch, learnHistory, NumberedUpload, reserveArrivals, type StoredFrames } from "../streams";
import type { Accounting, AppliedRow, StoredAccounting } from "./apply";

export const NOTHING_STORED: StoredFrames = { frames: 0, accepted: 0, updated: 0, duplicates: 0 };

/** The rows of a table on their way into a stream. Begun again with the same rows it stores none twice. */
export class RowsToStream {
  private readonly frames: NumberedUpload;
  private arrival: number | null = null;

  /**
   * `jobId` numbers the frames; `stored` is known to be stored of them. History teaches the detectors, and nobody is to be
   * alerted at last year's readings; of `much` of it the end is enough.
   */
  constructor(
    private readonly ctx: TenantContext,
    private readonly streamId: string,
    jobId: string,
    stored: StoredFrames = NOTHING_STORED,
    private readonly much = false,
  ) {
    this.frames = new NumberedUpload(ctx, streamId, jobId, stored, { detection: much ? "defer" : "learn" });
  }

  get stored(): StoredFrames {
    return this.frames.stored;
  }

  /**
   * Gives rows without times distinct arrival times, reserved once for the upload. Each row's time goes by its number, up
   * to `lastRow`: those of refused rows stay free, and the others keep theirs in a replay.
   */
  async reserve(uploadId: string, lastRow: number): Promise<void> {
    this.arrival = await reserveArrivals(this.ctx, this.streamId, uploadId, lastRow + 1);
  }

  async store(rows: Iterable<AppliedRow>): Promise<void> {
    for (const row of rows) {
      const batch = this.frames.add(this.arrival === null ? row : arriving(row, this.arrival));
      if (batch) await this.frames.store(batch);
    }
  }

  /** Rows that are in frames already. */
  async storeBatches(batches: Iterable<Batch>): Promise<void> {
    try {
      for (const batch of batches) await this.frames.store(batch);
    } catch (error) {
      // Whoever reads the rows another way begins behind what is stored.
      await this.frames.settled().catch(() => {});
      throw error;
    }
  }

  /** `accounting` with what the stream has counted, less the rows that an earlier job has stored. */
  async finish(accounting: Accounting, again = 0): Promise<StoredAccounting> {
    const { errors, rejected, ...written } = await this.frames.finish();
    const stored = written.accepted + written.updated + written.duplicates;
    if (this.much && stored > 0) await learnHistory(this.ctx, this.streamId);
    // What was stored before is there already, unless the stream was cleared meanwhile.
    const duplicates = Math.max(0, written.duplicates - again);
    const accepted = Math.max(0, written.accepted - Math.max(0, again - written.duplicates));
    const processed = accepted + written.updated + duplicates;
    const { updated } = written;
    return { ...accounting, processed, rejected, rejectedRows: errors, accepted, updated, duplicates };
  }
}

function arriving(applied: AppliedRow, baseMicros: number): AppliedRow {
  if ("rejected" in applied || applied.point.timestamp !== null) return applied;
  const { row, point } = applied;
  return { row, point: { ...point, timestamp: baseMicros + row } };
}
