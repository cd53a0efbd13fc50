import { fail } from "../../src/core/errors";
import type { NewWork, WorkItem, WorkKind, WorkOutcome, WorkStatus } from "../../src/core/work";

/** A request that does its own work holds it this long; after that it has died, and a consumer may take it. */
export const LEASE_MS = 60_000;
/** How many times work is begun before it is given up. */
const MAX_ATTEMPTS = 5;

const COLUMNS = `id, kind, request, status, stream_id AS streamId, strategy_id AS strategyId, traceparent, attempts, progress,
  result, error, created_ms AS createdMs, updated_ms AS updatedMs`;
type Row = { [K in keyof WorkItem]: WorkItem[K] } & Record<string, SqlStorageValue>;

/** Executions and jobs of the tenant, from queued to ended. */
export class WorkList {
  constructor(private readonly sql: SqlStorage) {
    sql.exec(`CREATE TABLE IF NOT EXISTS work(seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, request TEXT NOT NULL,
      status TEXT NOT NULL, stream_id TEXT, strategy_id TEXT, traceparent TEXT NOT NULL, attempts INTEGER NOT NULL, progress TEXT,
      result TEXT, error TEXT, created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL)`);
    sql.exec("CREATE INDEX IF NOT EXISTS work_open ON work(status, kind, seq)");
  }

  create(work: NewWork, nowMs: number): WorkItem {
    this.sql.exec(
      "INSERT INTO work(id, kind, request, status, stream_id, strategy_id, traceparent, attempts, created_ms, updated_ms) VALUES(?,?,?,?,?,?,?,?,?,?)",
      work.id,
      work.kind,
      work.request,
      work.status,
      work.streamId,
      work.strategyId,
      work.traceparent,
      work.status === "running" ? 1 : 0,
      nowMs,
      nowMs,
    );
    return this.get(work.id);
  }

  get(id: string, kind?: WorkKind): WorkItem {
    const item = this.sql.exec<Row>(`SELECT ${COLUMNS} FROM work WHERE id = ?`, id).toArray()[0];
    if (item && (kind === undefined || item.kind === kind)) return item;
    throw kind === "extract"
      ? fail("job_not_found", "There is no job with this id.")
      : fail("execution_not_found", "There is no execution with this id.");
  }

  list(filter: {
    kind: WorkKind;
    streamId: string | null;
    status: string | null;
    cursor: string | null;
    limit: number;
  }) {
    const before = filter.cursor === null ? Number.MAX_SAFE_INTEGER : Number(filter.cursor);
    const rows = this.sql
      .exec<Row & { seq: number }>(
        `SELECT seq, ${COLUMNS} FROM work WHERE kind = ? AND seq < ? AND (?3 IS NULL OR stream_id = ?3) AND (?4 IS NULL OR status = ?4) ORDER BY seq DESC LIMIT ?5`
          .replace("kind = ?", "kind = ?1")
          .replace("seq < ?", "seq < ?2"),
        filter.kind,
        before,
        filter.streamId,
        filter.status,
        filter.limit,
      )
      .toArray();
    const nextCursor = rows.length === filter.limit ? String(rows.at(-1)!.seq) : null;
    return { items: rows.map(({ seq: _, ...item }) => item as WorkItem), nextCursor };
  }

  /** Takes one piece: queued, or running under a lease that has run out. Throws `conflict` where somebody else has it or it has ended. */
  start(id: string, nowMs: number): WorkItem {
    const item = this.get(id);
    if (!this.free(item, nowMs)) throw fail("conflict", `The work is ${item.status}.`);
    if (item.attempts >= MAX_ATTEMPTS) {
      const error = JSON.stringify({ code: "internal", detail: `Given up after ${item.attempts} attempts.` });
      this.finish(id, { status: "failed", result: null, error }, nowMs);
      throw fail("conflict", "The work was given up.");
    }
    this.sql.exec(
      "UPDATE work SET status = 'running', attempts = attempts + 1, updated_ms = ? WHERE id = ?",
      nowMs,
      id,
    );
    return this.get(id);
  }

  /** Takes up to `max` pieces, oldest first. */
  claim(kind: WorkKind, max: number, nowMs: number): WorkItem[] {
    const open = this.sql
      .exec<Row>(
        `SELECT ${COLUMNS} FROM work WHERE kind = ? AND (status = 'queued' OR (status = 'running' AND updated_ms < ?)) ORDER BY seq LIMIT ?`,
        kind,
        nowMs - LEASE_MS,
        max,
      )
      .toArray();
    return open.flatMap((item) => {
      try {
        return [this.start(item.id, nowMs)];
      } catch {
        return [];
      }
    });
  }

  progress(id: string, progress: string, nowMs: number): void {
    this.sql.exec(
      "UPDATE work SET progress = ?, updated_ms = ? WHERE id = ? AND status = 'running'",
      progress,
      nowMs,
      id,
    );
  }

  /** Ends it; work that has ended stays as it is. */
  finish(id: string, outcome: WorkOutcome, nowMs: number): WorkItem {
    this.sql.exec(
      "UPDATE work SET status = ?, result = ?, error = ?, updated_ms = ? WHERE id = ? AND status IN ('queued','running')",
      outcome.status,
      outcome.result,
      outcome.error,
      nowMs,
      id,
    );
    return this.get(id);
  }

  cancel(id: string, nowMs: number): WorkItem {
    const item = this.get(id);
    if (!isOpen(item.status)) throw fail("conflict", `The work has already ${item.status}.`);
    this.sql.exec("UPDATE work SET status = 'cancelled', updated_ms = ? WHERE id = ?", nowMs, id);
    return this.get(id);
  }

  /** Open work, told by the time at which its lease runs out: what the alarm sends to the queues again. */
  stalled(nowMs: number): { id: string; kind: WorkKind }[] {
    return this.sql
      .exec<{ id: string; kind: WorkKind }>(
        "SELECT id, kind FROM work WHERE status IN ('queued','running') AND updated_ms < ? ORDER BY seq LIMIT 100",
        nowMs - LEASE_MS,
      )
      .toArray();
  }

  hasOpen(): boolean {
    return (
      this.sql.exec("SELECT 1 FROM work WHERE status IN ('queued','running') LIMIT 1").toArray().length > 0
    );
  }

  erase(): number {
    return this.sql.exec("DELETE FROM work").rowsWritten;
  }

  private free(item: WorkItem, nowMs: number): boolean {
    return item.status === "queued" || (item.status === "running" && nowMs - item.updatedMs >= LEASE_MS);
  }
}

const isOpen = (status: WorkStatus): boolean => status === "queued" || status === "running";
