import { newUuid } from "../../../src/core/ids";
import { saveTotals, type Totals } from "../../../src/ops/totals-store";
import { db } from "../../../src/platform/db";

/** News wait for this long, for others to be told with them. */
const TELL_MS = 10_000;
/** Between two rows of the platform's. */
const TELL_EVERY_MS = 300_000;

/**
 * Tells the platform's counters what this tenant has come to: totals, every few minutes and only where they are new.
 * They stand under an id of their own, and another after an erasure: what was counted before it stays counted.
 */
export class PlatformTotals {
  private tellMs: number | null = null;
  private toldMs = 0;
  /** Nothing was told in this life: a former one may have been cut off before it did. */
  private isFresh = true;

  constructor(
    private readonly env: Env,
    private readonly sql: SqlStorage,
    private readonly tenantId: () => string,
    private readonly totals: () => Totals,
  ) {
    sql.exec("CREATE TABLE IF NOT EXISTS totals_id(id TEXT NOT NULL)");
  }

  /** Something was counted. */
  changed(nowMs: number): void {
    this.tellMs ??= Math.max(nowMs + TELL_MS, this.toldMs + TELL_EVERY_MS);
  }

  next(): number | null {
    return this.tellMs;
  }

  /** The alarm rang, for this or for something else. */
  async run(nowMs: number): Promise<void> {
    if (!this.isFresh && (this.tellMs === null || this.tellMs > nowMs)) return;
    this.isFresh = false;
    this.tellMs = null;
    this.toldMs = nowMs;
    const totals = this.totals();
    if (Object.keys(totals).length === 0) return;
    try {
      await saveTotals(db(this.env), { id: this.id(), tenantId: this.tenantId(), totals, nowMs });
    } catch (error) {
      this.tellMs ??= nowMs + TELL_EVERY_MS;
      throw error;
    }
  }

  /** With the figures, in one write with them. */
  erase(): void {
    this.sql.exec("DELETE FROM totals_id");
  }

  private id(): string {
    const known = this.sql.exec<{ id: string }>("SELECT id FROM totals_id").toArray()[0];
    if (known) return known.id;
    const id = newUuid();
    this.sql.exec("INSERT INTO totals_id VALUES(?)", id);
    return id;
  }
}
