// The normal equations of a Gauss-Newton step, summed a row of derivatives at a time.
//
// -2 log L is n log of a sum of squares of rho_t = r_t G, G the geometric mean of the predictions for relative errors
// and 1 for additive ones. With g_t = f'_t / f_t (or f'_t), c_t = 1 + r_t (or 1) and u = (sum g_t) / n (or 0):
//   rho'_t / G = -c_t g_t + r_t u
// so one pass that sums (c g)(c g)', r c g and g is enough for both.
import { column } from "../arima/arena";
import { at, clear, offset, put } from "../arima/columns";
import { hasRelativeError, unknowns } from "./shape";

/** Rows added to the matrix at once: it is then read and written a quarter as often. */
const ROWS: i32 = 4;

/** Unknowns rounded up to a whole number of vectors. */
export let width: i32 = 2;
/** width x width; the upper triangle while it is summed, all of it afterwards. */
export let matrix: usize = 0;
/** Half the gradient of the sum of squares. */
export let gradient: usize = 0;

let rows: usize = 0;
let filled: i32 = 0;
let relativeSum: usize = 0;

export function prepare(): void {
  width = (unknowns + 1) & ~1;
  matrix = column(width * width);
  gradient = column(width);
  rows = column(width * ROWS);
  relativeSum = column(width);
}

export function open(): void {
  clear(matrix, width * width);
  clear(gradient, width);
  clear(relativeSum, width);
  filled = 0;
}

/** Where the next row belongs. */
// @ts-ignore: decorator
@inline
export function nextRow(): usize {
  return offset(rows, filled * width);
}

/** Takes the row g, with the error r and its factor c. */
// @ts-ignore: decorator
@inline
export function take(row: usize, r: f64, c: f64): void {
  weigh(row, r, c);
  if (++filled < ROWS) return;
  accumulate();
  filled = 0;
}

/** Sums r c g and g; leaves c g in the row. */
// @ts-ignore: decorator
@inline
function weigh(row: usize, r: f64, c: f64): void {
  const vr = f64x2.splat(r * c);
  const vc = f64x2.splat(c);
  const bytes = <usize>width << 3;
  for (let i: usize = 0; i < bytes; i += 16) {
    const g = v128.load(row + i);
    v128.store(gradient + i, f64x2.sub(v128.load(gradient + i), f64x2.mul(vr, g)));
    if (hasRelativeError) {
      v128.store(relativeSum + i, f64x2.add(v128.load(relativeSum + i), g));
      v128.store(row + i, f64x2.mul(vc, g));
    }
  }
}

/** Adds the products of the rows to the upper triangle. */
function accumulate(): void {
  const bytes = <usize>width << 3;
  const second = rows + bytes;
  const third = second + bytes;
  const fourth = third + bytes;
  for (let i = 0; i < width; i++) {
    const at8 = <usize>i << 3;
    const a = f64x2.splat(load<f64>(rows + at8));
    const b = f64x2.splat(load<f64>(second + at8));
    const c = f64x2.splat(load<f64>(third + at8));
    const d = f64x2.splat(load<f64>(fourth + at8));
    const line = matrix + <usize>i * bytes;
    for (let j: usize = at8 & ~15; j < bytes; j += 16) {
      const first = f64x2.add(f64x2.mul(a, v128.load(rows + j)), f64x2.mul(b, v128.load(second + j)));
      const last = f64x2.add(f64x2.mul(c, v128.load(third + j)), f64x2.mul(d, v128.load(fourth + j)));
      v128.store(line + j, f64x2.add(v128.load(line + j), f64x2.add(first, last)));
    }
  }
}

/** The rows that wait, the share of the geometric mean, and the lower triangle. */
export function close(length: i32, sumSquares: f64): void {
  if (filled > 0) {
    clear(nextRow(), (ROWS - filled) * width);
    accumulate();
  }
  if (hasRelativeError) {
    // With v = sum r c g, which stands in the gradient with a minus sign.
    for (let i = 0; i < width; i++) put(relativeSum, i, at(relativeSum, i) / <f64>length);
    for (let i = 0; i < width; i++) {
      for (let j = i; j < width; j++) {
        const u = at(relativeSum, i);
        const w = at(relativeSum, j);
        const change = at(gradient, i) * w + u * at(gradient, j) + sumSquares * u * w;
        put(matrix, i * width + j, at(matrix, i * width + j) + change);
      }
    }
    for (let i = 0; i < width; i++) put(gradient, i, at(gradient, i) + sumSquares * at(relativeSum, i));
  }
  for (let i = 0; i < width; i++) for (let j = 0; j < i; j++) put(matrix, i * width + j, at(matrix, j * width + i));
}
