import { type Budget, newBudget, spend } from "../../src/tenants";

/** Uses reserved in storage at a time: a crash forfeits at most these. Fewer near the edge, so that the edge is exact. */
const MOST_RESERVED = 50;

/** Sliding budgets, held in memory and written ahead: one row for many requests, and never an overspend after a crash. */
export class Budgets {
  private readonly live = new Map<string, { budget: Budget; reserved: number }>();

  constructor(private readonly sql: SqlStorage) {
    sql.exec("CREATE TABLE IF NOT EXISTS budgets(name TEXT PRIMARY KEY, state TEXT NOT NULL)");
  }

  spend(name: string, windowMs: number, limit: number, nowMs: number) {
    const entry = this.load(name, windowMs);
    const spent = spend(entry.budget, limit, nowMs);
    if (!spent.ok) return spent;
    if (entry.reserved > 0) entry.reserved--;
    else this.reserve(name, entry, spent.remaining, nowMs);
    return spent;
  }

  private reserve(
    name: string,
    entry: { budget: Budget; reserved: number },
    remaining: number,
    nowMs: number,
  ): void {
    entry.reserved = Math.min(MOST_RESERVED, Math.floor(remaining / 10));
    const ahead: Budget = { windowMs: entry.budget.windowMs, used: { ...entry.budget.used } };
    spend(ahead, Number.POSITIVE_INFINITY, nowMs, entry.reserved);
    this.sql.exec("INSERT OR REPLACE INTO budgets VALUES(?,?)", name, JSON.stringify(ahead));
  }

  private load(name: string, windowMs: number) {
    const known = this.live.get(name);
    if (known) return known;
    const row = this.sql
      .exec<{ state: string }>("SELECT state FROM budgets WHERE name = ?", name)
      .toArray()[0];
    const entry = { budget: row ? (JSON.parse(row.state) as Budget) : newBudget(windowMs), reserved: 0 };
    this.live.set(name, entry);
    return entry;
  }
}
