import { IDEMPOTENCY_KEPT_MS, type IdempotencyState } from "../../src/platform/idempotency";

/** A first request that has not ended after this long has died: its key is free again. */
const ABANDONED_MS = 5 * 60_000;

/** First answers by key, kept for a day. */
export class Idempotency {
  constructor(private readonly sql: SqlStorage) {
    sql.exec(`CREATE TABLE IF NOT EXISTS idempotency(id TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, begun_ms INTEGER NOT NULL,
      status INTEGER, body TEXT, headers TEXT)`);
    sql.exec("CREATE INDEX IF NOT EXISTS idempotency_begun ON idempotency(begun_ms)");
  }

  begin(id: string, fingerprint: string, nowMs: number): IdempotencyState {
    this.sql.exec("DELETE FROM idempotency WHERE begun_ms < ?", nowMs - IDEMPOTENCY_KEPT_MS);
    const row = this.sql
      .exec<{ fingerprint: string; begun_ms: number; status: number | null; body: string; headers: string }>(
        "SELECT * FROM idempotency WHERE id = ?",
        id,
      )
      .toArray()[0];
    if (row && row.fingerprint !== fingerprint) return { state: "reused" };
    if (row && row.status !== null)
      return { state: "done", status: row.status, body: row.body, headers: row.headers };
    if (row && nowMs - row.begun_ms < ABANDONED_MS) return { state: "running" };
    this.sql.exec(
      "INSERT OR REPLACE INTO idempotency(id, fingerprint, begun_ms) VALUES(?,?,?)",
      id,
      fingerprint,
      nowMs,
    );
    return { state: "new" };
  }

  finish(id: string, status: number, body: string, headers: string): void {
    this.sql.exec(
      "UPDATE idempotency SET status = ?, body = ?, headers = ? WHERE id = ?",
      status,
      body,
      headers,
      id,
    );
  }

  abandon(id: string): void {
    this.sql.exec("DELETE FROM idempotency WHERE id = ? AND status IS NULL", id);
  }

  erase(): void {
    this.sql.exec("DELETE FROM idempotency");
  }
}
