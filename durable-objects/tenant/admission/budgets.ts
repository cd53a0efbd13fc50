import {
  type Budget,
  bucketOf,
  giveBack,
  type Left,
  left,
  newBudget,
  type Spent,
  spend,
} from "../../../src/tenants/budget";

/** A tenth of what is left is reserved in storage at a time: a crash forfeits that. Near the edge nothing, so that it is exact. */
const RESERVED_SHARE = 10;
const MOST_RESERVED = 1_000;
/** A reservation holds for this many buckets, and counts from its end after a crash: never is a use forgotten too early. */
const RESERVED_BUCKETS = 10;

interface Live {
  budget: Budget;
  /** Uses counted since the object first was: for the account's statistics. */
  total: number;
  reserved: number;
  reservedUntil: number;
}

/** Sliding budgets, held in memory and written ahead: one row for many requests, and never an overspend after a crash. */
export class Budgets {
  private readonly live = new Map<string, Live>();

  constructor(private readonly sql: SqlStorage) {
    sql.exec("CREATE TABLE IF NOT EXISTS budgets(name TEXT PRIMARY KEY, state TEXT NOT NULL)");
  }

  /** Takes `amount` uses if they fit, all or none; `withinMs`: made up to so much later. */
  spend(name: string, windowMs: number, limit: number, nowMs: number, amount = 1, withinMs = 0): Spent {
    const entry = this.load(name, windowMs);
    const spent = spend(entry.budget, limit, nowMs, amount, withinMs);
    if (!spent.ok) return spent;
    entry.total += amount;
    const bucket = bucketOf(entry.budget, nowMs + withinMs);
    if (entry.reserved >= amount && bucket <= entry.reservedUntil) entry.reserved -= amount;
    else this.reserve(name, entry, spent.remaining, nowMs);
    return spent;
  }

  /** Gives back uses that were taken at `spentMs` and not made. Storage goes on counting them until its next row. */
  giveBack(name: string, windowMs: number, spentMs: number, amount: number, withinMs = 0): void {
    const entry = this.load(name, windowMs);
    giveBack(entry.budget, spentMs, amount, withinMs);
    entry.total -= amount;
  }

  left(name: string, windowMs: number, limit: number, nowMs: number): Left {
    return left(this.load(name, windowMs).budget, limit, nowMs);
  }

  /** Uses ever made; after a crash without those since the last row. */
  total(name: string, windowMs: number): number {
    return this.load(name, windowMs).total;
  }

  private reserve(name: string, entry: Live, remaining: number, nowMs: number): void {
    const { budget, total } = entry;
    entry.reserved = Math.min(MOST_RESERVED, Math.floor(remaining / RESERVED_SHARE));
    entry.reservedUntil = bucketOf(budget, nowMs) + RESERVED_BUCKETS;
    const used = { ...budget.used };
    used[entry.reservedUntil] = (used[entry.reservedUntil] ?? 0) + entry.reserved;
    const state = JSON.stringify({ windowMs: budget.windowMs, used, total });
    this.sql.exec("INSERT OR REPLACE INTO budgets VALUES(?,?)", name, state);
  }

  private load(name: string, windowMs: number): Live {
    const known = this.live.get(name);
    if (known) return known;
    const row = this.sql
      .exec<{ state: string }>("SELECT state FROM budgets WHERE name = ?", name)
      .toArray()[0];
    const { total, ...budget } = row
      ? ({ total: 0, ...JSON.parse(row.state) } as Budget & { total: number })
      : { ...newBudget(windowMs), total: 0 };
    const entry = { budget, total, reserved: 0, reservedUntil: 0 };
    this.live.set(name, entry);
    return entry;
  }
}
