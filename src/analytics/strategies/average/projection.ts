import { largest } from "../../forecasting/standardise";

/** A series beside its moving average, in units of its largest value: squares stay in the range of a double. */
export interface Smoothed {
  values: Float64Array;
  /** Known from the index `period - 1` on. */
  averages: Float64Array;
  period: number;
  unit: number;
}

/** What changes over a horizon followed from, as found in the past of a series. */
export interface Projection {
  horizon: number;
  /** Share of the average's slope that the value went on with. */
  slope: number;
  /** Share of its distance to the average that the value went back. */
  gap: number;
  /** Whole horizons that this rests on, older ones for less. */
  horizons: number;
  /** Squared errors of the past, as many as `horizons`. */
  squares: number;
}

/** Where a series stands to its average: the average's last change, the way to it, and the noise of single changes. */
export interface Stand {
  slope: number;
  gap: number;
  /** Mean square. */
  noise: number;
}

/** A change in the units of {@link Smoothed}: normal with this mean and standard error. */
export interface Projected {
  move: number;
  standardError: number;
}

/** Steps after which the past counts for half. */
const HALF_LIFE = 200;
const DECAY = 0.5 ** (1 / HALF_LIFE);
/** Older pairs than these change nothing. */
export const REMEMBERED = 10 * HALF_LIFE;
/** Before anything is known: half of the slope goes on, as the theta method has it, and no way back. */
const PRIOR_SLOPE = 0.5;
/** Horizons that weigh as much as that, and as the spread of single changes. Measured on series of all frequencies. */
const PRIOR_HORIZONS = 5;
const PRIOR_SPREAD_HORIZONS = 2;
/** Both coefficients were estimated. */
const COEFFICIENTS = 2;

export const smoothed = (
  values: Float64Array,
  averages: Float64Array,
  period: number,
  unit = largest(values) || 1,
): Smoothed => ({
  values: values.map((value) => value / unit),
  averages: averages.map((average) => average / unit),
  period,
  unit,
});

/**
 * A local projection (Jordà 2005): the change over the horizon by a regression on the slope of the average, carried on,
 * and on the distance to it. At each of the ascending origins (indices of the newest value that is known) it rests on
 * what had come by then. A ridge draws it to the prior where the past is short.
 */
export function projectionsAt(series: Smoothed, horizon: number, origins: readonly number[]): Projection[] {
  const moments = new Moments(horizon);
  const oldest = (origins[0] ?? 0) - horizon - REMEMBERED;
  let next = Math.max(series.period, oldest);
  return origins.map((origin) => {
    for (; next + horizon <= origin; next++) {
      const change = series.values[next + horizon]! - series.values[next]!;
      moments.add(horizon * slopeAt(series, next), gapAt(series, next), change);
    }
    return moments.projection();
  });
}

export const standAt = (series: Smoothed, at: number): Stand => ({
  slope: slopeAt(series, at),
  gap: gapAt(series, at),
  noise: noiseAt(series, at),
});

/** What a projection says of a stand: its past errors beside the noise of single changes, which the horizon adds up. */
export function project({ slope, gap, noise }: Stand, projection: Projection): Projected {
  const { horizon, horizons, squares } = projection;
  const known = horizons + PRIOR_SPREAD_HORIZONS;
  const variance = ((squares + PRIOR_SPREAD_HORIZONS * horizon * noise) / known) * (1 + COEFFICIENTS / known);
  return {
    move: projection.slope * horizon * slope + projection.gap * gap,
    standardError: Math.sqrt(variance),
  };
}

const slopeAt = ({ averages }: Smoothed, at: number): number => averages[at]! - averages[at - 1]!;
const gapAt = ({ averages, values }: Smoothed, at: number): number => averages[at]! - values[at]!;

/** Mean square of the last period's changes around the slope. */
function noiseAt(series: Smoothed, at: number): number {
  const { values, period } = series;
  const slope = slopeAt(series, at);
  const from = Math.max(1, at - period + 1);
  let squares = 0;
  for (let t = from; t <= at; t++) squares += (values[t]! - values[t - 1]! - slope) ** 2;
  return squares / (at - from + 1);
}

/** Sums of squares and products that forget. Horizons overlap, so so many pairs count as one. */
class Moments {
  private weight = 0;
  private slopes = 0;
  private gaps = 0;
  private cross = 0;
  private withSlope = 0;
  private withGap = 0;
  private rests = 0;

  constructor(private readonly horizon: number) {}

  add(slope: number, gap: number, change: number): void {
    const rest = change - PRIOR_SLOPE * slope;
    this.weight = DECAY * this.weight + 1;
    this.slopes = DECAY * this.slopes + slope * slope;
    this.gaps = DECAY * this.gaps + gap * gap;
    this.cross = DECAY * this.cross + slope * gap;
    this.withSlope = DECAY * this.withSlope + slope * rest;
    this.withGap = DECAY * this.withGap + gap * rest;
    this.rests = DECAY * this.rests + rest * rest;
  }

  projection(): Projection {
    const horizons = this.weight / this.horizon;
    const ridge = horizons > 0 ? 1 + PRIOR_HORIZONS / horizons : 1;
    const [a, b] = [ridge * this.slopes, ridge * this.gaps];
    const determinant = a * b - this.cross * this.cross;
    const isSolvable = determinant > 0;
    const slope = isSolvable
      ? (b * this.withSlope - this.cross * this.withGap) / determinant
      : ratio(this.withSlope, a);
    const gap = isSolvable ? (a * this.withGap - this.cross * this.withSlope) / determinant : 0;
    const explained = 2 * (slope * this.withSlope + gap * this.withGap);
    const fitted = slope * slope * this.slopes + 2 * slope * gap * this.cross + gap * gap * this.gaps;
    const squares = Math.max(0, this.rests - explained + fitted) / this.horizon;
    return { horizon: this.horizon, slope: PRIOR_SLOPE + slope, gap, horizons, squares };
  }
}

/** What learning one takes, in work units: 20 ns a pair. */
export const projectionUnits = (points: number): number => 0.02 * Math.min(points, REMEMBERED);

const ratio = (part: number, whole: number): number => (whole > 0 ? part / whole : 0);
