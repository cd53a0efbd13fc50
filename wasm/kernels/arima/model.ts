// ARIMA in the notation of Box and Jenkins with plus signs in the moving average:
//   phi(B) PHI(B^m) (w_t - mean) = theta(B) THETA(B^m) e_t
//   phi(B) = 1 - phi_1 B - ...,   theta(B) = 1 + theta_1 B + ...
// The products are expanded to one polynomial each. One model at a time: the instance is single threaded.
import { column } from "./arena";
import { at, clear, copy, put } from "./columns";
import { MAX_STATE } from "./status";

// Orders of the factors.
export let p: i32 = 0;
export let q: i32 = 0;
export let seasonalP: i32 = 0;
export let seasonalQ: i32 = 0;
export let season: i32 = 0;
/** Orders of the expanded polynomials, the length of the state and the number of ARMA coefficients. */
export let arOrder: i32 = 0;
export let maOrder: i32 = 0;
export let stateLength: i32 = 0;
export let coefficientCount: i32 = 0;

/** The factors' coefficients in the order ar, ma, seasonal ar, seasonal ma: what the ABI calls coefficients. */
export let coefficients: usize = 0;
/** Expanded: `ar[k - 1]` belongs to lag k; zero from arOrder to the state's length and beyond. */
export let ar: usize = 0;
export let ma: usize = 0;
/** The lags that are not structurally zero, and their number: (0,1,1)(0,1,1)12 has 3 of 13. */
export let arLags: usize = 0;
export let maLags: usize = 0;
export let arLagCount: i32 = 0;
export let maLagCount: i32 = 0;

let work: usize = 0;

/** Vectors of the state are read two at a time and one ahead. */
export const PADDING: i32 = 4;

/** False where the orders are negative or too large. Allocates: call it once after a reset. */
export function shape(p_: i32, q_: i32, seasonalP_: i32, seasonalQ_: i32, season_: i32): bool {
  if (p_ < 0 || q_ < 0 || seasonalP_ < 0 || seasonalQ_ < 0 || season_ < 0) return false;
  if (max(max(p_, q_), max(seasonalP_, max(seasonalQ_, season_))) > MAX_STATE) return false;
  if (seasonalP_ + seasonalQ_ > 0 && season_ < 2) return false;
  const longest = max(p_ + seasonalP_ * season_, q_ + seasonalQ_ * season_ + 1);
  if (longest > MAX_STATE) return false;
  p = p_;
  q = q_;
  seasonalP = seasonalP_;
  seasonalQ = seasonalQ_;
  season = season_;
  arOrder = p + seasonalP * season;
  maOrder = q + seasonalQ * season;
  stateLength = max(max(arOrder, maOrder + 1), 1);
  coefficientCount = p + q + seasonalP + seasonalQ;
  coefficients = column(coefficientCount + 1);
  ar = column(stateLength + PADDING);
  ma = column(stateLength + PADDING);
  arLags = column(stateLength);
  maLags = column(stateLength);
  work = column(stateLength);
  return true;
}

/**
 * Coefficients of a stationary (invertible) factor from any real numbers: tanh makes them partial autocorrelations,
 * the Durbin-Levinson recursion their polynomial (Jones 1980, "Maximum likelihood fitting of ARMA models").
 * Beyond 10 tanh is 1 to nine digits and the likelihood is flat: there is nothing to find.
 */
function constrain(raw: usize, count: i32, sign: f64, out: usize): void {
  for (let k = 0; k < count; k++) {
    const partial = Math.tanh(min(max(at(raw, k), -10.0), 10.0));
    copy(work, out, k);
    for (let j = 0; j < k; j++) put(out, j, at(work, j) - partial * at(work, k - 1 - j));
    put(out, k, partial);
  }
  for (let k = 0; k < count; k++) put(out, k, sign * at(out, k));
}

/** Sets the coefficients from unconstrained numbers, one each. */
export function setUnconstrained(raw: usize): void {
  let from: usize = 0;
  constrain(raw, p, 1.0, coefficients);
  from += <usize>p << 3;
  constrain(raw + from, q, -1.0, coefficients + from);
  from += <usize>q << 3;
  constrain(raw + from, seasonalP, 1.0, coefficients + from);
  from += <usize>seasonalP << 3;
  constrain(raw + from, seasonalQ, -1.0, coefficients + from);
  expandAll();
}

export function setCoefficients(given: usize): void {
  copy(coefficients, given, coefficientCount);
  expandAll();
}

function expandAll(): void {
  const seasonalArFrom = p + q;
  const seasonalMaFrom = seasonalArFrom + seasonalP;
  expand(0, p, seasonalArFrom, seasonalP, -1.0, ar, arOrder);
  expand(p, q, seasonalMaFrom, seasonalQ, 1.0, ma, maOrder);
  arLagCount = listLags(p, seasonalP, arLags);
  maLagCount = listLags(q, seasonalQ, maLags);
}

/** The product of a factor and its seasonal factor; `crossSign` is the sign of a product of two coefficients. */
function expand(from: i32, count: i32, seasonalFrom: i32, seasonalCount: i32, crossSign: f64, out: usize, order: i32): void {
  clear(out, order);
  for (let i = 0; i < count; i++) put(out, i, at(coefficients, from + i));
  for (let s = 1; s <= seasonalCount; s++) {
    const seasonal = at(coefficients, seasonalFrom + s - 1);
    const lag = s * season;
    put(out, lag - 1, at(out, lag - 1) + seasonal);
    for (let i = 1; i <= count; i++) {
      const cross = lag + i - 1;
      put(out, cross, at(out, cross) + crossSign * seasonal * at(coefficients, from + i - 1));
    }
  }
}

/** Marks and lists the lags a product can have. A season shorter than the factor makes lags meet: list each once. */
function listLags(count: i32, seasonalCount: i32, lags: usize): i32 {
  const order = count + seasonalCount * season;
  let listed = 0;
  for (let lag = 1; lag <= order; lag++) {
    const isOwn = season == 0 || seasonalCount == 0 ? lag <= count : lag % season <= count || lag <= count;
    const isCross = seasonalCount > 0 && lag >= season && (lag % season <= count || count >= season);
    if (!isOwn && !isCross) continue;
    store<i32>(lags + (<usize>listed << 2), lag);
    listed++;
  }
  return listed;
}

// @ts-ignore: decorator
@inline
export function lagAt(lags: usize, i: i32): i32 {
  return load<i32>(lags + (<usize>i << 2));
}

/** Weight of the innovation of `j` steps ago: 1, then the moving average. */
// @ts-ignore: decorator
@inline
export function theta(j: i32): f64 {
  return j == 0 ? 1.0 : at(ma, j - 1);
}
