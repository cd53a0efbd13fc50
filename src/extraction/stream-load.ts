import type { TenantContext } from "../platform/context";
import { type AppliedRow, AppliedRows, newAccounting, type StoredAccounting } from "./apply";
import { RowSet } from "./cascade";
import type { TablePlan } from "./contract";
import type { ReadRow, RowReader, SourceTable } from "./formats/source-table";
import type { JobRequest } from "./intake";
import type { JobKeeper, StreamedState, UnderstoodHead } from "./job-state";
import type { Loaded } from "./load";
import { NOTHING_STORED, RowsToStream } from "./rows-to-stream";
import { ScannedCsv } from "./scanned-csv";
import { ScannedLines } from "./scanned-lines";
import type { ScannedText } from "./scanned-text";
import { isUtf8, openRows, type StreamedText, understandHead } from "./understand-head";
import { textOf, type Upload } from "./upload";

/** Bytes of an upload between two checkpoints. */
const CHECKPOINT_BYTES = 4_000_000;

/**
 * Loads a text of one table piece by piece. What is read and how it is cut into frames follows from the bytes, the plan
 * and the way of reading alone, and these are kept before the first row is stored: begun again after a crash it reads
 * from the start, which is quick, and stores what is not stored yet.
 */
export async function loadStreamed(
  ctx: TenantContext,
  jobId: string,
  request: JobRequest,
  text: StreamedText,
  keeper: JobKeeper,
): Promise<Loaded> {
  const held = keeper.state;
  const state = held?.reads === "pieces" ? held : await begin(ctx, text, request, keeper);
  const load = state.way === "bytes" ? loadScanned : loadRows;
  return load(ctx, jobId, request, text, keeper, state);
}

/** Whether the text and its plan are for reading from bytes into frames. */
function wayOf(text: StreamedText, request: JobRequest, { table }: UnderstoodHead): StreamedState["way"] {
  const isPlain = !request.replays && request.desiredFormat === "time_series";
  return isPlain && openScanned(text, table.plan) ? "bytes" : "rows";
}

function openScanned(text: StreamedText, plan: TablePlan, accounting = newAccounting()): ScannedText | null {
  const { format, head, upload } = text;
  if (!isUtf8(text)) return null;
  const own = new AppliedRows(plan, accounting);
  if (format === "csv") return ScannedCsv.open(plan, head, upload.bytes, own);
  return format === "ndjson" ? ScannedLines.open(plan, own) : null;
}

/** From bytes into frames. */
async function loadScanned(
  ctx: TenantContext,
  jobId: string,
  request: JobRequest,
  text: StreamedText,
  keeper: JobKeeper,
  state: StreamedState,
): Promise<Loaded> {
  const { upload } = text;
  const accounting = newAccounting();
  const scanned = openScanned(text, state.head.table.plan, accounting);
  if (!scanned) throw new TypeError("A plan that was for reading from bytes is not any more");
  const rows = new RowsToStream(ctx, request.streamId, jobId, state.stored, true);
  let readBytes = 0;
  let keptBytes = 0;
  for await (const bytes of upload.open()) {
    await rows.storeBatches(scanned.push(bytes));
    readBytes += bytes.length;
    if (readBytes - keptBytes < CHECKPOINT_BYTES) continue;
    keptBytes = readBytes;
    await keep(keeper, state, rows, Math.min(1, readBytes / upload.bytes));
  }
  await rows.storeBatches(scanned.end());
  const final = await rows.finish(accounting);
  return loaded(request, state.head, scanned.rows, final);
}

/** Row by row. */
async function loadRows(
  ctx: TenantContext,
  jobId: string,
  request: JobRequest,
  text: StreamedText,
  keeper: JobKeeper,
  state: StreamedState,
): Promise<Loaded> {
  const { upload } = text;
  const { head } = state;
  const source = { format: state.format, head: text.head };
  const earlier = (request.replays?.under ?? []).map(({ plan, desiredFormat }) => ({
    plan: planFor(plan.tables[0]!, head),
    keepTimeless: desiredFormat === "records",
  }));
  const last = { plan: head.table.plan, keepTimeless: request.desiredFormat === "records" };
  const rows = new RowsToStream(ctx, request.streamId, jobId, state.stored, true);
  const readings = [...earlier, last];
  if (readings.some(({ plan, keepTimeless }) => plan.timestamp === null || keepTimeless)) {
    const most = Math.max(...readings.map(({ plan }) => mostRows(upload, openRows(source, plan))));
    await rows.reserve(request.replays?.jobId ?? jobId, most);
  }
  const passes = earlier.length + 1;
  const through = async (
    pass: number,
    reader: RowReader,
    applied: (read: readonly ReadRow[]) => Iterable<AppliedRow>,
  ) => {
    let keptBytes = 0;
    for await (const { text: piece, readBytes } of textOf(upload, state.encoding)) {
      await rows.store(applied(reader.push(piece)));
      if (readBytes - keptBytes < CHECKPOINT_BYTES) continue;
      keptBytes = readBytes;
      await keep(keeper, state, rows, (pass + Math.min(1, readBytes / upload.bytes)) / passes);
    }
    await rows.store(applied(reader.end()));
  };
  // Each row is read by the first plan that can, and those of an older plan come first: see cascade.
  const taken = new RowSet();
  let again = 0;
  for (const [pass, { plan, keepTimeless }] of earlier.entries()) {
    const reader = openRows(source, plan);
    const own = new AppliedRows(plan, newAccounting(), { keepTimeless });
    await through(pass, reader, function* (read) {
      for (const row of read) {
        if ("reason" in row) continue;
        const applied = own.apply(row, reader.columns);
        if (!("point" in applied) || !taken.add(row.row)) continue;
        again++;
        yield applied;
      }
    });
  }
  const reader = openRows(source, last.plan);
  const accounting = newAccounting();
  const own = new AppliedRows(last.plan, accounting, last);
  await through(earlier.length, reader, function* (read) {
    for (const row of read) {
      if (taken.has(row.row)) {
        if (!("reason" in row)) own.pass(row, reader.columns);
        continue;
      }
      yield "reason" in row ? own.reject(row) : own.apply(row, reader.columns);
    }
  });
  const final = await rows.finish(accounting, again);
  return loaded(request, head, reader, final);
}

function loaded(
  request: JobRequest,
  head: UnderstoodHead,
  reader: RowReader,
  final: StoredAccounting,
): Loaded {
  const table = { ...head.table, table: tableOf(head, reader, final.processed + final.rejected) };
  const warnings = [...head.warnings, ...reader.notes, ...lateColumns(head, reader)];
  return {
    understanding: { ...head, warnings, tables: [table] },
    stored: [{ understood: table, accounting: final, streamId: request.streamId }],
  };
}

async function keep(
  keeper: JobKeeper,
  state: StreamedState,
  { stored }: RowsToStream,
  fraction: number,
): Promise<void> {
  const records = stored.accepted + stored.updated + stored.duplicates;
  await keeper.keep({ ...state, stored }, { stage: "loading", records, fraction });
}

async function begin(
  ctx: TenantContext,
  text: StreamedText,
  request: JobRequest,
  keeper: JobKeeper,
): Promise<StreamedState> {
  const head = await understandHead(ctx, text, request, keeper.alive);
  const state: StreamedState = {
    version: 2,
    reads: "pieces",
    format: text.format,
    encoding: text.encoding,
    head,
    stored: NOTHING_STORED,
    way: wayOf(text, request, head),
  };
  await keeper.keep(state, { stage: "loading", records: 0, fraction: 0 });
  return state;
}

/** A plan that does not say how the text is written has what was found of it. */
const planFor = (plan: TablePlan, { table }: UnderstoodHead): TablePlan =>
  table.plan.dialect ? { ...plan, dialect: { ...table.plan.dialect, ...plan.dialect } } : plan;

/** A line has a break, or a byte where nobody counted them, as has a row where a line holds several. */
const mostRows = ({ survey, bytes }: Upload, { severalInLine }: RowReader): number =>
  (severalInLine ? bytes : (survey?.breaks ?? bytes)) + 1;

const tableOf = ({ table }: UnderstoodHead, reader: RowReader, rowCount: number): SourceTable => ({
  name: table.name,
  columns: table.columns,
  units: [],
  rows: [],
  rowCount,
  bad: [],
  skipped: reader.skipped,
  notes: [],
  certainty: table.confidence,
  headerless: table.headerless,
});

/** Columns that nobody knew of when the plan was made. */
function lateColumns({ table }: UnderstoodHead, { columns }: RowReader): string[] {
  const known = new Set([...table.columns, ...table.plan.columns.map(({ source }) => source)]);
  const late = columns.filter((name) => !known.has(name));
  if (late.length === 0) return [];
  const named = late.slice(0, 10).map((name) => `"${name.slice(0, 60)}"`);
  return [
    `${late.length} column(s) that are not in the plan, as they begin late in the data, were not loaded: ${named.join(", ")}.`,
  ];
}
