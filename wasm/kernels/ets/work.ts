// Work is counted in simple steps, about a nanosecond each, so that a caller can bound it before it is done.
let limit: f64 = 0;
export let spent: f64 = 0;

export function allow(most: f64): void {
  limit = most;
  spent = 0;
}

export function spend(steps: f64): void {
  spent += steps;
}

// @ts-ignore: decorator
@inline
export function isSpent(): bool {
  return spent >= limit;
}
