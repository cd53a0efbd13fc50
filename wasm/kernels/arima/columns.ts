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
