// The recursion with the derivatives of its states by every unknown, from which the normal equations are summed.
import { column } from "../arima/arena";
import { at, clear, offset, put } from "../arima/columns";
import * as expectation from "./expectation";
import * as normal from "./normal";
import { gradient, width } from "./normal";
import {
  alpha, beta, betaAt, betaShare, gamma, gammaAt, gammaShare, hasRelativeError, LEAST, levelAt, MULTIPLICATIVE, NONE, period,
  phi, phiAt, season, seasonsAt, trendAt,
} from "./shape";
import {
  addScale, close as finish, length, level, objective, openSums, seasons, series, start, sumSquares, trend,
} from "./filter";

let levelSlope: usize = 0;
/** Of phi b, not of b. */
let trendSlope: usize = 0;
let seasonSlopes: usize = 0;

export function prepare(): void {
  normal.prepare();
  levelSlope = column(width);
  trendSlope = column(width);
  seasonSlopes = column(width * period);
}

/** The value of `run`, and the normal equations at the unknowns. */
export function linearise(x: usize): f64 {
  if (!start(x)) return Infinity;
  open();
  const isFine = filter();
  if (!isFine) return Infinity;
  normal.close(length, sumSquares);
  expectation.addTo(x, normal.matrix, gradient, width, sumSquares / <f64>length);
  return objective(x);
}

function open(): void {
  normal.open();
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
    const row = normal.nextRow();
    const slopes = offset(seasonSlopes, place * width);
    if (isProduct) {
      const bySeason = y / (s * s);
      const byLevel = y / (q * q);
      step(row, slopes, s * inverse, q * inverse, 1.0 - alpha, -alpha * bySeason, -beta, -beta * bySeason, 1.0 - gamma, -gamma * byLevel);
    } else {
      const isSeasonal = season == NONE ? 0.0 : 1.0;
      step(row, slopes, inverse, inverse * isSeasonal, 1.0 - alpha, -alpha, -beta, -beta, 1.0 - gamma, -gamma * isSeasonal);
    }
    normal.take(row, r, c);
    l = q + alpha * levelError;
    b = damped + beta * levelError;
    put(seasons, place, s + gamma * seasonError);
    direct(slopes, levelError, seasonError, b);
    place = place + 1 == period ? 0 : place + 1;
  }
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
