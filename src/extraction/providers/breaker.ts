/** Questions in a row that come to nothing until a model is left alone. */
const MOST_FAILURES = 3;
const REST_MS = 60_000;
/** A model that its maker does not know, a key that is not taken, a bill that is not paid: an operator heals that. */
const LONG_REST_MS = 600_000;

/** Whether a model is asked, by how the last questions went. */
export interface Breaker {
  failures: number;
  /** It rests until then; one question is let through after it, and the others when that was answered. */
  restsUntilMs: number;
}

export const newBreaker = (): Breaker => ({ failures: 0, restsUntilMs: 0 });

/** Null where the model rests; else the breaker while the question is under way. */
export function entered(breaker: Breaker, nowMs: number): Breaker | null {
  if (nowMs < breaker.restsUntilMs) return null;
  return breaker.failures < MOST_FAILURES ? breaker : { ...breaker, restsUntilMs: nowMs + REST_MS };
}

export type Outcome = "answered" | "failed" | "hopeless";

/** The breaker after a question. `breaker` is what it is by now: others were under way meanwhile. */
export function left(breaker: Breaker, outcome: Outcome, nowMs: number): Breaker {
  if (outcome === "answered") return newBreaker();
  if (outcome === "hopeless") return { failures: MOST_FAILURES, restsUntilMs: nowMs + LONG_REST_MS };
  const failures = breaker.failures + 1;
  return { failures, restsUntilMs: failures < MOST_FAILURES ? 0 : nowMs + REST_MS };
}
