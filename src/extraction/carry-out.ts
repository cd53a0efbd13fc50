import { analyseStream } from "../analytics";
import { AppError } from "../core/errors";
import type { TenantContext } from "../platform/context";
import type { JobRequest } from "./intake";
import { type JobKeeper, UNKEPT } from "./job-state";
import { type JobResult, load } from "./load";
import type { Upload } from "./upload";

/** Data that were understood less surely are not analysed unasked. */
const SURE = 0.8;

/** `execution_id` is there where an analysis was asked for: that of the one that was started, or null. */
export type JobOutcome = JobResult & { execution_id?: string | null };

/**
 * Loads a job's data and, where the job asks for it, starts an analysis of their stream. Done again it writes the same
 * points and names the same execution. Throws what {@link load} throws; that no analysis could be started is a warning.
 */
export async function carryOut(
  ctx: TenantContext,
  jobId: string,
  request: JobRequest,
  upload: Upload,
  keeper: JobKeeper = UNKEPT,
): Promise<JobOutcome> {
  const result = await load(ctx, jobId, request, upload, keeper);
  if (!request.analyse) return result;
  const started = await startAnalysis(ctx, result);
  if ("executionId" in started) return { ...result, execution_id: started.executionId };
  const warnings = [...result.warnings, `No analysis was started: ${started.because}`];
  return { ...result, execution_id: null, warnings };
}

async function startAnalysis(
  ctx: TenantContext,
  { confidence, stream_id }: JobResult,
): Promise<{ executionId: string } | { because: string }> {
  if (confidence <= SURE) return { because: `the confidence of ${confidence} is not over ${SURE}.` };
  try {
    const executionId = await analyseStream(ctx, stream_id);
    return executionId === null ? { because: "the stream is too short yet." } : { executionId };
  } catch (error) {
    // The data are stored: what has no place left for an analysis must not refuse them.
    if (error instanceof AppError) return { because: error.failure.detail };
    throw error;
  }
}
