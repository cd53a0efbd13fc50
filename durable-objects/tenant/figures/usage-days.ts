import { type Counters, plus } from "../../../src/tenants/metrics/counters";
import { DAYS_KEPT, type Period } from "../../../src/tenants/metrics/period";

/** The row of the days that are not kept any more. */
const BEFORE = 0;

/** What was counted of the tenant, a row for each day: written with what it counts, and never for a request alone. */
export class UsageDays {
  constructor(private readonly sql: SqlStorage) {
    sql.exec("CREATE TABLE IF NOT EXISTS usage_days(day INTEGER PRIMARY KEY, counters TEXT NOT NULL)");
  }

  add(day: number, more: Partial<Counters>): void {
    const known = this.sql
      .exec<{ counters: string }>("SELECT counters FROM usage_days WHERE day = ?", day)
      .toArray()[0];
    // Written by this function.
    const before = known ? (JSON.parse(known.counters) as Partial<Counters>) : {};
    const counters = JSON.stringify(plus(before, more));
    this.sql.exec("INSERT OR REPLACE INTO usage_days VALUES(?,?)", day, counters);
    if (!known) this.forgetUntil(day - DAYS_KEPT);
  }

  /** Everything that was ever counted. */
  all(): Partial<Counters> {
    return this.sum({ firstDay: BEFORE, lastDay: Number.MAX_SAFE_INTEGER });
  }

  sum({ firstDay, lastDay }: Period): Partial<Counters> {
    const rows = this.sql.exec<{ counters: string }>(
      "SELECT counters FROM usage_days WHERE day BETWEEN ? AND ?",
      firstDay,
      lastDay,
    );
    let sum: Partial<Counters> = {};
    for (const { counters } of rows) sum = plus(sum, JSON.parse(counters));
    return sum;
  }

  private forgetUntil(day: number): void {
    const over = { firstDay: BEFORE + 1, lastDay: day };
    const counters = this.sum(over);
    if (Object.keys(counters).length === 0) return;
    this.sql.exec("DELETE FROM usage_days WHERE day BETWEEN ? AND ?", over.firstDay, over.lastDay);
    this.add(BEFORE, counters);
  }

  erase(): void {
    this.sql.exec("DELETE FROM usage_days");
  }
}
