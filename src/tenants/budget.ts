/**
 * A sliding window of counts: `limit` uses in any `windowMs`, exact to a sixtieth of it. Pure, and plain data, so that
 * it can be stored: what was reserved ahead in storage counts as used after a crash, which forfeits and never overspends.
 */
export const BUCKETS = 60;

export interface Budget {
  windowMs: number;
  /** Bucket number (time / (windowMs / BUCKETS)) → uses in it. */
  used: Record<string, number>;
}

export interface Spent {
  ok: boolean;
  remaining: number;
  /** Until one more use is free, or, after a success, until the window is empty again. */
  resetMs: number;
}

export const newBudget = (windowMs: number): Budget => ({ windowMs, used: {} });

/** Takes `amount` uses if they fit; forgets buckets that have left the window. Changes `budget`. */
export function spend(budget: Budget, limit: number, nowMs: number, amount = 1): Spent {
  const width = budget.windowMs / BUCKETS;
  const current = Math.floor(nowMs / width);
  let total = 0;
  let oldest = current;
  for (const key of Object.keys(budget.used)) {
    const bucket = Number(key);
    if (bucket <= current - BUCKETS) delete budget.used[key];
    else {
      total += budget.used[key]!;
      oldest = Math.min(oldest, bucket);
    }
  }
  if (total + amount > limit) {
    return { ok: false, remaining: Math.max(0, limit - total), resetMs: (oldest + BUCKETS) * width - nowMs };
  }
  budget.used[current] = (budget.used[current] ?? 0) + amount;
  return { ok: true, remaining: limit - total - amount, resetMs: (current + BUCKETS) * width - nowMs };
}
