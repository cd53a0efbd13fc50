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

export interface Left {
  remaining: number;
  /** Until the oldest uses leave the window. */
  nextMs: number;
  /** Until a use of this moment leaves it. */
  emptyMs: number;
}

export const newBudget = (windowMs: number): Budget => ({ windowMs, used: {} });

export const bucketOf = (budget: Budget, atMs: number): number =>
  Math.floor(atMs / (budget.windowMs / BUCKETS));

/** What is left of the limit; forgets buckets that have left the window. */
export function left(budget: Budget, limit: number, nowMs: number): Left {
  const width = budget.windowMs / BUCKETS;
  const current = bucketOf(budget, nowMs);
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
  return {
    remaining: Math.max(0, limit - total),
    nextMs: (oldest + BUCKETS) * width - nowMs,
    emptyMs: (current + BUCKETS) * width - nowMs,
  };
}

/**
 * Takes `amount` uses if they fit. Changes `budget`. Uses that somebody may make up to `withinMs` later count from
 * then: otherwise they would leave the window while they are younger than it.
 */
export function spend(budget: Budget, limit: number, nowMs: number, amount = 1, withinMs = 0): Spent {
  const { remaining, nextMs, emptyMs } = left(budget, limit, nowMs);
  if (amount > remaining) return { ok: false, remaining, resetMs: nextMs };
  const bucket = bucketOf(budget, nowMs + withinMs);
  budget.used[bucket] = (budget.used[bucket] ?? 0) + amount;
  return { ok: true, remaining: remaining - amount, resetMs: emptyMs };
}

/** Gives back uses that were not made, to the bucket from which `spend` took them. */
export function giveBack(budget: Budget, spentMs: number, amount: number, withinMs = 0): void {
  const bucket = bucketOf(budget, spentMs + withinMs);
  const rest = (budget.used[bucket] ?? 0) - amount;
  if (rest > 0) budget.used[bucket] = rest;
  else delete budget.used[bucket];
}
