/** Time as a dependency. In production it stands still during CPU work: never measure work with it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  nowMs(): number;
}

export const systemClock: Clock = { nowMs: () => Date.now() };

/** The month of an instant in UTC: "2026-11". */
export const monthOf = (nowMs: number): string => new Date(nowMs).toISOString().slice(0, 7);

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
