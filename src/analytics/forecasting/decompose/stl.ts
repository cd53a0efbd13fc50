import { type Loess, Smoother, type Strided } from "./loess";

/** value = trend + seasonal + remainder, each as long as the series. */
export interface Decomposition {
  trend: Float64Array;
  seasonal: Float64Array;
  remainder: Float64Array;
}

export interface StlOptions {
  /** Cycles that a season's value is smoothed over; "periodic": all, so that every cycle is the same. */
  seasonalWindow: number | "periodic";
  seasonalDegree?: 0 | 1;
  /** Steps; by default the smallest that keeps the trend from competing with the season (section 3.4 of the paper). */
  trendWindow?: number;
  trendDegree?: 0 | 1;
  /** Weighs outliers down (bisquare), in fifteen rounds of one pass instead of one round of two. */
  robust?: boolean;
}

/** What the options come to. */
interface Plan {
  period: number;
  seasonal: Loess;
  trend: Loess;
  lowPass: Loess;
  passes: number;
  /** Each but the first with weights from the remainder of the one before. */
  rounds: number;
}

/**
 * STL, "A Seasonal-Trend Decomposition Procedure Based on Loess" (Cleveland, Cleveland, McRae and Terpenning 1990),
 * with the defaults of R's `stl`. Null where there are not more than two cycles of at least two steps.
 */
export function stl(values: Float64Array, period: number, options: StlOptions): Decomposition | null {
  const n = values.length;
  if (!Number.isInteger(period) || period < 2 || n <= 2 * period) return null;
  const plan = planned(n, period, options);
  const work = new Workspace(n, period);
  let weights: Float64Array | null = null;
  for (let round = 0; round < plan.rounds; round++) {
    for (let pass = 0; pass < plan.passes; pass++) work.pass(values, plan, weights);
    if (round + 1 < plan.rounds) weights = bisquareWeights(values, work);
  }
  if (options.seasonalWindow === "periodic") averageCycles(work.seasonal, period);
  const remainder = values.map((value, t) => value - work.seasonal[t]! - work.trend[t]!);
  return { trend: work.trend, seasonal: work.seasonal, remainder };
}

function planned(n: number, period: number, options: StlOptions): Plan {
  const isPeriodic = options.seasonalWindow === "periodic";
  const seasonalWindow = options.seasonalWindow === "periodic" ? 10 * n + 1 : options.seasonalWindow;
  const trendWindow = options.trendWindow ?? nextOdd(Math.ceil((1.5 * period) / (1 - 1.5 / seasonalWindow)));
  const trendDegree = options.trendDegree ?? 1;
  const loess = (window: number, degree: 0 | 1): Loess => ({
    window: nextOdd(Math.max(3, window)),
    degree,
    jump: Math.ceil(window / 10),
  });
  return {
    period,
    seasonal: loess(seasonalWindow, isPeriodic ? 0 : (options.seasonalDegree ?? 0)),
    trend: loess(trendWindow, trendDegree),
    lowPass: loess(nextOdd(period), trendDegree),
    passes: options.robust ? 1 : 2,
    rounds: options.robust ? 16 : 1,
  };
}

const nextOdd = (window: number): number => Math.round(window) + (Math.round(window) % 2 === 0 ? 1 : 0);

const whole = (column: Float64Array, length = column.length): Strided => ({
  column,
  start: 0,
  stride: 1,
  length,
});

/** Columns that the passes write to; trend and seasonal are the result so far. */
class Workspace {
  readonly trend: Float64Array;
  readonly seasonal: Float64Array;
  readonly #smoother: Smoother;
  readonly #rest: Float64Array;
  /** A cycle longer at either end, which the moving averages use up. */
  readonly #cycles: Float64Array;
  readonly #averaged: Float64Array;
  readonly #level: Float64Array;

  constructor(
    readonly n: number,
    readonly period: number,
  ) {
    this.trend = new Float64Array(n);
    this.seasonal = new Float64Array(n);
    this.#smoother = new Smoother(n + 2);
    this.#rest = new Float64Array(n);
    this.#cycles = new Float64Array(n + 2 * period);
    this.#averaged = new Float64Array(n + 2 * period);
    this.#level = new Float64Array(n);
  }

  /** One pass of the inner loop (section 2.2): the season of what the trend leaves, then the trend of what that leaves. */
  pass(values: Float64Array, plan: Plan, weights: Float64Array | null): void {
    const { n, period } = this;
    const rest = this.#rest;
    for (let t = 0; t < n; t++) rest[t] = values[t]! - this.trend[t]!;
    for (let phase = 0; phase < period; phase++) this.#smoothCycles(phase, plan.seasonal, weights);
    movingAverage(this.#cycles, n + 2 * period, period, this.#averaged);
    movingAverage(this.#averaged, n + period + 1, period, this.#averaged);
    movingAverage(this.#averaged, n + 2, 3, this.#averaged);
    this.#smoother.smooth(whole(this.#averaged, n), plan.lowPass, null, whole(this.#level));
    for (let t = 0; t < n; t++) {
      this.seasonal[t] = this.#cycles[period + t]! - this.#level[t]!;
      rest[t] = values[t]! - this.seasonal[t]!;
    }
    this.#smoother.smooth(whole(rest), plan.trend, weights && whole(weights), whole(this.trend));
  }

  /** The values of one phase of the season, cycle after cycle, and one cycle beyond either end. */
  #smoothCycles(phase: number, loess: Loess, weights: Float64Array | null): void {
    const stride = this.period;
    const length = Math.floor((this.n - 1 - phase) / stride) + 1;
    const rest = { column: this.#rest, start: phase, stride, length };
    const robustness = weights && { column: weights, start: phase, stride, length };
    const cycles = this.#cycles;
    const { window, degree } = loess;
    this.#smoother.smooth(rest, loess, robustness, { column: cycles, start: phase + stride, stride, length });
    const first = { left: 0, right: Math.min(window, length) - 1 };
    const last = { left: Math.max(0, length - window), right: length - 1 };
    const end = phase + (length + 1) * stride;
    cycles[phase] = this.#smoother.at(rest, window, degree, -1, first, robustness) ?? cycles[phase + stride]!;
    cycles[end] = this.#smoother.at(rest, window, degree, length, last, robustness) ?? cycles[end - stride]!;
  }
}

/** Means of `window` neighbours, `window - 1` values shorter; `out` may be `values`, which is read ahead of it. */
function movingAverage(values: Float64Array, length: number, window: number, out: Float64Array): void {
  let sum = 0;
  for (let t = 0; t < window; t++) sum += values[t]!;
  for (let t = 0; t + window < length; t++) {
    const leaving = values[t]!;
    out[t] = sum / window;
    sum += values[t + window]! - leaving;
  }
  out[length - window] = sum / window;
}

/** Weights by the size of the remainder against six times its median (section 2.3). */
function bisquareWeights(values: Float64Array, { trend, seasonal }: Workspace): Float64Array {
  const sizes = values.map((value, t) => Math.abs(value - trend[t]! - seasonal[t]!));
  const sorted = sizes.toSorted();
  const middle = Math.floor(sizes.length / 2);
  const reach = 3 * (sorted[middle]! + sorted[sizes.length - 1 - middle]!);
  return sizes.map((size) => {
    if (size <= 0.001 * reach) return 1;
    return size <= 0.999 * reach ? (1 - (size / reach) ** 2) ** 2 : 0;
  });
}

function averageCycles(seasonal: Float64Array, period: number): void {
  for (let phase = 0; phase < period; phase++) {
    let sum = 0;
    let count = 0;
    for (let t = phase; t < seasonal.length; t += period) {
      sum += seasonal[t]!;
      count++;
    }
    for (let t = phase; t < seasonal.length; t += period) seasonal[t] = sum / count;
  }
}
