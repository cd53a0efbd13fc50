import { createHash } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { fromUtf8, utf8 } from "../../../../src/core/bytes";
import { canonicalJson, type JsonObject } from "../../../../src/core/json";
import { unwrapEnvelope, wrap } from "../../../../src/streams/block/envelope";

const TAG = "SMA1";
/** Entries of one page: inflated it stays below a megabyte. */
const PAGE_ENTRIES = 4_000;

/** Who wrote, and when. */
export interface Author {
  atMs: number;
  requestId: string;
  clientId: string;
}

/** Nothing but the author, of whatever else there is. */
export const authorOf = ({ atMs, requestId, clientId }: Author): Author => ({ atMs, requestId, clientId });

/** What a write did, and what came of it. */
export interface Deed {
  kind:
    | "append"
    | "delete_range"
    | "retention"
    | "arrival"
    | "feedback"
    | "silence"
    | "detection"
    | "history";
  counts: JsonObject;
}

/** One write: who, when, and what came of it. */
export interface AuditEntry extends Author, Deed {}

export interface ChainedEntry extends AuditEntry {
  /** Counts from 1 without a gap. */
  seq: number;
  hash: string;
}

/**
 * The audit chain of a stream: every write's hash covers the one before, so that none can be changed or taken out unseen.
 * The newest entries lie in the log; a seal writes them as pages, whose last hash vouches for all in them.
 */
export class Audit {
  /** Entries that are in the log only. */
  private recent: ChainedEntry[] = [];
  private lastSeq = 0;
  private lastHash = "";
  /** The last entry that a page must hold. */
  private savedSeq = 0;

  constructor(private readonly sql: SqlStorage) {}

  static createTables(sql: SqlStorage): void {
    sql.exec(
      "CREATE TABLE IF NOT EXISTS audit_pages (first_seq INTEGER PRIMARY KEY, last_seq INTEGER NOT NULL, hash TEXT NOT NULL, data BLOB NOT NULL)",
    );
  }

  /** `savedSeq`: the last entry that was saved; pages that end before it have lost some. */
  load(savedSeq: number): void {
    this.savedSeq = savedSeq;
    const [last] = this.sql
      .exec<{ last_seq: number; hash: string }>(
        "SELECT last_seq, hash FROM audit_pages ORDER BY first_seq DESC LIMIT 1",
      )
      .toArray();
    this.recent = [];
    this.lastSeq = savedSeq;
    this.lastHash = last?.hash ?? "";
  }

  /** The next entry of the chain; {@link add} it when its row is written. */
  chain(entry: AuditEntry): ChainedEntry {
    const seq = this.lastSeq + 1;
    return { ...entry, seq, hash: chained(this.lastHash, seq, entry) };
  }

  add(entry: ChainedEntry): void {
    this.recent.push(entry);
    this.lastSeq = entry.seq;
    this.lastHash = entry.hash;
  }

  /** Writes what is in the log as pages. */
  save(): void {
    for (let at = 0; at < this.recent.length; at += PAGE_ENTRIES) {
      const entries = this.recent.slice(at, at + PAGE_ENTRIES);
      const rows = entries.map(({ kind, atMs, requestId, clientId, counts }) => [
        kind,
        atMs,
        requestId,
        clientId,
        counts,
      ]);
      this.sql.exec(
        "INSERT INTO audit_pages (first_seq, last_seq, hash, data) VALUES (?, ?, ?, ?)",
        entries[0]!.seq,
        entries.at(-1)!.seq,
        entries.at(-1)!.hash,
        wrap(TAG, deflateRawSync(utf8(JSON.stringify(rows)))),
      );
    }
    this.recent = [];
    this.savedSeq = this.lastSeq;
  }

  get count(): number {
    return this.lastSeq;
  }

  /** Entries after `afterSeq`, oldest first. */
  entries(afterSeq: number, limit: number): ChainedEntry[] {
    const found: ChainedEntry[] = [];
    for (const entry of this.all(afterSeq)) {
      if (entry.seq > afterSeq) found.push(entry);
      if (found.length === limit) break;
    }
    return found;
  }

  verify(): { valid: boolean; entries: number; brokenAt: number | null; head: string } {
    let seq = 0;
    let hash = "";
    const broken = (brokenAt: number) => ({ valid: false, entries: seq, brokenAt, head: hash });
    for (const page of this.pages(0)) {
      if (page.first_seq !== seq + 1) return broken(seq + 1);
      const last = this.lastOf(page, hash);
      if (last?.seq !== page.last_seq || last.hash !== page.hash) return broken(page.first_seq);
      ({ seq, hash } = last);
    }
    if (seq !== this.savedSeq) return broken(seq + 1);
    for (const entry of this.recent) {
      if (entry.seq !== seq + 1 || chained(hash, entry.seq, entry) !== entry.hash) return broken(seq + 1);
      ({ seq, hash } = entry);
    }
    return { valid: true, entries: seq, brokenAt: null, head: hash };
  }

  /** The last entry of a page, or null where its bytes are damaged: verifying says so instead of failing. */
  private lastOf(page: AuditPage, before: string): ChainedEntry | null {
    try {
      return [...this.unfold(page, before)].at(-1) ?? null;
    } catch {
      return null;
    }
  }

  private *all(afterSeq: number): Generator<ChainedEntry> {
    let hash: string | null = null;
    for (const page of this.pages(afterSeq)) {
      hash ??= this.hashBefore(page.first_seq);
      for (const entry of this.unfold(page, hash)) {
        hash = entry.hash;
        yield entry;
      }
    }
    yield* this.recent;
  }

  private hashBefore(firstSeq: number): string {
    const [page] = this.sql
      .exec<{ hash: string }>("SELECT hash FROM audit_pages WHERE last_seq = ?", firstSeq - 1)
      .toArray();
    return page?.hash ?? "";
  }

  private *pages(afterSeq: number): Generator<AuditPage> {
    let after = afterSeq;
    for (;;) {
      const [page] = this.sql
        .exec<AuditPage>("SELECT * FROM audit_pages WHERE last_seq > ? ORDER BY first_seq LIMIT 1", after)
        .toArray();
      if (!page) return;
      yield page;
      after = page.last_seq;
    }
  }

  private *unfold(page: AuditPage, before: string): Generator<ChainedEntry> {
    const text = fromUtf8(inflateRawSync(unwrapEnvelope(TAG, new Uint8Array(page.data))));
    let hash = before;
    let seq = page.first_seq;
    for (const [kind, atMs, requestId, clientId, counts] of JSON.parse(text) as PageRow[]) {
      const entry = { kind, atMs, requestId, clientId, counts };
      hash = chained(hash, seq, entry);
      yield { ...entry, seq: seq++, hash };
    }
  }
}

type PageRow = [AuditEntry["kind"], number, string, string, JsonObject];

interface AuditPage extends Record<string, SqlStorageValue> {
  first_seq: number;
  last_seq: number;
  hash: string;
  data: ArrayBuffer;
}

function chained(
  previous: string,
  seq: number,
  { kind, atMs, requestId, clientId, counts }: AuditEntry,
): string {
  const text = canonicalJson([previous, seq, atMs, kind, requestId, clientId, counts]);
  return createHash("sha256").update(text).digest("hex");
}
