import { AppError, type Failure } from "../../src/core/errors";
import type { Batches } from "../../src/streams/batch";
import type { RejectedRow } from "../../src/streams/contract";
import { encodeFrame } from "../../src/streams/frame";

export interface Outcome {
  /** Their bytes. */
  frames: string[];
  rejected?: number;
  errors?: RejectedRow[];
  failure?: Failure;
}

/** All that comes of a body: its frames' bytes, its rejected rows, or its failure. */
export async function outcomeOf(batches: () => Batches): Promise<Outcome> {
  const frames: string[] = [];
  const errors: RejectedRow[] = [];
  let rejected = 0;
  try {
    for await (const batch of batches()) {
      if (batch.frame) frames.push(Buffer.from(encodeFrame(batch.frame)).toString("latin1"));
      errors.push(...batch.errors);
      rejected += batch.rejected;
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { frames, failure: error.failure };
  }
  return { frames, rejected, errors };
}
