// Whether errors of long ago are forgotten: all eigenvalues of the updating matrix lie inside the unit circle
// (Hyndman, Akram and Archibald 2008, "The admissible parameter space for exponential smoothing models"). Within the
// usual bounds only models with a season can fail.
import { column } from "../arima/arena";
import { at, put } from "../arima/columns";
import { alpha, beta, gamma, hasTrend, NONE, period, phi, season } from "./shape";

let polynomial: usize = 0;
let reversed: usize = 0;

export function prepare(): void {
  polynomial = column(period + 2);
  reversed = column(period + 2);
}

export function isAdmissible(): bool {
  if (season == NONE) return true;
  return hasTrend ? isStable(withTrend()) : isStable(withoutTrend());
}

/** Coefficients from the constant up, of degree m + 1; the leading one is 1. */
function withTrend(): i32 {
  const common = alpha + beta - alpha * phi;
  put(polynomial, 0, phi * (1.0 - alpha - gamma));
  put(polynomial, 1, common + gamma - 1.0);
  for (let i = 2; i < period; i++) put(polynomial, i, common);
  put(polynomial, period, alpha + beta - phi);
  put(polynomial, period + 1, 1.0);
  return period + 1;
}

/** The same without a trend, divided by the factor z - 1 that is then spurious. */
function withoutTrend(): i32 {
  put(polynomial, 0, alpha + gamma - 1.0);
  for (let i = 1; i < period; i++) put(polynomial, i, alpha);
  put(polynomial, period, 1.0);
  return period;
}

/** The test of Schur and Cohn: steps the degree down while the constant stays inside the unit circle. */
function isStable(degree: i32): bool {
  for (let k = degree; k > 0; k--) {
    const reflection = at(polynomial, 0);
    if (!(abs(reflection) < 1.0)) return false;
    const scale = 1.0 / (1.0 - reflection * reflection);
    for (let i = 0; i < k; i++) put(reversed, i, (at(polynomial, i + 1) - reflection * at(polynomial, k - i - 1)) * scale);
    for (let i = 0; i < k; i++) put(polynomial, i, at(reversed, i));
  }
  return true;
}
