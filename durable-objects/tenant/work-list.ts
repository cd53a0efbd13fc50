import { fail, isOurs, OUR_CODES } from "../../src/core/errors";
import {
  type FilledUpload,
  type NewWork,
  WORK_LIMITS,
  WORK_RULES,
  type WorkCheckpoint,
  type WorkClaim,
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
const COLUMNS = `${SUMMARY}, claim, request, result`;
type Row<T> = { [K in keyof T]: T[K] } & Record<string, SqlStorageValue>;

/** In statements as they stand, so that the partial indexes below are used. */
const OPEN = "status IN ('queued','running')";
const ENDED = "status NOT IN ('queued','running')";
/** Failed on our side: to be done again as it was asked, once we have mended it. */
const IS_DEAD = `(status = 'failed' AND error ->> '$.code' IN (${OUR_CODES.map((code) => `'${code}'`).join(",")}))`;

/** Claimed work, without what can be large. */
interface Held extends Pick<WorkItem, "kind" | "attempts" | "progress"> {
  dueMs: number;
}

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
      line_ms INTEGER NOT NULL DEFAULT 0, due_ms INTEGER NOT NULL, stream_id TEXT, strategy_id TEXT, traceparent TEXT NOT NULL, claim INTEGER NOT NULL DEFAULT 0, attempts INTEGER NOT NULL, chars INTEGER NOT NULL,
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
      `INSERT INTO work(id, kind, queue, request, status, stream_id, strategy_id, traceparent, claim, attempts, line_ms, due_ms, chars, created_ms, updated_ms)
        VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)`,
      work.id,
      work.kind,
      WORK_RULES[work.kind].queue,
      work.request,
      work.status,
      work.streamId,
      work.strategyId,
      work.traceparent,
      isRunning ? 1 : 0,
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

  /** Whether somebody is at a piece by this claim, and the lease has not run out. */
  isHeld(claim: WorkClaim | null, nowMs: number): boolean {
    const held = claim && this.held(claim);
    return held !== null && held.dueMs > nowMs;
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
      "UPDATE work SET status = 'running', claim = claim + 1, attempts = attempts + 1, due_ms = ?, updated_ms = ? WHERE id = ?",
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

  /** Stores how far claimed work has come; true where that is new. */
  progress(claim: WorkClaim, progress: string, nowMs: number): boolean {
    const held = this.held(claim);
    if (!held) return false;
    this.sql.exec(
      "UPDATE work SET progress = ?, due_ms = ?, updated_ms = ? WHERE id = ?",
      progress,
      nowMs + WORK_LIMITS.leaseMs,
      nowMs,
      claim.id,
    );
    return held.progress !== progress;
  }

  /** Makes room for what claimed work is about to store and read. Throws `conflict` where it has its upload. */
  expectUpload(claim: WorkClaim, key: string): void {
    this.uploads.expect(this.claimed(claim).id, key);
  }

  /** Its upload is there, with the request that names it. Throws `conflict` where it is not the one that is expected. */
  fillUpload(claim: WorkClaim, { upload, request, streamId }: FilledUpload, nowMs: number): WorkItem {
    const before = this.claimed(claim);
    const { id } = before;
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

  /** Of work that is in the hands of this claim; null where it is not any more. */
  private held({ id, claim }: WorkClaim): Held | null {
    return (
      this.sql
        .exec<Row<Held>>(
          "SELECT kind, attempts, progress, due_ms AS dueMs FROM work WHERE id = ? AND claim = ? AND status = 'running'",
          id,
          claim,
        )
        .toArray()[0] ?? null
    );
  }

  /** Throws `conflict` where the work is not in the hands of this claim any more. */
  private claimed({ id, claim }: WorkClaim): WorkItem {
    const item = this.get(id);
    if (item.status !== "running") throw fail("conflict", `The work is ${item.status}.`);
    if (item.claim !== claim) throw fail("conflict", "Another has gone on with the work.");
    return item;
  }

  /**
   * Stores what was found so far and renews the lease, or puts the work behind the others in line. Where it got further its
   * tries count anew; who goes over what was found before, and breaks at the same place each time, has to be given up.
   * Throws `conflict` where the work is not in the hands of this claim any more.
   */
  checkpoint(claim: WorkClaim, { state, progress, release }: WorkCheckpoint, nowMs: number): WorkItem {
    const { id, attempts } = this.claimed(claim);
    const gotFurther = this.checkpoints.save(id, state);
    const begun = release ? 0 : 1;
    this.sql.exec(
      "UPDATE work SET status = ?, attempts = ?, progress = ?, line_ms = iif(?, ?, line_ms), due_ms = ?, updated_ms = ? WHERE id = ?",
      release ? "queued" : "running",
      gotFurther ? begun : attempts,
      progress,
      Number(release),
      nowMs,
      release ? nowMs : nowMs + WORK_LIMITS.leaseMs,
      nowMs,
      id,
    );
    return this.get(id);
  }

  /** Ends it and says whether it was this call that did: work that is not in the hands of this claim stays as it is. */
  finish(
    { id, claim }: WorkClaim,
    outcome: WorkOutcome,
    nowMs: number,
  ): { item: WorkItem; isFirst: boolean } {
    const item = this.get(id);
    if (item.status !== "running" || item.claim !== claim) return { item, isFirst: false };
    const { status, result, progress = item.progress, summary = null, error } = outcome;
    this.end(item, { status, result, progress, summary, error }, nowMs);
    return { item: this.get(id), isFirst: true };
  }

  cancel(id: string, kinds: WorkKinds, nowMs: number): WorkItem {
    const item = this.get(id, kinds);
    if (!isOpen(item.status)) throw fail("conflict", `The work has already ${item.status}.`);
    const { progress } = item;
    this.end(item, { status: "cancelled", result: null, progress, summary: null, error: null }, nowMs);
    return this.get(id);
  }

  /**
   * Gives back what a claim did not end, for another try after a pause that doubles with each, and is as long as was asked
   * for, within {@link WORK_LIMITS}. False where its tries are used up, and it is for the claim to end; what is not in its
   * hands any more stays as it is.
   */
  release(claim: WorkClaim, nowMs: number, askedMs = 0): boolean {
    const held = this.held(claim);
    if (!held) return true;
    const { attempts, retryMs } = WORK_RULES[held.kind];
    if (held.attempts >= attempts) return false;
    const pauseMs = Math.max(retryMs * 2 ** (held.attempts - 1), Math.min(askedMs, WORK_LIMITS.askedPauseMs));
    this.sql.exec(
      "UPDATE work SET status = 'queued', due_ms = ?, updated_ms = ? WHERE id = ?",
      nowMs + pauseMs,
      nowMs,
      claim.id,
    );
    return true;
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
    how: Pick<WorkItem, "status" | "result" | "progress" | "summary" | "error">,
    nowMs: number,
  ): void {
    // Nothing else is ever done again: with its data a request may be as large as a result.
    const isRedrivable = how.error !== null && isOurs(JSON.parse(how.error));
    const request = isRedrivable || WORK_RULES[item.kind].keepsRequest ? item.request : "";
    const chars = request.length + (how.result?.length ?? 0) + (how.error?.length ?? 0);
    this.sql.exec(
      "UPDATE work SET status = ?, request = ?, result = ?, progress = ?, summary = ?, error = ?, chars = ?, updated_ms = ? WHERE id = ?",
      how.status,
      request,
      how.result,
      how.progress,
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
