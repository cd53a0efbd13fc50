import { deflateRawSync, inflateRawSync } from "node:zlib";
import { fromUtf8, utf8 } from "../../../../src/core/bytes";
import { fnv1a, holdsSorted } from "../../../../src/core/hash";
import { unwrapEnvelope, wrap } from "../../../../src/streams/block/envelope";

const TAG = "SMK1";
/** How long an idempotency key answers for its write. */
export const KEY_KEPT_MS = 24 * 3_600_000;
/** Characters of one page: deflated and with its hashes it fits a row. */
const PAGE_CHARS = 1_000_000;
/** Hashes of sealed keys that memory holds, 4 bytes each; those of older pages are read when a key is looked up. */
const HASHES_HELD = 1_000_000;

export interface KeyRecord {
  key: string;
  fingerprint: string;
  answer: string;
  atMs: number;
}

/**
 * The idempotency keys of a day. Those of the log's generation are in memory; a seal writes them as pages, each with the
 * sorted hashes of its keys, so that a key that was never used is known to be new without reading a page.
 */
export class Keys {
  private recent = new Map<string, KeyRecord>();
  private pages: { id: number; newestMs: number; hashes: Uint32Array | null }[] = [];

  constructor(private readonly sql: SqlStorage) {}

  static createTables(sql: SqlStorage): void {
    sql.exec(
      "CREATE TABLE IF NOT EXISTS key_pages (id INTEGER PRIMARY KEY, newest_ms INTEGER NOT NULL, hashes BLOB NOT NULL, data BLOB NOT NULL)",
    );
  }

  load(): void {
    this.recent = new Map();
    this.pages = this.sql
      .exec<{ id: number; newest_ms: number }>("SELECT id, newest_ms FROM key_pages ORDER BY id DESC")
      .toArray()
      .map(({ id, newest_ms }) => ({ id, newestMs: newest_ms, hashes: null }));
  }

  add(record: KeyRecord): void {
    this.recent.set(record.key, record);
  }

  find(key: string, nowMs: number): KeyRecord | null {
    const recent = this.recent.get(key);
    if (recent) return isKept(recent, nowMs) ? recent : null;
    const hash = fnv1a(key);
    let held = 0;
    for (const page of this.pages) {
      if (nowMs - page.newestMs >= KEY_KEPT_MS) continue;
      const hashes = page.hashes ?? this.hashes(page.id);
      held += hashes.length;
      if (held <= HASHES_HELD) page.hashes = hashes;
      if (!holdsSorted(hashes, hash)) continue;
      const found = this.read(page.id).find((record) => record.key === key);
      // A key that was used again after its day stands in the newer page, which is looked at first.
      if (found) return isKept(found, nowMs) ? found : null;
    }
    return null;
  }

  /** Writes the generation's keys as pages, and drops the pages whose day is over. */
  save(nowMs: number): void {
    const kept = [...this.recent.values()].filter((record) => isKept(record, nowMs));
    for (const records of pagesOf(kept)) {
      const hashes = Uint32Array.from(records, ({ key }) => fnv1a(key)).sort();
      const newestMs = Math.max(...records.map(({ atMs }) => atMs));
      const data = wrap(TAG, deflateRawSync(utf8(JSON.stringify(records))));
      const { id } = this.sql
        .exec<{ id: number }>(
          "INSERT INTO key_pages (newest_ms, hashes, data) VALUES (?, ?, ?) RETURNING id",
          newestMs,
          hashes.buffer,
          data,
        )
        .one();
      this.pages.unshift({ id, newestMs, hashes });
    }
    this.recent = new Map();
    if (!this.pages.some(({ newestMs }) => nowMs - newestMs >= KEY_KEPT_MS)) return;
    this.sql.exec("DELETE FROM key_pages WHERE newest_ms <= ?", nowMs - KEY_KEPT_MS);
    this.pages = this.pages.filter(({ newestMs }) => nowMs - newestMs < KEY_KEPT_MS);
  }

  private hashes(id: number): Uint32Array {
    const { hashes } = this.sql
      .exec<{ hashes: ArrayBuffer }>("SELECT hashes FROM key_pages WHERE id = ?", id)
      .one();
    return new Uint32Array(hashes);
  }

  private read(id: number): KeyRecord[] {
    const { data } = this.sql
      .exec<{ data: ArrayBuffer }>("SELECT data FROM key_pages WHERE id = ?", id)
      .one();
    return JSON.parse(fromUtf8(inflateRawSync(unwrapEnvelope(TAG, new Uint8Array(data)))));
  }
}

/** An answer may list many rejected rows: pages are cut by their characters. */
function* pagesOf(records: KeyRecord[]): Generator<KeyRecord[]> {
  let page: KeyRecord[] = [];
  let chars = 0;
  for (const record of records) {
    chars += record.key.length + record.answer.length + 100;
    if (chars > PAGE_CHARS && page.length > 0) {
      yield page;
      page = [];
      chars = record.key.length + record.answer.length + 100;
    }
    page.push(record);
  }
  if (page.length > 0) yield page;
}

const isKept = ({ atMs }: KeyRecord, nowMs: number): boolean => nowMs - atMs < KEY_KEPT_MS;
