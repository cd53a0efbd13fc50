// xorshift64* (Vigna 2016): the same seed gives the same forest on every machine.
let state: u64 = 1;

export function seed(value: i32): void {
  // Spread over all bits, and never zero, from which xorshift does not move.
  state = (<u64>(<u32>value) + 1) * 0x9e3779b97f4a7c15;
}

// @ts-ignore: decorator
@inline
function next(): u64 {
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  return state * 0x2545f4914f6cdd1d;
}

/** A whole number from 0 to below `limit`. */
export function below(limit: i32): i32 {
  return <i32>(((next() >> 32) * <u64>limit) >> 32);
}

/** In [0, 1), 53 bits. */
export function uniform(): f64 {
  return <f64>(next() >> 11) * (1.0 / 9007199254740992.0);
}
