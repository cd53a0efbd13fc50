/** What a forecast is made of: a constant, three values before, and what two profiles say for now and said before. */
export const INPUTS = 8;

/** Ridge in shares of the mean square of the inputs: inputs that say the same then share their weight. */
const RIDGE = 1e-4;
/** Readings at which all coefficients are computed each time, and how often afterwards. */
const EAGER_UNTIL = 64;
const SOLVE_EVERY = 16;

/** The lower triangle of the inputs' products, row by row; then products with the value; then coefficients. */
const TARGET = INPUTS * INPUTS;
const COEFFICIENTS = TARGET + INPUTS;

const triangle = new Float64Array(INPUTS * INPUTS);
const half = new Float64Array(INPUTS);

export function predict(block: Float64Array, at: number, inputs: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < INPUTS; j++) sum += block[at + COEFFICIENTS + j]! * inputs[j]!;
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
  memory: { forgetting: number; count: number },
): void {
  const { forgetting, count } = memory;
  for (let i = 0; i < INPUTS; i++) {
    const row = at + i * INPUTS;
    for (let j = 0; j <= i; j++) block[row + j] = forgetting * block[row + j]! + inputs[i]! * inputs[j]!;
    block[at + TARGET + i] = forgetting * block[at + TARGET + i]! + inputs[i]! * value;
  }
  if (count < EAGER_UNTIL || count % SOLVE_EVERY === 0) solve(block, at);
}

/** Cholesky. Where rounding leaves nothing to take a root of, the coefficients stay as they are. */
function solve(block: Float64Array, at: number): void {
  let trace = 0;
  for (let i = 1; i < INPUTS; i++) trace += block[at + i * INPUTS + i]!;
  const ridge = (RIDGE * trace) / (INPUTS - 1) + Number.MIN_VALUE;
  for (let i = 0; i < INPUTS; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = block[at + i * INPUTS + j]!;
      if (i === j) sum += i === 0 ? 1 : ridge;
      for (let k = 0; k < j; k++) sum -= triangle[i * INPUTS + k]! * triangle[j * INPUTS + k]!;
      if (i !== j) triangle[i * INPUTS + j] = sum / triangle[j * INPUTS + j]!;
      else if (sum > 0) triangle[i * INPUTS + i] = Math.sqrt(sum);
      else return;
    }
  }
  for (let i = 0; i < INPUTS; i++) {
    let sum = block[at + TARGET + i]!;
    for (let k = 0; k < i; k++) sum -= triangle[i * INPUTS + k]! * half[k]!;
    half[i] = sum / triangle[i * INPUTS + i]!;
  }
  for (let i = INPUTS - 1; i >= 0; i--) {
    let sum = half[i]!;
    for (let k = i + 1; k < INPUTS; k++) sum -= triangle[k * INPUTS + i]! * block[at + COEFFICIENTS + k]!;
    block[at + COEFFICIENTS + i] = sum / triangle[i * INPUTS + i]!;
  }
}
