/** What a forecast is made of: a constant, three values before, and what two profiles say for now and said before. */
export const INPUTS = 8;

/** Ridge in shares of the mean square of the inputs: inputs that say the same then share their weight. */
const RIDGE = 1e-4;
/** Readings at which all coefficients are computed each time, and how often afterwards. */
const EAGER_UNTIL = 64;
const SOLVE_EVERY = 16;

/** The lower triangle of the inputs' products, row by row; then products with the value; then coefficients. */
const triangleNumbers = (size: number): number => (size * (size + 1)) / 2;
export const autoregressionNumbers = (size: number): number => triangleNumbers(size) + 2 * size;

const triangle = new Float64Array(INPUTS * INPUTS);
const half = new Float64Array(INPUTS);

/** `size`: of the inputs, the first so many count. */
export function predict(block: Float64Array, at: number, inputs: Float64Array, size: number): number {
  const coefficients = at + triangleNumbers(size) + size;
  let sum = 0;
  for (let j = 0; j < size; j++) sum += block[coefficients + j]! * inputs[j]!;
  return sum;
}

/**
 * Least squares with exponential forgetting through the normal equations: unlike the recursion for the inverse it
 * cannot wind up when the inputs stand still. Solving every few readings makes it as cheap.
 */
export function learn(
  block: Float64Array,
  at: number,
  inputs: Float64Array,
  value: number,
  memory: { forgetting: number; count: number; size: number },
): void {
  const { forgetting, count, size } = memory;
  const target = at + triangleNumbers(size);
  for (let i = 0, row = at; i < size; row += ++i) {
    for (let j = 0; j <= i; j++) block[row + j] = forgetting * block[row + j]! + inputs[i]! * inputs[j]!;
    block[target + i] = forgetting * block[target + i]! + inputs[i]! * value;
  }
  if (count < EAGER_UNTIL || count % SOLVE_EVERY === 0) solve(block, at, size);
}

/** Cholesky. Where rounding leaves nothing to take a root of, the coefficients stay as they are. */
function solve(block: Float64Array, at: number, size: number): void {
  let trace = 0;
  for (let i = 1; i < size; i++) trace += block[at + triangleNumbers(i) + i]!;
  const ridge = (RIDGE * trace) / (size - 1) + Number.MIN_VALUE;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = block[at + triangleNumbers(i) + j]!;
      if (i === j) sum += i === 0 ? 1 : ridge;
      for (let k = 0; k < j; k++) sum -= triangle[i * INPUTS + k]! * triangle[j * INPUTS + k]!;
      if (i !== j) triangle[i * INPUTS + j] = sum / triangle[j * INPUTS + j]!;
      else if (sum > 0) triangle[i * INPUTS + i] = Math.sqrt(sum);
      else return;
    }
  }
  const target = at + triangleNumbers(size);
  for (let i = 0; i < size; i++) {
    let sum = block[target + i]!;
    for (let k = 0; k < i; k++) sum -= triangle[i * INPUTS + k]! * half[k]!;
    half[i] = sum / triangle[i * INPUTS + i]!;
  }
  const coefficients = target + size;
  for (let i = size - 1; i >= 0; i--) {
    let sum = half[i]!;
    for (let k = i + 1; k < size; k++) sum -= triangle[k * INPUTS + i]! * block[coefficients + k]!;
    block[coefficients + i] = sum / triangle[i * INPUTS + i]!;
  }
}
