import { fail, isOurs, OUR_CODES } from "../../src/core/errors";
import {
  type FilledUpload,
  type NewWork,
  WORK_LIMITS,
  WORK_RULES,
  type WorkCheckpoint,
  type WorkItem,
  type WorkKind,
  type WorkKinds,
  type WorkOutcome,
  type WorkQueue,
  type WorkStatus,
  type WorkSummary,
} from "../../src/core/work";
import { Checkpoints } from "./checkpoints";
import type { Uploads } from "./uploads";
import { WorkTally } from "./work-tally";

const SUMMARY = `id, kind, status, stream_id AS streamId, strategy_id AS strategyId, traceparent, attempts, progress, summary, error,
  created_ms AS createdMs, updated_ms AS updatedMs`;
const COLUMNS = `${SUMMARY}, request, result`;
type Row<T> = { [K in keyof T]: T[K] } & Record<string, SqlStorageValue>;

/** In statements as they stand, so that the partial indexes below are used. */
const OPEN = "status IN ('queued','running')";
const ENDED = "status NOT IN ('queued','running')";
/** Failed on our side: to be done again as it was asked, once we have mended it. */
const IS_DEAD = `(status = 'failed' AND error ->> '$.code' IN (${OUR_CODES.map((code) => `'${code}'`).join(",")}))`;

export interface WorkFilter {
  kind: WorkKind;
  streamId: string | null;
  status: string | null;
  /** Failed on our side, and so waiting to be redriven. */
  deadLetter: boolean | null;
  cursor: string | null;
  limit: number;
}

/** Executions and jobs of the tenant, from queued to ended and forgotten. Open work stands in line since `line_ms`, and may be taken from its `due_ms` on. */
export class WorkList {
  readonly checkpoints: Checkpoints;
  private readonly tally: WorkTally;

  constructor(
    private readonly sql: SqlStorage,
    private readonly uploads: Uploads,
  ) {
    sql.exec(`CREATE TABLE IF NOT EXISTS work(seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, queue TEXT NOT NULL, status TEXT NOT NULL,
      line_ms INTEGER NOT NULL DEFAULT 0, due_ms INTEGER NOT NULL, stream_id TEXT, strategy_id TEXT, traceparent TEXT NOT NULL, attempts INTEGER NOT NULL, chars INTEGER NOT NULL,
      created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL, progress TEXT, summary TEXT, error TEXT, request TEXT NOT NULL, result TEXT)`);
    // In line, which is the order of claims, and in order of time, which is the alarm's.
    sql.exec(`CREATE INDEX IF NOT EXISTS work_line ON work(queue, line_ms, seq, due_ms) WHERE ${OPEN}`);
    sql.exec(`CREATE INDEX IF NOT EXISTS work_due ON work(queue, due_ms) WHERE ${OPEN}`);
    sql.exec(`CREATE INDEX IF NOT EXISTS work_ended ON work(seq, updated_ms, chars) WHERE ${ENDED}`);
    this.tally = new WorkTally(sql, (id) => uploads.release(id));
    this.checkpoints = new Checkpoints(sql);
  }

  /** Throws `work_limit_reached` where so much waits that a request of so many characters is too much. */
  admit(chars: number): void {
    this.tally.admit(chars);
  }

  /** Throws `work_limit_reached` where as many pieces of a kind are open as may be. */
  admitKind(kind: WorkKind): void {
    this.tally.admitKind(kind);
  }

  /** Throws `conflict` where what it reads is about to be deleted. */
  create(work: NewWork, nowMs: number): WorkItem {
    if (work.upload) this.uploads.hold(work.id, work.upload);
    const isRunning = work.status === "running";
    this.sql.exec(
      `INSERT INTO work(id, kind, queue, request, status, stream_id, strategy_id, traceparent, attempts, line_ms, due_ms, chars, created_ms, updated_ms)
        VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?)`,
      work.id,
      work.kind,
      WORK_RULES[work.kind].queue,
      work.request,
      work.status,
      work.streamId,
      work.strategyId,
      work.traceparent,
      isRunning ? 1 : 0,
      nowMs,
      isRunning ? nowMs + WORK_LIMITS.leaseMs : nowMs,
      work.request.length,
      nowMs,
      nowMs,
    );
    this.tally.opened(work.request.length);
    return this.get(work.id);
  }

  find(id: string): WorkItem | null {
    return this.sql.exec<Row<WorkItem>>(`SELECT ${COLUMNS} FROM work WHERE id = ?`, id).toArray()[0] ?? null;
  }

  get(id: string, kinds?: WorkKinds): WorkItem {
    const item = this.find(id);
    if (item && (kinds === undefined || [kinds].flat().includes(item.kind))) return item;
    throw kinds === "extract"
      ? fail("job_not_found", "There is no job with this id.")
      : fail("execution_not_found", "There is no execution with this id.");
  }

  /** Whether somebody is at a piece, and its lease has not run out. */
  isHeld(id: string | null, nowMs: number): boolean {
    const held = "SELECT 1 FROM work WHERE id = ? AND status = 'running' AND due_ms > ?";
    return this.sql.exec(held, id, nowMs).toArray().length > 0;
  }

  /** Pieces of a kind, the newest first. */
  list(filter: WorkFilter): { items: WorkSummary[]; nextCursor: string | null } {
    const rows = this.sql
      .exec<Row<WorkSummary & { seq: number }>>(
        `SELECT seq, ${SUMMARY} FROM work WHERE kind = ?1 AND seq < ?2 AND (?3 IS NULL OR stream_id = ?3)
          AND (?4 IS NULL OR status = ?4) AND (?5 IS NULL OR ${IS_DEAD} = ?5) ORDER BY seq DESC LIMIT ?6`,
        filter.kind,
        filter.cursor === null ? Number.MAX_SAFE_INTEGER : Number(filter.cursor),
        filter.streamId,
        filter.status,
        filter.deadLetter === null ? null : Number(filter.deadLetter),
        filter.limit,
      )
      .toArray();
    const nextCursor = rows.length === filter.limit ? String(rows.at(-1)!.seq) : null;
    return { items: rows.map(({ seq: _, ...item }) => item as WorkSummary), nextCursor };
  }

  /** Takes the first in line of those that are due; null where there is none. */
  claim(queue: WorkQueue, nowMs: number): WorkItem | null {
    const next = this.sql
      .exec<{ id: string }>(
        `SELECT id FROM work INDEXED BY work_line WHERE ${OPEN} AND queue = ? AND due_ms <= ? ORDER BY line_ms, seq LIMIT 1`,
        queue,
        nowMs,
      )
      .toArray()[0];
    if (!next) return null;
    this.sql.exec(
      "UPDATE work SET status = 'running', attempts = attempts + 1, due_ms = ?, updated_ms = ? WHERE id = ?",
      nowMs + WORK_LIMITS.leaseMs,
      nowMs,
      next.id,
    );
    return this.get(next.id);
  }

  /** How many pieces may be claimed now, up to `most`. */
  due(queue: WorkQueue, nowMs: number, most: number): number {
    return this.sql
      .exec(
        `SELECT 1 FROM work INDEXED BY work_due WHERE ${OPEN} AND queue = ? AND due_ms <= ? LIMIT ?`,
        queue,
        nowMs,
        most,
      )
      .toArray().length;
  }

  /** When the first piece of a queue that cannot be taken yet may be; null where there is none. */
  nextDueMs(queue: WorkQueue, nowMs: number): number | null {
    return this.sql
      .exec<{ at: number | null }>(
        `SELECT min(due_ms) AS at FROM work INDEXED BY work_due WHERE ${OPEN} AND queue = ? AND due_ms > ?`,
        queue,
        nowMs,
      )
      .one().at;
  }

  /** Stores how far running work has come; true where that is new. */
  progress(id: string, progress: string, nowMs: number): boolean {
    const isNew =
      this.sql
        .exec("SELECT 1 FROM work WHERE id = ? AND status = 'running' AND progress IS NOT ?", id, progress)
        .toArray().length > 0;
    this.sql.exec(
      "UPDATE work SET progress = ?, due_ms = ?, updated_ms = ? WHERE id = ? AND status = 'running'",
      progress,
      nowMs + WORK_LIMITS.leaseMs,
      nowMs,
      id,
    );
    return isNew;
  }

  /** Makes room for what running work is about to store and read. Throws `conflict` where it has its upload. */
  expectUpload(id: string, key: string): void {
    this.running(id);
    this.uploads.expect(id, key);
  }

  /** Its upload is there, with the request that names it. Throws `conflict` where it is not the one that is expected. */
  fillUpload(id: string, { upload, request, streamId }: FilledUpload, nowMs: number): WorkItem {
    const before = this.running(id);
    this.uploads.fill(id, upload);
    this.sql.exec(
      "UPDATE work SET request = ?, chars = ?, stream_id = ?, due_ms = ?, updated_ms = ? WHERE id = ?",
      request,
      request.length,
      streamId,
      nowMs + WORK_LIMITS.leaseMs,
      nowMs,
      id,
    );
    this.tally.changed(request.length - before.request.length);
    return this.get(id);
  }

  private running(id: string): WorkItem {
    const item = this.get(id);
    if (item.status !== "running") throw fail("conflict", `The work is ${item.status}.`);
    return item;
  }

  /**
   * Stores what was found so far and renews the lease, or puts the work behind the others in line. It got somewhere, so
   * that its tries count anew. Throws `conflict` where the work is not running any more, or went on from another checkpoint.
   */
  checkpoint(id: string, checkpoint: WorkCheckpoint, nowMs: number): WorkItem {
    const { progress, release } = checkpoint;
    this.running(id);
    this.checkpoints.save(id, checkpoint);
    this.sql.exec(
      "UPDATE work SET status = ?, attempts = ?, progress = ?, line_ms = iif(?, ?, line_ms), due_ms = ?, updated_ms = ? WHERE id = ?",
      release ? "queued" : "running",
      release ? 0 : 1,
      progress,
      Number(release),
      nowMs,
      release ? nowMs : nowMs + WORK_LIMITS.leaseMs,
      nowMs,
      id,
    );
    return this.get(id);
  }

  /** Ends it and says whether it was this call that did: work that has ended stays as it is. */
  finish(id: string, outcome: WorkOutcome, nowMs: number): { item: WorkItem; isFirst: boolean } {
    const item = this.get(id);
    if (!isOpen(item.status)) return { item, isFirst: false };
    const { status, result, summary = null, error } = outcome;
    this.end(item, { status, result, summary, error }, nowMs);
    return { item: this.get(id), isFirst: true };
  }

  cancel(id: string, kinds: WorkKinds, nowMs: number): WorkItem {
    const item = this.get(id, kinds);
    if (!isOpen(item.status)) throw fail("conflict", `The work has already ${item.status}.`);
    this.end(item, { status: "cancelled", result: null, summary: null, error: null }, nowMs);
    return this.get(id);
  }

  /** Gives back what an attempt did not end, for another try after a pause that doubles; not what another took over. */
  release(id: string, attempt: number, nowMs: number): void {
    const { kind } = this.get(id);
    this.sql.exec(
      "UPDATE work SET status = 'queued', due_ms = ?, updated_ms = ? WHERE id = ? AND status = 'running' AND attempts = ?",
      nowMs + WORK_RULES[kind].retryMs * 2 ** (attempt - 1),
      nowMs,
      id,
      attempt,
    );
  }

  /** Queues again what failed on our side, with all its tries. Throws `conflict` where it did not. */
  redrive(id: string, kinds: WorkKinds, nowMs: number): WorkItem {
    const item = this.get(id, kinds);
    this.tally.admitKind(item.kind);
    this.tally.admit(item.request.length);
    const { rowsWritten } = this.sql.exec(
      `UPDATE work SET status = 'queued', attempts = 0, error = NULL, progress = NULL, chars = ?, due_ms = ?, updated_ms = ?
        WHERE id = ? AND ${IS_DEAD}`,
      item.request.length,
      nowMs,
      nowMs,
      id,
    );
    if (rowsWritten === 0)
      throw fail("conflict", "Only what failed on our side is done again as it was asked.");
    this.tally.forget();
    return this.get(id);
  }

  /** Forgets ended work that is too old or too much; gives when it wants to be called again. */
  purge(nowMs: number): number | null {
    return this.tally.purge(nowMs);
  }

  erase(): number {
    const { n } = this.sql.exec<{ n: number }>("SELECT count(*) AS n FROM work").one();
    this.sql.exec("DELETE FROM work");
    this.checkpoints.erase();
    this.uploads.erase();
    this.tally.forget();
    return n;
  }

  private end(
    item: WorkItem,
    how: Pick<WorkItem, "status" | "result" | "summary" | "error">,
    nowMs: number,
  ): void {
    // Nothing else is ever done again: with its data a request may be as large as a result.
    const isRedrivable = how.error !== null && isOurs(JSON.parse(how.error));
    const request = isRedrivable || WORK_RULES[item.kind].keepsRequest ? item.request : "";
    const chars = request.length + (how.result?.length ?? 0) + (how.error?.length ?? 0);
    this.sql.exec(
      "UPDATE work SET status = ?, request = ?, result = ?, summary = ?, error = ?, chars = ?, updated_ms = ? WHERE id = ?",
      how.status,
      request,
      how.result,
      how.summary,
      how.error,
      chars,
      nowMs,
      item.id,
    );
    this.checkpoints.drop(item.id);
    this.tally.ended(item.request.length, chars);
  }
}

const isOpen = (status: WorkStatus): boolean => status === "queued" || status === "running";
