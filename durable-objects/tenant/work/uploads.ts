import { fail } from "../../../src/core/errors";

/** R2 deletes up to 1,000 objects in a call. */
const BATCH = 500;
const RETRY_MS = 5 * 60_000;

/**
 * Which uploads in R2 are read by which work: a job by itself and by its replays. One that is left by the last of them is
 * deleted, and its bytes are given back once it is: an upload that is deleted twice is given back once.
 */
export class Uploads {
  /** Some wait to be deleted. */
  private hasUnused: boolean;
  private retryMs = 0;

  constructor(
    private readonly sql: SqlStorage,
    private readonly bucket: Pick<R2Bucket, "delete">,
    /** Told of bytes in R2 that are there no more. */
    private readonly giveBack: (storedBytes: number) => void,
  ) {
    sql.exec(
      "CREATE TABLE IF NOT EXISTS upload(key TEXT PRIMARY KEY, bytes INTEGER NOT NULL, is_unused INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID",
    );
    sql.exec("CREATE INDEX IF NOT EXISTS upload_unused ON upload(key) WHERE is_unused");
    sql.exec(
      "CREATE TABLE IF NOT EXISTS upload_use(work_id TEXT PRIMARY KEY, key TEXT NOT NULL) WITHOUT ROWID",
    );
    sql.exec("CREATE INDEX IF NOT EXISTS upload_use_key ON upload_use(key)");
    this.hasUnused = this.unused(1).length > 0;
  }

  /** `workId` reads the upload for as long as it is kept. Throws `conflict` where the upload is about to be deleted. */
  hold(workId: string, { key, storedBytes }: { key: string; storedBytes: number }): void {
    const known = this.sql
      .exec<{ unused: number }>("SELECT is_unused AS unused FROM upload WHERE key = ?", key)
      .toArray()[0];
    if (known?.unused) throw fail("conflict", "The upload is not kept any more.");
    if (!known) this.sql.exec("INSERT INTO upload(key, bytes) VALUES(?,?)", key, storedBytes);
    this.sql.exec("INSERT INTO upload_use VALUES(?,?)", workId, key);
  }

  /**
   * The work is about to store what it will read; what an earlier try of it has stored is to be deleted. Throws `conflict`
   * where it has its upload.
   */
  expect(workId: string, key: string): void {
    const filled =
      "SELECT 1 FROM upload_use JOIN upload USING (key) WHERE upload_use.work_id = ? AND upload.bytes > 0";
    if (this.sql.exec(filled, workId).toArray().length > 0)
      throw fail("conflict", "The work has its upload already.");
    this.release(workId);
    this.hold(workId, { key, storedBytes: 0 });
  }

  /** What was expected is stored. Throws `conflict` where another try of the work has gone on with it. */
  fill(workId: string, { key, storedBytes }: { key: string; storedBytes: number }): void {
    const { rowsWritten } = this.sql.exec(
      `UPDATE upload SET bytes = ?1 WHERE key = ?2 AND bytes = 0 AND NOT is_unused
        AND EXISTS (SELECT 1 FROM upload_use WHERE work_id = ?3 AND key = ?2)`,
      storedBytes,
      key,
      workId,
    );
    if (rowsWritten === 0) throw fail("conflict", "Another try has gone on with the work.");
  }

  /** The work is forgotten: an upload that nothing else reads is to be deleted. */
  release(workId: string): void {
    const left = "DELETE FROM upload_use WHERE work_id = ? RETURNING key";
    for (const { key } of this.sql.exec<{ key: string }>(left, workId).toArray()) {
      const { rowsWritten } = this.sql.exec(
        "UPDATE upload SET is_unused = 1 WHERE key = ?1 AND NOT EXISTS (SELECT 1 FROM upload_use WHERE key = ?1)",
        key,
      );
      if (rowsWritten > 0) this.hasUnused = true;
    }
  }

  /** When {@link sweep} has something to do. */
  next(nowMs: number): number | null {
    return this.hasUnused ? Math.max(nowMs, this.retryMs) : null;
  }

  /** Deletes what nothing reads, a batch at a time; what R2 does not delete now is tried again later. */
  async sweep(nowMs: number): Promise<void> {
    const keys = nowMs < this.retryMs ? [] : this.unused(BATCH);
    if (keys.length === 0) return;
    try {
      await this.bucket.delete(keys);
    } catch (error) {
      this.retryMs = nowMs + RETRY_MS;
      throw error;
    }
    // The data may have been erased meanwhile: what counts is which rows are there still.
    let bytes = 0;
    for (const key of keys) {
      const gone = "DELETE FROM upload WHERE key = ? AND is_unused RETURNING bytes";
      for (const row of this.sql.exec<{ bytes: number }>(gone, key).toArray()) bytes += row.bytes;
    }
    this.giveBack(bytes);
    this.hasUnused = this.unused(1).length > 0;
  }

  /** All are deleted by another way. */
  erase(): void {
    this.sql.exec("DELETE FROM upload");
    this.sql.exec("DELETE FROM upload_use");
    this.hasUnused = false;
  }

  private unused(most: number): string[] {
    return this.sql
      .exec<{ key: string }>("SELECT key FROM upload INDEXED BY upload_unused WHERE is_unused LIMIT ?", most)
      .toArray()
      .map(({ key }) => key);
  }
}
