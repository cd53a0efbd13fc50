import type { Counters } from "../../../src/tenants/metrics/counters";

/** Months that are kept, the running one among them. */
const MONTHS_KEPT = 13;

/**
 * Tokens of language models by month (UTC, "2026-11"). They are taken before they are used and settled after: a crash
 * forfeits what it had taken, and nobody uses more than the budget.
 */
export class ModelTokens {
  constructor(
    private readonly sql: SqlStorage,
    /** Adds to the tenant's figures. */
    private readonly count: (counters: Partial<Counters>) => void,
  ) {
    sql.exec("CREATE TABLE IF NOT EXISTS model_tokens(month TEXT PRIMARY KEY, used INTEGER NOT NULL)");
  }

  used(month: string): number {
    const rows = this.sql.exec<{ used: number }>("SELECT used FROM model_tokens WHERE month = ?", month);
    return rows.toArray()[0]?.used ?? 0;
  }

  /** Takes tokens for a question. False: not that many are left, and none is taken. */
  reserve(month: string, tokens: number, limit: number): boolean {
    if (this.used(month) + tokens > limit) {
      this.count({ modelRefused: 1 });
      return false;
    }
    this.add(month, tokens);
    return true;
  }

  /** Counts what a question has used instead of what was taken for it. */
  settle(month: string, reserved: number, used: number): void {
    this.add(month, used - reserved);
    this.count({ modelCalls: 1, modelTokens: used });
  }

  /** What was used of the running month goes on counting: it says nothing about data, and nobody starts anew by erasing. */
  erase(month: string): void {
    this.sql.exec("DELETE FROM model_tokens WHERE month <> ?", month);
  }

  private add(month: string, tokens: number): void {
    this.sql.exec(
      "INSERT INTO model_tokens VALUES(?1, MAX(0, ?2)) ON CONFLICT(month) DO UPDATE SET used = MAX(0, used + ?2)",
      month,
      tokens,
    );
    this.sql.exec(
      "DELETE FROM model_tokens WHERE month NOT IN (SELECT month FROM model_tokens ORDER BY month DESC LIMIT ?)",
      MONTHS_KEPT,
    );
  }
}
