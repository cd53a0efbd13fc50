import { fitsUtf8 } from "../../../src/core/bytes";
import { fail } from "../../../src/core/errors";
import { CHECKPOINT_BYTES } from "../../../src/core/work";

/** What work under way has found so far, gone when it ends. A row of its own: the work's row has its request and result to hold. */
export class Checkpoints {
  constructor(private readonly sql: SqlStorage) {
    sql.exec(
      "CREATE TABLE IF NOT EXISTS checkpoint(work_id TEXT PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID",
    );
  }

  /** JSON, or null before the first. */
  load(workId: string): string | null {
    const rows = this.sql.exec<{ state: string }>("SELECT state FROM checkpoint WHERE work_id = ?", workId);
    return rows.toArray()[0]?.state ?? null;
  }

  /** Gives whether it is another than was stored before. Throws `work_budget_exceeded` where it is larger than a row. */
  save(workId: string, state: string): boolean {
    if (!fitsUtf8(state, CHECKPOINT_BYTES)) {
      throw fail(
        "work_budget_exceeded",
        `What was found so far is larger than the ${CHECKPOINT_BYTES} bytes that are kept between two slices of work.`,
      );
    }
    const { rowsWritten } = this.sql.exec(
      `INSERT INTO checkpoint VALUES(?,?)
        ON CONFLICT(work_id) DO UPDATE SET state = excluded.state WHERE state <> excluded.state`,
      workId,
      state,
    );
    return rowsWritten > 0;
  }

  drop(workId: string): void {
    this.sql.exec("DELETE FROM checkpoint WHERE work_id = ?", workId);
  }

  erase(): void {
    this.sql.exec("DELETE FROM checkpoint");
  }
}
