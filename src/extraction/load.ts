import { fail } from "../core/errors";
import type { TenantContext } from "../platform/context";
import { appendPoints, reserveArrivals } from "../streams";
import { answer } from "./answer";
import { type AppliedRow, applyPlan, newAccounting } from "./apply";
import type { ProcessAnswer } from "./contract";
import type { JobRequest } from "./intake";
import { type Understanding, understand } from "./understand";

export type JobResult = ProcessAnswer & { job_id: string; stream_id: string };

/**
 * Understands data and writes their points into the job's stream. Doing it again writes the same points: the upload's
 * id numbers them, and rows without a time keep the arrival that was reserved first. Throws what {@link understand}
 * throws, `no_valid_rows`, and what writing throws.
 */
export async function load(
  ctx: TenantContext,
  jobId: string,
  request: JobRequest,
  bytes: Uint8Array,
): Promise<JobResult> {
  const understanding = understand(bytes, {
    filename: request.filename ?? undefined,
    contentType: request.contentType ?? undefined,
    description: request.description ?? undefined,
    plan: request.plan ?? undefined,
  });
  const accounting = newAccounting();
  const rows = await withArrivals(
    ctx,
    jobId,
    request.streamId,
    understanding,
    applyPlan(understanding.plan, understanding.tables[0]!, accounting),
  );
  // History teaches the detectors; nobody is to be alerted at last year's readings.
  const written = await appendPoints(ctx, request.streamId, rows, { uploadId: jobId, detect: false });
  const processed = written.accepted + written.updated + written.duplicates;
  const final = { ...accounting, processed, rejected: written.rejected, rejectedRows: written.errors };
  if (processed === 0) {
    const [first] = written.errors;
    throw fail(
      "no_valid_rows",
      `None of the ${written.rejected} row(s) is valid${first ? `; row ${first.row}: ${first.reason}` : ""}.`,
      {
        extra: { rejected: written.errors.slice(0, 20).map(({ row, reason }) => ({ row, reason })) },
      },
    );
  }
  return { ...answer(understanding, final), job_id: jobId, stream_id: request.streamId };
}

/** Rows of a table without times get distinct arrival times, reserved once for the upload, in their order. */
async function withArrivals(
  ctx: TenantContext,
  uploadId: string,
  streamId: string,
  { plan, tables }: Understanding,
  rows: Iterable<AppliedRow>,
): Promise<Iterable<AppliedRow>> {
  if (plan.timestamp !== null) return rows;
  // Refused rows count too: their places stay free, and the others keep theirs when a plan is corrected.
  const most = tables[0]!.rowCount + tables[0]!.bad.length;
  const base = await reserveArrivals(ctx, streamId, uploadId, most);
  return arriving(rows, base);
}

function* arriving(rows: Iterable<AppliedRow>, baseMicros: number): Generator<AppliedRow> {
  let index = 0;
  for (const one of rows) {
    if ("point" in one && one.point.timestamp === null) {
      yield { row: one.row, point: { ...one.point, timestamp: baseMicros + index } };
    } else yield one;
    index++;
  }
}
