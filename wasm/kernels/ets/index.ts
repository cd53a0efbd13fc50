// Exponential smoothing by maximum likelihood: the functions a host may call. Memory, units and status codes: README.md.
import { column, isFull } from "../arima/arena";
import { at, put } from "../arima/columns";
import * as admissible from "./admissible";
import * as decomposition from "./decomposition";
import * as expectation from "./expectation";
import * as filter from "./filter";
import * as linearised from "./linearised";
import * as search from "./search";
import * as shape from "./shape";
import * as starts from "./starts";
import {
  BAD_LENGTH, BAD_ORDER, MAX_OBSERVATIONS, MAX_SEASON, NOT_FINITE, NOT_POSITIVE, OK, OUT_OF_MEMORY, SINGULAR,
} from "./status";
import * as work from "./work";

export { allocate, reset } from "../arima/arena";

/** What is searched: all, the first states alone, nothing. */
const SEARCH: i32 = 0;
const STATES: i32 = 1;
const NOTHING: i32 = 2;
/** Newton steps for the states: of a linear model with additive errors one is enough. */
const STATE_ITERATIONS: i32 = 3;

/** Where the numbers of a fit stand in its summary. */
const LOG_LIKELIHOOD: i32 = 0;
/** Root of the mean square error: in the units of the series, or relative. */
const SIGMA: i32 = 1;
const WORK: i32 = 2;
const CONVERGED: i32 = 3;
const SPENT: i32 = 4;

/** The series is worked on in units of its own spread around its own centre; for relative errors, of its mean. */
let centre: f64 = 0;
let scale: f64 = 1;

/**
 * Estimates a model of `y` (n values) and evaluates it. `smoothing`: alpha, beta, gamma, phi; `first` and `last`: level,
 * trend and m seasons (the season of the next value first), before the first value and after the last. Unless all is
 * searched, `smoothing` is read as well; `first` too where nothing is. `isExpecting`: see expectation.ts.
 */
export function fit(
  y: usize, n: i32, error: i32, trend: i32, damped: i32, seasonal: i32, m: i32, mode: i32, isExpecting: i32,
  stretches: i32, maxWork: f64, smoothing: usize, first: usize, last: usize, fitted: usize, summary: usize,
): i32 {
  if (n < 3 || n > MAX_OBSERVATIONS) return BAD_LENGTH;
  if (m > MAX_SEASON || !shape.setShape(error, trend, damped, seasonal, m)) return BAD_ORDER;
  if (mode != NOTHING && (n <= shape.period || n < shape.unknowns)) return BAD_LENGTH;
  const series = column(n);
  filter.prepare(series, n);
  admissible.prepare();
  decomposition.prepare();
  linearised.prepare();
  search.prepare();
  starts.prepare();
  expectation.prepare();
  const x = column(shape.unknowns);
  if (isFull()) return OUT_OF_MEMORY;
  const status = standardise(y, n, series);
  if (status != OK) return status;
  work.allow(maxWork);
  if (mode != SEARCH) shape.putSmoothing(x, smoothing);
  if (mode == NOTHING) {
    putStates(x, first);
    starts.settle(x, 0, 0);
  } else {
    decomposition.putFirstStates(x);
    if (isExpecting != 0) expectation.expect(x);
    if (mode == SEARCH) starts.solve(x, stretches);
    else starts.settle(x, STATE_ITERATIONS, shape.bounded);
  }
  if (!isFinite(starts.bestValue)) return SINGULAR;
  close(starts.best, n, smoothing, first, last, fitted, summary);
  return OK;
}

function standardise(y: usize, n: i32, series: usize): i32 {
  let largest = 0.0;
  let smallest = Infinity;
  for (let t = 0; t < n; t++) {
    if (!isFinite(at(y, t))) return NOT_FINITE;
    largest = max(largest, abs(at(y, t)));
    smallest = min(smallest, at(y, t));
  }
  // Sums of values near the ends of the range of a double would leave it: they are taken relative to the largest.
  if (!(largest > 1e-290)) largest = 1.0;
  let mean = 0.0;
  for (let t = 0; t < n; t++) mean += at(y, t) / largest;
  mean /= n;
  if (shape.hasRelativeError) {
    if (!(smallest > 0.0)) return NOT_POSITIVE;
    centre = 0.0;
    scale = mean * largest;
    for (let t = 0; t < n; t++) put(series, t, at(y, t) / largest / mean);
    return OK;
  }
  let squares = 0.0;
  for (let t = 0; t < n; t++) {
    const deviation = at(y, t) / largest - mean;
    squares += deviation * deviation;
  }
  const spread = Math.sqrt(squares / n);
  // What is left of a constant after rounding is no variation.
  const unit = spread > 1e-14 ? spread : 1.0;
  centre = mean * largest;
  scale = unit * largest;
  for (let t = 0; t < n; t++) put(series, t, spread > 1e-14 ? (at(y, t) / largest - mean) / unit : 0.0);
  return OK;
}

/** Given states, in the units of the series, into the unknowns. */
function putStates(x: usize, first: usize): void {
  put(x, shape.levelAt, (at(first, 0) - centre) / scale);
  if (shape.trendAt >= 0) put(x, shape.trendAt, at(first, 1) / scale);
  if (shape.season == shape.NONE) return;
  const unit = shape.season == shape.MULTIPLICATIVE ? 1.0 : scale;
  for (let i = 0; i < shape.period; i++) {
    put(filter.givenSeasons, i, at(first, 2 + i) / unit);
    if (i > 0 && shape.seasonsAt >= 0) put(x, shape.seasonsAt + i - 1, at(first, 2 + i) / unit);
  }
}

/** The last run of the filter, whose numbers go out in the units of the series. */
function close(x: usize, n: i32, smoothing: usize, first: usize, last: usize, fitted: usize, summary: usize): void {
  // The likelihood that is told is nothing but that.
  expectation.forget();
  filter.start(x);
  giveStates(first, 0);
  const value = filter.run(x, fitted);
  giveStates(last, n % shape.period);
  put(smoothing, 0, shape.alpha);
  put(smoothing, 1, shape.beta);
  put(smoothing, 2, shape.gamma);
  put(smoothing, 3, shape.phi);
  for (let t = 0; t < n; t++) put(fitted, t, at(fitted, t) * scale + centre);
  // Both kinds of errors give n log(scale): through the sum of squares, or through the predictions they are relative to.
  put(summary, LOG_LIKELIHOOD, -0.5 * value - <f64>n * Math.log(scale));
  put(summary, SIGMA, Math.sqrt(filter.sumSquares / n) * (shape.hasRelativeError ? 1.0 : scale));
  put(summary, WORK, work.spent);
  put(summary, CONVERGED, starts.bestConverged ? 1.0 : 0.0);
  put(summary, SPENT, work.isSpent() ? 1.0 : 0.0);
}

function giveStates(states: usize, place: i32): void {
  put(states, 0, filter.level * scale + centre);
  put(states, 1, filter.trend * scale);
  const unit = shape.season == shape.MULTIPLICATIVE ? 1.0 : scale;
  for (let i = 0; i < shape.period; i++) {
    const value = shape.season == shape.NONE ? 0.0 : at(filter.seasons, (place + i) % shape.period) * unit;
    put(states, 2 + i, value);
  }
}
