// Penalised logistic regression of whether readings were right, on what speaks against each of them.

/** A right answer counts as a little less: data of the world err in ways that nobody thought of when these were written. */
const RIGHT = 0.97;
/** Towards no say at all: a penalty of half this times the square of each coefficient. */
const RIDGE = 1;

const sigmoid = (odds) => 1 / (1 + Math.exp(-odds));

/**
 * Coefficients `{base, ...}` of `odds = base - sum(coefficient * doubt)`. What would speak for an answer though it is a
 * doubt is left out, one at a time, until none does. `samples`: `{doubts, right, weight}`.
 */
export function fitOdds(samples) {
  let names = Object.keys(samples[0].doubts);
  for (;;) {
    const [base, ...slopes] = newton(
      samples.map(({ doubts }) => [1, ...names.map((name) => -doubts[name])]),
      samples.map(({ right }) => (right ? RIGHT : 0)),
      samples.map(({ weight = 1 }) => weight),
    );
    const least = Math.min(...slopes);
    if (least >= 0) {
      const fitted = Object.fromEntries(names.map((name, i) => [name, slopes[i]]));
      return {
        base,
        ...Object.fromEntries(Object.keys(samples[0].doubts).map((name) => [name, fitted[name] ?? 0])),
      };
    }
    names = names.filter((_, i) => slopes[i] !== least);
  }
}

/** The probability that coefficients give to doubts. */
export const probabilityOf = ({ base, ...slopes }, doubts) =>
  sigmoid(base - Object.entries(slopes).reduce((sum, [name, slope]) => sum + slope * doubts[name], 0));

/** Newton's method, with the first column, the intercept, unpenalised. */
function newton(rows, targets, weights) {
  const size = rows[0].length;
  const solution = Array(size).fill(0);
  for (let step = 0; step < 50; step++) {
    const gradient = solution.map((value, i) => (i === 0 ? 0 : -RIDGE * value));
    const hessian = Array.from({ length: size }, (_, i) =>
      Array.from({ length: size }, (_, j) => (i === j ? (i === 0 ? 1e-9 : RIDGE) : 0)),
    );
    rows.forEach((row, k) => {
      const p = sigmoid(row.reduce((sum, value, i) => sum + value * solution[i], 0));
      for (let i = 0; i < size; i++) {
        gradient[i] += weights[k] * (targets[k] - p) * row[i];
        for (let j = 0; j < size; j++) hessian[i][j] += weights[k] * p * (1 - p) * row[i] * row[j];
      }
    });
    const change = solve(hessian, gradient);
    const length = Math.hypot(...change);
    // Far steps overshoot where answers are nearly all right.
    const scale = Math.min(1, 2 / length);
    change.forEach((value, i) => {
      solution[i] += scale * value;
    });
    if (length < 1e-9) break;
  }
  return solution;
}

/** Gaussian elimination with partial pivoting. */
function solve(matrix, right) {
  const rows = matrix.map((row, i) => [...row, right[i]]);
  const size = rows.length;
  for (let i = 0; i < size; i++) {
    const best = rows
      .slice(i)
      .reduce((top, row, k) => (Math.abs(row[i]) > Math.abs(rows[top][i]) ? i + k : top), i);
    [rows[i], rows[best]] = [rows[best], rows[i]];
    for (let k = i + 1; k < size; k++) {
      const factor = rows[k][i] / rows[i][i];
      for (let j = i; j <= size; j++) rows[k][j] -= factor * rows[i][j];
    }
  }
  const out = Array(size).fill(0);
  for (let i = size - 1; i >= 0; i--)
    out[i] =
      (rows[i][size] -
        rows[i].slice(i + 1, size).reduce((sum, value, k) => sum + value * out[i + 1 + k], 0)) /
      rows[i][i];
  return out;
}
