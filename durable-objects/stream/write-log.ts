import { createHash } from "node:crypto";
import { canonicalJson, type JsonObject } from "../../src/core/json";
import type { IdempotencyLookup } from "../../src/streams/contract";

/** How long an idempotency key answers for its write. */
const KEY_KEPT_MS = 24 * 3_600_000;
const VERIFY_BATCH = 1_000;

export interface WriteEntry {
  kind: "append" | "delete_range";
  atMs: number;
  requestId: string;
  clientId: string;
  counts: JsonObject;
  idempotency: { key: string; fingerprint: string; answer: string } | null;
}

interface Row extends Record<string, SqlStorageValue> {
  id: number;
  at: number;
  kind: string;
  request_id: string;
  client_id: string;
  counts: string;
  hash: string;
}

/**
 * One row a write: who, what came of it, and the idempotent answer. Rows are chained by SHA-256, so that none can be
 * changed or taken out unseen. The key and answer stand outside the chain: they are dropped after a day.
 */
export class WriteLog {
  constructor(private readonly sql: SqlStorage) {}

  createTables(): void {
    this.sql.exec(`
      CREATE TABLE IF NOT EXISTS writes (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, request_id TEXT NOT NULL,
        client_id TEXT NOT NULL, counts TEXT NOT NULL, hash TEXT NOT NULL, key TEXT, fingerprint TEXT, answer TEXT);
      CREATE UNIQUE INDEX IF NOT EXISTS writes_by_key ON writes (key) WHERE key IS NOT NULL;`);
  }

  add(entry: WriteEntry): void {
    const [last] = this.sql
      .exec<{ id: number; hash: string }>("SELECT id, hash FROM writes ORDER BY id DESC LIMIT 1")
      .toArray();
    const row = {
      id: (last?.id ?? 0) + 1,
      at: entry.atMs,
      kind: entry.kind,
      request_id: entry.requestId,
      client_id: entry.clientId,
      counts: canonicalJson(entry.counts),
    };
    const key = entry.idempotency;
    // A key whose day is over may be used anew.
    if (key)
      this.sql.exec("UPDATE writes SET key = NULL, fingerprint = NULL, answer = NULL WHERE key = ?", key.key);
    this.sql.exec(
      `INSERT INTO writes (id, at, kind, request_id, client_id, counts, hash, key, fingerprint, answer)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      row.id,
      row.at,
      row.kind,
      row.request_id,
      row.client_id,
      row.counts,
      chained(last?.hash ?? "", row),
      key?.key ?? null,
      key?.fingerprint ?? null,
      key?.answer ?? null,
    );
  }

  lookup(key: string, nowMs: number): IdempotencyLookup {
    const [row] = this.sql
      .exec<{ fingerprint: string; answer: string }>(
        "SELECT fingerprint, answer FROM writes WHERE key = ? AND at > ?",
        key,
        nowMs - KEY_KEPT_MS,
      )
      .toArray();
    return row ? { state: "done", ...row } : { state: "new" };
  }

  /** Entries after `afterId`, oldest first. */
  entries(afterId: number, limit: number): Row[] {
    return this.sql
      .exec<Row>(
        "SELECT id, at, kind, request_id, client_id, counts, hash FROM writes WHERE id > ? ORDER BY id LIMIT ?",
        afterId,
        limit,
      )
      .toArray();
  }

  verify(): { valid: boolean; entries: number; brokenAt: number | null; head: string } {
    let hash = "";
    let id = 0;
    for (;;) {
      const rows = this.entries(id, VERIFY_BATCH);
      for (const row of rows) {
        if (row.id !== id + 1 || chained(hash, row) !== row.hash)
          return { valid: false, entries: id, brokenAt: id + 1, head: hash };
        id = row.id;
        hash = row.hash;
      }
      if (rows.length < VERIFY_BATCH) return { valid: true, entries: id, brokenAt: null, head: hash };
    }
  }
}

function chained(
  previous: string,
  { id, at, kind, request_id, client_id, counts }: Omit<Row, "hash">,
): string {
  const text = canonicalJson([previous, id, at, kind, request_id, client_id, counts]);
  return createHash("sha256").update(text).digest("hex");
}
