import { AppError, fail } from "../core/errors";
import type { TenantContext } from "../platform/context";
import { type Appended, appendPoints, reserveArrivals } from "../streams";
import type { RejectedRow } from "../streams/contract";
import { answer, type StoredTable } from "./answer";
import { type AppliedRow, newAccounting } from "./apply";
import { cascade, type Reading } from "./cascade";
import type { ExtractionPlan, ProcessAnswer } from "./contract";
import type { SourceTable } from "./formats/source-table";
import type { JobRequest } from "./intake";
import { remember, understandKnown } from "./known";
import type { UnderstoodTable } from "./understand";

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
  const under = (plan: ExtractionPlan | null | undefined) =>
    understandKnown(ctx, bytes, {
      filename: request.filename ?? undefined,
      contentType: request.contentType ?? undefined,
      description: request.description ?? undefined,
      plan: plan ?? undefined,
    });
  const understanding = await under(request.plan);
  const before: Before[] = [];
  for (const { plan, desiredFormat } of request.replays?.under ?? [])
    before.push({ tables: (await under(plan)).tables, keepTimeless: desiredFormat === "records" });
  const uploadId = request.replays?.jobId ?? jobId;
  const stored: StoredTable[] = [];
  for (const [at, table] of understanding.tables.entries())
    stored.push(
      await storeTable(
        ctx,
        at === 0 ? uploadId : `${uploadId}/${at}`,
        request,
        table,
        readingsOf(table, before),
      ),
    );
  if (stored.every(({ accounting }) => accounting.processed === 0)) throw nothingValid(stored);
  // The plan of a replay is for the rows that the data's own plan cannot read.
  if (!request.replays) await remember(ctx, jobId, understanding, request.plan ? "person" : "code");
  return { ...answer(understanding, stored), job_id: jobId, stream_id: request.streamId };
}

async function storeTable(
  ctx: TenantContext,
  uploadId: string,
  request: JobRequest,
  understood: UnderstoodTable,
  earlier: readonly Reading[],
): Promise<StoredTable> {
  const { plan } = understood;
  const streamId = streamOf(request.streamId, plan.stream_suffix);
  const accounting = newAccounting();
  const keepTimeless = request.desiredFormat === "records";
  const again = { rows: 0 };
  const applied = cascade(earlier, { ...understood, keepTimeless }, accounting, again);
  const rows =
    plan.timestamp === null || keepTimeless
      ? await withArrivals(ctx, uploadId, streamId, understood, applied)
      : applied;
  // History teaches the detectors; nobody is to be alerted at last year's readings.
  const written = await appendOrReject(ctx, streamId, rows, uploadId);
  const processed = Math.max(0, written.accepted + written.updated + written.duplicates - again.rows);
  const final = { ...accounting, processed, rejected: written.rejected, rejectedRows: written.errors };
  return { understood, accounting: final, streamId };
}

/** Data as an earlier plan understood them. */
interface Before {
  tables: UnderstoodTable[];
  keepTimeless: boolean;
}

/** How the same table was read before, where its rows went to the same stream. */
const readingsOf = ({ plan }: UnderstoodTable, before: readonly Before[]): Reading[] =>
  before.flatMap(({ tables, keepTimeless }) =>
    tables
      .filter((one) => one.plan.name === plan.name && one.plan.stream_suffix === plan.stream_suffix)
      .map((one) => ({ ...one, keepTimeless })),
  );

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
  // Each row's time goes by its number: those of refused rows stay free, and the others keep theirs in a replay.
  const base = await reserveArrivals(ctx, streamId, uploadId, lastRow(table) + 1);
  return arriving(rows, base);
}

function lastRow({ rows, bad }: SourceTable): number {
  let last = 0;
  for (const { row } of rows) last = Math.max(last, row);
  for (const { row } of bad) last = Math.max(last, row);
  return last;
}

function* arriving(rows: Iterable<AppliedRow>, baseMicros: number): Generator<AppliedRow> {
  for (const one of rows)
    yield "point" in one && one.point.timestamp === null
      ? { row: one.row, point: { ...one.point, timestamp: baseMicros + one.row } }
      : one;
}
