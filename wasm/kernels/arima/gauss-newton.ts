// The curvature of the objective from first derivatives: log(S)/2 with S a sum of squares r_t^2 curves like J'J / S, J the
// derivatives of the standardised innovations r (Gauss and Newton; for ARMA it is Fisher's scoring, Harvey 1993, "Time
// Series Models", section 5.3). The central differences of the gradient hold J already, so the first step of a search
// already knows which way is steep, where the identity would take as many steps as there are unknowns to learn it.
import { column } from "./arena";
import { at, offset, put } from "./columns";
import { writeDifferences } from "./pair-filter";

/** The last values tell enough: it is a curvature a value, and a guess that the search corrects. */
const MAX_ROWS: i32 = 1_000;
/** Added to the diagonal, relative and absolute: an overparameterised model has no curvature along its ridge. */
const RELATIVE_DAMPING: f64 = 1e-4;
const ABSOLUTE_DAMPING: f64 = 1e-6;

let rows: i32 = 0;
let capacity: i32 = 0;
let jacobian: usize = 0;
let factor: usize = 0;
/** Sum of squares of the standardised innovations over the rows. */
let squares: f64 = 1;

export function prepare(unknowns: i32, n: i32): void {
  capacity = (min(n, MAX_ROWS) + 1) & ~1;
  jacobian = column(unknowns * capacity);
  factor = column(unknowns * unknowns);
}

/** Takes the derivatives by unknown `i` from the pair that was just evaluated `step` to both sides. */
export function note(i: i32, n: i32, step: f64): void {
  rows = min(n, MAX_ROWS);
  squares = writeDifferences(offset(jacobian, i * capacity), n - rows, n, 0.5 / step);
}

/** Fills `inverse`, the inverse of the curvature; false where there is none. */
export function invertCurvature(inverse: usize, unknowns: i32): bool {
  for (let i = 0; i < unknowns; i++) {
    for (let j = 0; j <= i; j++) put(factor, i * unknowns + j, product(i, j) / squares);
    const diagonal = at(factor, i * unknowns + i);
    put(factor, i * unknowns + i, diagonal * (1.0 + RELATIVE_DAMPING) + ABSOLUTE_DAMPING);
  }
  return invertPositive(factor, inverse, unknowns);
}

function product(i: i32, j: i32): f64 {
  const a = offset(jacobian, i * capacity);
  const b = offset(jacobian, j * capacity);
  let sum = f64x2.splat(0);
  const end = <usize>rows << 3;
  for (let o: usize = 0; o < end; o += 16) sum = f64x2.add(sum, f64x2.mul(v128.load(a + o), v128.load(b + o)));
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/**
 * Inverts a symmetric positive definite matrix by Cholesky's factors, of which `matrix` (lower triangle) becomes one.
 * False where it is not positive definite.
 */
export function invertPositive(matrix: usize, inverse: usize, size: i32): bool {
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = at(matrix, i * size + j);
      for (let k = 0; k < j; k++) sum -= at(matrix, i * size + k) * at(matrix, j * size + k);
      if (j < i) put(matrix, i * size + j, sum / at(matrix, j * size + j));
      else if (sum > 0.0 && isFinite(sum)) put(matrix, i * size + i, Math.sqrt(sum));
      else return false;
    }
  }
  for (let unit = 0; unit < size; unit++) {
    const row = offset(inverse, unit * size);
    for (let i = 0; i < size; i++) {
      let sum = i == unit ? 1.0 : 0.0;
      for (let k = 0; k < i; k++) sum -= at(matrix, i * size + k) * at(row, k);
      put(row, i, sum / at(matrix, i * size + i));
    }
    for (let i = size - 1; i >= 0; i--) {
      let sum = at(row, i);
      for (let k = i + 1; k < size; k++) sum -= at(matrix, k * size + i) * at(row, k);
      put(row, i, sum / at(matrix, i * size + i));
    }
  }
  return true;
}
