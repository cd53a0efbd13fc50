// The recursion with the derivatives of its states by every unknown, and the normal equations of a Gauss-Newton step.
//
// -2 log L is n log of a sum of squares of rho_t = r_t G, G the geometric mean of the predictions for relative errors
// and 1 for additive ones. With g_t = f'_t / f_t (or f'_t), c_t = 1 + r_t (or 1) and u = (sum g_t) / n (or 0):
//   rho'_t / G = -c_t g_t + r_t u
// so one pass that sums (c g)(c g)', r c g and g is enough for both.
import { column } from "../arima/arena";
import * as expectation from "./expectation";
import { at, clear, offset, put } from "../arima/columns";
import {
  alpha, beta, betaAt, betaShare, gamma, gammaAt, gammaShare, hasRelativeError, LEAST, levelAt, MULTIPLICATIVE, NONE, period,
  phi, phiAt, season, seasonsAt, trendAt, unknowns,
} from "./shape";
import {
  addScale, close as finish, length, level, objective, openSums, seasons, series, start, sumSquares, trend,
} from "./filter";

/** Rows added to the normal matrix at once: the matrix is then read and written a quarter as often. */
const ROWS: i32 = 4;

/** Unknowns rounded up to a whole number of vectors. */
export let width: i32 = 2;
/** width x width; the upper triangle while it is summed, all of it afterwards. */
export let normal: usize = 0;
/** Half the gradient of the sum of squares. */
export let gradient: usize = 0;

let levelSlope: usize = 0;
/** Of phi b, not of b. */
let trendSlope: usize = 0;
let seasonSlopes: usize = 0;
let rows: usize = 0;
let relativeSum: usize = 0;

export function prepare(): void {
  width = (unknowns + 1) & ~1;
  normal = column(width * width);
  gradient = column(width);
  levelSlope = column(width);
  trendSlope = column(width);
  seasonSlopes = column(width * period);
  rows = column(width * ROWS);
  relativeSum = column(width);
}

/** The value of `run`, and `normal` and `gradient` at the unknowns. */
export function linearise(x: usize): f64 {
  if (!start(x)) return Infinity;
  open();
  const isFine = filter();
  if (!isFine) return Infinity;
  close();
  expectation.addTo(x, normal, gradient, width, sumSquares / <f64>length);
  return objective(x);
}

function open(): void {
  clear(normal, width * width);
  clear(gradient, width);
  clear(relativeSum, width);
  clear(levelSlope, width);
  clear(trendSlope, width);
  clear(seasonSlopes, width * period);
  put(levelSlope, levelAt, 1.0);
  if (trendAt >= 0) put(trendSlope, trendAt, phi);
  if (phiAt >= 0) put(trendSlope, phiAt, trend);
  if (seasonsAt < 0) return;
  for (let i = 1; i < period; i++) {
    put(seasonSlopes, i * width + seasonsAt + i - 1, 1.0);
    put(seasonSlopes, seasonsAt + i - 1, -1.0);
  }
}

function filter(): bool {
  const isProduct = season == MULTIPLICATIVE;
  let l = level;
  let b = trend;
  let squares = 0.0;
  let place = 0;
  let filled = 0;
  openSums();
  for (let t = 0; t < length; t++) {
    const y = at(series, t);
    const damped = phi * b;
    const q = l + damped;
    const s = at(seasons, place);
    const f = isProduct ? q * s : q + s;
    if (hasRelativeError && !(f > 1e-12 && q > (isProduct ? 1e-12 : -Infinity))) return false;
    const e = y - f;
    const inverse = hasRelativeError ? 1.0 / f : 1.0;
    const r = e * inverse;
    const c = hasRelativeError ? 1.0 + r : 1.0;
    squares += r * r;
    if (hasRelativeError) addScale(f);
    // What the level and the season see of the error.
    const levelError = isProduct ? e / s : e;
    const seasonError = season == NONE ? 0.0 : isProduct ? e / q : e;
    const row = offset(rows, filled * width);
    const slopes = offset(seasonSlopes, place * width);
    if (isProduct) {
      const bySeason = y / (s * s);
      const byLevel = y / (q * q);
      step(row, slopes, s * inverse, q * inverse, 1.0 - alpha, -alpha * bySeason, -beta, -beta * bySeason, 1.0 - gamma, -gamma * byLevel);
    } else {
      const isSeasonal = season == NONE ? 0.0 : 1.0;
      step(row, slopes, inverse, inverse * isSeasonal, 1.0 - alpha, -alpha, -beta, -beta, 1.0 - gamma, -gamma * isSeasonal);
    }
    weigh(row, r, c);
    l = q + alpha * levelError;
    b = damped + beta * levelError;
    put(seasons, place, s + gamma * seasonError);
    direct(slopes, levelError, seasonError, b);
    place = place + 1 == period ? 0 : place + 1;
    if (++filled == ROWS) {
      accumulate();
      filled = 0;
    }
  }
  for (; filled > 0 && filled < ROWS; filled++) clear(offset(rows, filled * width), width);
  if (filled > 0) accumulate();
  finish(squares, l, b);
  return true;
}

/** Carries the derivatives of the states over one value; `row` gets those of the prediction, over the scale of errors. */
// @ts-ignore: decorator
@inline
function step(
  row: usize, slopes: usize, fByQ: f64, fByS: f64, lByQ: f64, lByS: f64, bByQ: f64, bByS: f64, sByS: f64, sByQ: f64,
): void {
  const vfq = f64x2.splat(fByQ);
  const vfs = f64x2.splat(fByS);
  const vlq = f64x2.splat(lByQ);
  const vls = f64x2.splat(lByS);
  const vbq = f64x2.splat(bByQ);
  const vbs = f64x2.splat(bByS);
  const vss = f64x2.splat(sByS);
  const vsq = f64x2.splat(sByQ);
  const vphi = f64x2.splat(phi);
  const bytes = <usize>width << 3;
  for (let i: usize = 0; i < bytes; i += 16) {
    const db = v128.load(trendSlope + i);
    const ds = v128.load(slopes + i);
    const dq = f64x2.add(v128.load(levelSlope + i), db);
    v128.store(row + i, f64x2.add(f64x2.mul(vfq, dq), f64x2.mul(vfs, ds)));
    v128.store(levelSlope + i, f64x2.add(f64x2.mul(vlq, dq), f64x2.mul(vls, ds)));
    const next = f64x2.add(db, f64x2.add(f64x2.mul(vbq, dq), f64x2.mul(vbs, ds)));
    v128.store(trendSlope + i, f64x2.mul(vphi, next));
    v128.store(slopes + i, f64x2.add(f64x2.mul(vss, ds), f64x2.mul(vsq, dq)));
  }
}

/** What the smoothing parameters themselves change: alpha moves beta and gamma, which are shares of it. */
// @ts-ignore: decorator
@inline
function direct(slopes: usize, levelError: f64, seasonError: f64, b: f64): void {
  put(levelSlope, 0, at(levelSlope, 0) + levelError);
  if (betaAt >= 0) {
    put(trendSlope, 0, at(trendSlope, 0) + phi * betaShare * levelError);
    put(trendSlope, betaAt, at(trendSlope, betaAt) + phi * (alpha - LEAST) * levelError);
  }
  if (gammaAt >= 0) {
    put(slopes, 0, at(slopes, 0) - gammaShare * seasonError);
    put(slopes, gammaAt, at(slopes, gammaAt) + (1.0 - alpha - LEAST) * seasonError);
  }
  if (phiAt >= 0) put(trendSlope, phiAt, at(trendSlope, phiAt) + b);
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
    const line = normal + <usize>i * bytes;
    for (let j: usize = at8 & ~15; j < bytes; j += 16) {
      const first = f64x2.add(f64x2.mul(a, v128.load(rows + j)), f64x2.mul(b, v128.load(second + j)));
      const last = f64x2.add(f64x2.mul(c, v128.load(third + j)), f64x2.mul(d, v128.load(fourth + j)));
      v128.store(line + j, f64x2.add(v128.load(line + j), f64x2.add(first, last)));
    }
  }
}

/** The share of the geometric mean, and the lower triangle. */
function close(): void {
  if (hasRelativeError) {
    // With v = sum r c g, which stands in the gradient with a minus sign.
    for (let i = 0; i < width; i++) put(relativeSum, i, at(relativeSum, i) / <f64>length);
    for (let i = 0; i < width; i++) {
      for (let j = i; j < width; j++) {
        const u = at(relativeSum, i);
        const w = at(relativeSum, j);
        const change = at(gradient, i) * w + u * at(gradient, j) + sumSquares * u * w;
        put(normal, i * width + j, at(normal, i * width + j) + change);
      }
    }
    for (let i = 0; i < width; i++) put(gradient, i, at(gradient, i) + sumSquares * at(relativeSum, i));
  }
  for (let i = 0; i < width; i++) for (let j = 0; j < i; j++) put(normal, i * width + j, at(normal, j * width + i));
}
