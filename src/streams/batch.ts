import type { ParsedRow, Rows } from "./append";
import { type RejectedRow, STREAM_LIMITS } from "./contract";
import type { Frame } from "./frame";
import { FrameBuilder } from "./frame-builder";

/** A part of a request's rows, in their order. */
export interface Batch {
  /** Null only in the last batch of a request that has no valid row. */
  frame: Frame | null;
  /** No batch comes after this one. */
  isLast: boolean;
  /** Rows that were rejected since the batch before. */
  rejected: number;
  /** The first of them, STREAM_LIMITS.errorsListed at most. */
  errors: RejectedRow[];
}

export type Batches = Iterable<Batch> | AsyncIterable<Batch>;

/**
 * Gathers rows into batches. A frame is held back until another is begun: only so the last one is known as such, which
 * carries the request's idempotency key.
 */
export class BatchBuilder {
  readonly builder = new FrameBuilder();
  private held: Frame | null = null;
  private rejected = 0;
  private errors: RejectedRow[] = [];

  /** Takes a row; a batch where one is ready. */
  add(parsed: ParsedRow): Batch | null {
    if ("rejected" in parsed) {
      this.reject(parsed.row, parsed.rejected);
      return null;
    }
    const batch = this.builder.fits(parsed.point) ? null : this.cut();
    const fault = this.builder.add(parsed.point);
    if (fault) this.reject(parsed.row, fault);
    return batch;
  }

  reject(row: number, reason: string): void {
    this.rejected++;
    if (this.errors.length < STREAM_LIMITS.errorsListed) this.errors.push({ row, reason });
  }

  /** Begins another frame; the batch of the one before the last, where there is one. */
  cut(): Batch | null {
    const batch = this.held ? this.batch(this.held, false) : null;
    this.held = this.builder.take();
    return batch;
  }

  /** What is left, the last batch among it. */
  *finish(): Generator<Batch> {
    if (this.builder.length > 0) {
      const batch = this.cut();
      if (batch) yield batch;
    }
    yield this.batch(this.held, true);
    this.held = null;
  }

  private batch(frame: Frame | null, isLast: boolean): Batch {
    const { rejected, errors } = this;
    this.rejected = 0;
    this.errors = [];
    return { frame, isLast, rejected, errors };
  }
}

/** The batches of rows from anywhere. */
export async function* batchesOfRows(rows: Rows): AsyncGenerator<Batch> {
  const batches = new BatchBuilder();
  if (Symbol.iterator in rows) {
    // A wait for each row would take longer than the row.
    for (const row of rows) {
      const batch = batches.add(row);
      if (batch) yield batch;
    }
  } else {
    for await (const row of rows) {
      const batch = batches.add(row);
      if (batch) yield batch;
    }
  }
  yield* batches.finish();
}
