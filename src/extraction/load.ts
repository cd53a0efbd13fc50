import { fitsUtf8 } from "../core/bytes";
import { fail } from "../core/errors";
import { CHECKPOINT_BYTES } from "../core/work";
import type { TenantContext } from "../platform/context";
import { answer, type StoredTable } from "./answer";
import { newAccounting } from "./apply";
import { cascade, type Reading } from "./cascade";
import type { ProcessAnswer } from "./contract";
import type { SourceTable } from "./formats/source-table";
import type { JobRequest } from "./intake";
import { type JobKeeper, UNKEPT, type WholeState } from "./job-state";
import { remember, understandKnown, understandReadKnown } from "./known";
import { levelsOf } from "./levels";
import { EXTRACTION_LIMITS } from "./limits";
import { type ReadTables, readTables } from "./read";
import { RowsToStream } from "./rows-to-stream";
import { loadStreamed } from "./stream-load";
import type { UnderstandHints, Understanding, UnderstoodTable } from "./understand";
import { hintsOf, streamedText } from "./understand-head";
import { allOf, type Upload } from "./upload";

export type JobResult = ProcessAnswer & { job_id: string; stream_id: string };

/** What was understood of data, and what became of their rows. */
export interface Loaded {
  understanding: Understanding;
  stored: StoredTable[];
}

/**
 * Understands data and writes their points into the job's stream, and those of tables with other columns into streams
 * beside it. Begun again it stores no row twice: the job's id numbers its frames, their plan is the one that was kept
 * first, and rows without a time keep the arrival that was reserved first. Throws what {@link understand} throws,
 * `no_valid_rows`, and what writing throws.
 */
export async function load(
  ctx: TenantContext,
  jobId: string,
  request: JobRequest,
  upload: Upload,
  keeper: JobKeeper = UNKEPT,
): Promise<JobResult> {
  const text = await streamedText(upload, request);
  const { understanding, stored } = text
    ? await loadStreamed(ctx, jobId, request, text, keeper)
    : await loadWhole(ctx, jobId, request, upload, keeper);
  if (stored.every(({ accounting }) => accounting.processed === 0)) throw nothingValid(stored);
  // The plan of a replay is for the rows that the data's own plan cannot read.
  if (!request.replays) await remember(ctx, jobId, understanding, request.plan ? "person" : "code");
  return {
    ...answer(understanding, stored, levelsOf(ctx.config)),
    job_id: jobId,
    stream_id: request.streamId,
  };
}

async function loadWhole(
  ctx: TenantContext,
  jobId: string,
  request: JobRequest,
  upload: Upload,
  keeper: JobKeeper,
): Promise<Loaded> {
  const { understanding, before } = await understandWhole(ctx, request, upload, keeper);
  const stored: StoredTable[] = [];
  for (const [at, table] of understanding.tables.entries())
    stored.push(await storeTable(ctx, jobId, request, table, at, readingsOf(table, before)));
  return { understanding, stored };
}

async function understandWhole(
  ctx: TenantContext,
  request: JobRequest,
  upload: Upload,
  keeper: JobKeeper,
): Promise<{ understanding: Understanding; before: Before[] }> {
  const hints = hintsOf(request);
  const understanding = await understandOnce(ctx, upload, hints, keeper);
  const before: Before[] = [];
  for (const { plan, desiredFormat } of request.replays?.under ?? []) {
    const { tables } = await understandKnown(ctx, await allOf(upload), { ...hints, plan });
    before.push({ tables, keepTimeless: desiredFormat === "records" });
  }
  return { understanding, before };
}

/**
 * Understands data, or takes what was understood of them when the job was begun: what another job keeps for their shapes
 * meanwhile would store their rows anew under other columns and times.
 */
async function understandOnce(
  ctx: TenantContext,
  upload: Upload,
  hints: UnderstandHints,
  keeper: JobKeeper,
): Promise<Understanding> {
  const read = await readWhole(upload, hints);
  const held = keeper.state;
  if (held?.reads === "whole") {
    const { tables, ...rest } = held.understood;
    const whole = tables.map((one) => ("at" in one ? { ...one, table: read.tables[one.at]!.table } : one));
    return { ...rest, tables: whole };
  }
  const understanding = await understandReadKnown(ctx, read, hints, keeper.alive);
  checkTellable(understanding);
  const tables = understanding.tables.map(({ table, ...one }) =>
    table.foundBy
      ? { ...one, table }
      : { ...one, at: read.tables.findIndex((other) => other.table === table) },
  );
  const state: WholeState = { version: 2, reads: "whole", understood: { ...understanding, tables } };
  // The plans of very many columns are too much to be kept.
  if (fitsUtf8(JSON.stringify(state), CHECKPOINT_BYTES))
    await keeper.keep(state, { stage: "loading", records: 0, fraction: 0 });
  return understanding;
}

/** An answer says a column's name up to five times, and is kept with its job. Throws `payload_too_large`. */
function checkTellable({ tables }: Understanding): void {
  const chars = tables.reduce((sum, { plan }) => sum + JSON.stringify(plan).length, 0);
  if (chars <= EXTRACTION_LIMITS.planChars) return;
  const columns = tables.reduce((sum, { plan }) => sum + plan.columns.length, 0);
  throw fail(
    "payload_too_large",
    `The data have ${columns} columns in ${tables.length} tables: their plan has more than the ${EXTRACTION_LIMITS.planChars} characters that are taken. Send the tables in several requests.`,
  );
}

/** The tables of an upload. Its bytes are held no longer than this: rows come from the cells that were read of them. */
const readWhole = async (upload: Upload, hints: UnderstandHints): Promise<ReadTables> =>
  readTables({ body: await allOf(upload), ...hints }, hints.plan?.tables);

async function storeTable(
  ctx: TenantContext,
  jobId: string,
  request: JobRequest,
  understood: UnderstoodTable,
  at: number,
  earlier: readonly Reading[],
): Promise<StoredTable> {
  const { plan, table } = understood;
  const streamId = streamOf(request.streamId, plan.stream_suffix);
  const last: Reading = { ...understood, keepTimeless: request.desiredFormat === "records" };
  const numbered = (id: string) => (at === 0 ? id : `${id}/${at}`);
  const rows = new RowsToStream(ctx, streamId, numbered(jobId));
  if ([...earlier, last].some(isTimeless))
    await rows.reserve(numbered(request.replays?.jobId ?? jobId), lastRow(table));
  const accounting = newAccounting();
  const again = { rows: 0 };
  await rows.store(cascade(earlier, last, accounting, again));
  return { understood, accounting: await rows.finish(accounting, again.rows), streamId };
}

/** Whether rows may have no time of their own. */
const isTimeless = ({ plan, keepTimeless }: Pick<Reading, "plan" | "keepTimeless">): boolean =>
  plan.timestamp === null || keepTimeless;

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

function lastRow({ rows, bad }: SourceTable): number {
  let last = 0;
  for (const { row } of rows) last = Math.max(last, row);
  for (const { row } of bad) last = Math.max(last, row);
  return last;
}
