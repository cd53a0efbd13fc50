import { AppError, fail } from "../core/errors";
import type { TenantContext } from "../platform/context";
import { type Appended, appendPoints, reserveArrivals } from "../streams";
import type { RejectedRow } from "../streams/contract";
import { answer, type StoredTable } from "./answer";
import { type AppliedRow, applyPlan, newAccounting } from "./apply";
import type { ProcessAnswer } from "./contract";
import type { JobRequest } from "./intake";
import { type UnderstoodTable, understand } from "./understand";

export type JobResult = ProcessAnswer & { job_id: string; stream_id: string };

/**
 * Understands data and writes their points into the job's stream, and those of tables with other columns into streams
 * beside it. Doing it again writes the same points: the upload's id numbers them, and rows without a time keep the
 * arrival that was reserved first. Throws what {@link understand} throws, `no_valid_rows`, and what writing throws.
 */
export async function load(
  ctx: TenantContext,
  jobId: string,
  request: JobRequest,
  bytes: Uint8Array,
): Promise<JobResult> {
  const understanding = await understand(bytes, {
    filename: request.filename ?? undefined,
    contentType: request.contentType ?? undefined,
    description: request.description ?? undefined,
    plan: request.plan ?? undefined,
  });
  const stored: StoredTable[] = [];
  for (const [at, table] of understanding.tables.entries())
    stored.push(await storeTable(ctx, at === 0 ? jobId : `${jobId}/${at}`, request, table));
  if (stored.every(({ accounting }) => accounting.processed === 0)) throw nothingValid(stored);
  return { ...answer(understanding, stored), job_id: jobId, stream_id: request.streamId };
}

async function storeTable(
  ctx: TenantContext,
  uploadId: string,
  request: JobRequest,
  understood: UnderstoodTable,
): Promise<StoredTable> {
  const { plan, table } = understood;
  const streamId = streamOf(request.streamId, plan.stream_suffix);
  const accounting = newAccounting();
  const keepTimeless = request.desiredFormat === "records";
  const applied = applyPlan(plan, table, accounting, { keepTimeless });
  const rows =
    plan.timestamp === null || keepTimeless
      ? await withArrivals(ctx, uploadId, streamId, understood, applied)
      : applied;
  // History teaches the detectors; nobody is to be alerted at last year's readings.
  const written = await appendOrReject(ctx, streamId, rows, uploadId);
  const processed = written.accepted + written.updated + written.duplicates;
  const final = { ...accounting, processed, rejected: written.rejected, rejectedRows: written.errors };
  return { understood, accounting: final, streamId };
}

/** A table of bad rows alone does not cost the others theirs. */
async function appendOrReject(
  ctx: TenantContext,
  streamId: string,
  rows: Iterable<AppliedRow>,
  uploadId: string,
): Promise<Omit<Appended, "replayed">> {
  try {
    return await appendPoints(ctx, streamId, rows, { uploadId, detect: false });
  } catch (error) {
    if (!(error instanceof AppError) || error.failure.code !== "no_valid_rows") throw error;
    const { rejected = 0, rows: errors = [] } = error.failure.extra ?? {};
    return {
      accepted: 0,
      updated: 0,
      duplicates: 0,
      rejected: rejected as number,
      errors: errors as unknown as RejectedRow[],
    };
  }
}

/** Ids have 128 characters at most. */
const streamOf = (streamId: string, suffix: string | undefined): string =>
  suffix === undefined ? streamId : `${streamId.slice(0, 127 - suffix.length)}_${suffix}`;

function nothingValid(stored: readonly StoredTable[]) {
  const rejected = stored.reduce((sum, { accounting }) => sum + accounting.rejected, 0);
  const errors = stored.flatMap(({ accounting }) => accounting.rejectedRows);
  const [first] = errors;
  const detail = `None of the ${rejected} row(s) is valid${first ? `; row ${first.row}: ${first.reason}` : ""}.`;
  return fail("no_valid_rows", detail, {
    extra: { rejected: errors.slice(0, 20).map(({ row, reason }) => ({ row, reason })) },
  });
}

/** Rows without times get distinct arrival times, reserved once for the upload, in their order. */
async function withArrivals(
  ctx: TenantContext,
  uploadId: string,
  streamId: string,
  { table }: UnderstoodTable,
  rows: Iterable<AppliedRow>,
): Promise<Iterable<AppliedRow>> {
  // Refused rows count too: their places stay free, and the others keep theirs when a plan is corrected.
  const base = await reserveArrivals(ctx, streamId, uploadId, table.rowCount + table.bad.length);
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
