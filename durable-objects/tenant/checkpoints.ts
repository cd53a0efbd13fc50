import { fail } from "../../src/core/errors";
import { CHECKPOINT_CHARS, type HeldCheckpoint, type WorkCheckpoint } from "../../src/core/work";

/**
 * What work under way has found so far, gone when it ends. A row of its own: the work's row has its request and result
 * to hold. Each checkpoint names the one that it was found from, so that of two who went on from the same, one of them
 * thought dead, only the first is taken.
 */
export class Checkpoints {
  constructor(private readonly sql: SqlStorage) {
    sql.exec(
      "CREATE TABLE IF NOT EXISTS checkpoint(work_id TEXT PRIMARY KEY, version INTEGER NOT NULL, state TEXT NOT NULL)",
    );
  }

  load(workId: string): HeldCheckpoint {
    const rows = this.sql.exec<{ version: number; state: string }>(
      "SELECT version, state FROM checkpoint WHERE work_id = ?",
      workId,
    );
    return rows.toArray()[0] ?? { version: 0, state: null };
  }

  /** Throws `conflict` where another checkpoint came first, and `work_budget_exceeded` where the state is larger than a row. */
  save(workId: string, { after, state }: Pick<WorkCheckpoint, "after" | "state">): void {
    if (this.version(workId) !== after) throw fail("conflict", "The work went on from another checkpoint.");
    if (state.length > CHECKPOINT_CHARS) {
      throw fail(
        "work_budget_exceeded",
        `What was found so far is larger than the ${CHECKPOINT_CHARS} characters that are kept between two slices of work.`,
      );
    }
    this.sql.exec("INSERT OR REPLACE INTO checkpoint VALUES(?,?,?)", workId, after + 1, state);
  }

  drop(workId: string): void {
    this.sql.exec("DELETE FROM checkpoint WHERE work_id = ?", workId);
  }

  erase(): void {
    this.sql.exec("DELETE FROM checkpoint");
  }

  private version(workId: string): number {
    const rows = this.sql.exec<{ version: number }>(
      "SELECT version FROM checkpoint WHERE work_id = ?",
      workId,
    );
    return rows.toArray()[0]?.version ?? 0;
  }
}
