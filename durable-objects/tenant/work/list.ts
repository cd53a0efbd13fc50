import { fail, isOurs } from "../../../src/core/errors";
import {
  type FilledUpload,
  type NewWork,
  WORK_LIMITS,
  WORK_RULES,
  type WorkClaim,
  type WorkItem,
  type WorkKind,
  type WorkKinds,
  type WorkOutcome,
  type WorkStatus,
} from "../../../src/core/work";
import { Checkpoints } from "./checkpoints";
import { WorkClaims } from "./claims";
import { IS_DEAD, WorkRows } from "./rows";
import { WorkTally } from "./tally";
import type { Uploads } from "./uploads";

/** Executions and jobs of the tenant, from queued to ended and forgotten. */
export class WorkList extends WorkRows {
  readonly checkpoints: Checkpoints;
  readonly claims: WorkClaims;
  private readonly tally: WorkTally;

  constructor(
    sql: SqlStorage,
    private readonly uploads: Uploads,
  ) {
    super(sql);
    this.tally = new WorkTally(sql, (id) => {
      uploads.release(id);
      this.texts.forget(id);
    });
    this.checkpoints = new Checkpoints(sql);
    this.claims = new WorkClaims(sql, this, this.checkpoints);
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
      this.texts.keep(work.id, "request", work.request),
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

  /** Makes room for what claimed work is about to store and read. Throws `conflict` where it has its upload. */
  expectUpload(claim: WorkClaim, key: string): void {
    this.uploads.expect(this.claims.claimed(claim).id, key);
  }

  /** Its upload is there, with the request that names it. Throws `conflict` where it is not the one that is expected. */
  fillUpload(claim: WorkClaim, { upload, request, streamId }: FilledUpload, nowMs: number): WorkItem {
    const before = this.claims.claimed(claim);
    const { id } = before;
    this.uploads.fill(id, upload);
    this.sql.exec(
      "UPDATE work SET request = ?, chars = ?, stream_id = ?, due_ms = ?, updated_ms = ? WHERE id = ?",
      this.texts.keep(id, "request", request),
      request.length,
      streamId,
      nowMs + WORK_LIMITS.leaseMs,
      nowMs,
      id,
    );
    this.tally.changed(request.length - before.request.length);
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
    this.texts.erase();
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
      this.texts.keep(item.id, "request", request),
      how.result === null ? null : this.texts.keep(item.id, "result", how.result),
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
