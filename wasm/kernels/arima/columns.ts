// A column is a pointer to f64 values, 16-byte aligned. There is no bounds check: lengths come from the caller.

// @ts-ignore: decorator
@inline
export function at(column: usize, i: i32): f64 {
  return load<f64>(column + (<usize>i << 3));
}

// @ts-ignore: decorator
@inline
export function put(column: usize, i: i32, value: f64): void {
  store<f64>(column + (<usize>i << 3), value);
}

// @ts-ignore: decorator
@inline
export function copy(to: usize, from: usize, count: i32): void {
  memory.copy(to, from, <usize>count << 3);
}

// @ts-ignore: decorator
@inline
export function clear(column: usize, count: i32): void {
  memory.fill(column, 0, <usize>count << 3);
}

// @ts-ignore: decorator
@inline
export function offset(column: usize, i: i32): usize {
  return column + (<usize>i << 3);
}

// A pair column holds two numbers at each place, one for each of two parameter vectors: 16 bytes.

// @ts-ignore: decorator
@inline
export function pairAt(column: usize, i: i32): v128 {
  return v128.load(column + (<usize>i << 4));
}

// @ts-ignore: decorator
@inline
export function putPair(column: usize, i: i32, value: v128): void {
  v128.store(column + (<usize>i << 4), value);
}

/** Writes one lane, 0 or 1, of a pair column. */
// @ts-ignore: decorator
@inline
export function putLane(column: usize, i: i32, lane: i32, value: f64): void {
  store<f64>(column + (<usize>(2 * i + lane) << 3), value);
}
