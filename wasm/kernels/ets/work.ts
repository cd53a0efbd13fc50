// Work is counted in simple steps, about a nanosecond each, so that a caller can bound it before it is done. The rates in
// search.ts were measured.
/** A fit of next to nothing still lays out its columns. */
const OF_A_CALL: f64 = 10_000;

let limit: f64 = 0;
export let spent: f64 = 0;

export function allow(most: f64): void {
  limit = most;
  spent = OF_A_CALL;
}

export function spend(steps: f64): void {
  spent += steps;
}

// @ts-ignore: decorator
@inline
export function isSpent(): bool {
  return spent >= limit;
}
