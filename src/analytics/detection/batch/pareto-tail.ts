/** What the largest of many values follow: a generalised Pareto distribution above a threshold. */
export interface ParetoTail {
  /** Values above it are peaks. */
  threshold: number;
  /** Of the values that are peaks. */
  share: number;
  scale: number;
  shape: number;
}

/** Of the values; the theory holds far out, an estimate wants many. */
const PEAK_SHARE = 0.1;
const FEWEST_PEAKS = 10;
/** Of short series more than the share are taken. */
const WANTED_PEAKS = 20;
/** Of the peaks: only that they are larger is used, for anomalies are among them and must not shape what is normal. */
const CENSORED_SHARE = 0.2;
/** Values are dropped, and the tail fitted again, that not one in ten normal series of the length would hold. */
const DROPPED_FROM = 0.1;
/** Peaks that enter the likelihood: of more, as many of their quantiles. */
const MOST_PEAKS = 400;
/** Shapes looked at: a tail that ends soon would make every anomaly infinitely unlikely. */
const SHAPES = Array.from({ length: 37 }, (_, i) => -0.2 + 0.025 * i);
/** A few hundred values know the shape badly: it is drawn to that of an exponential tail (Coles and Dixon 1999). */
const SHAPE_DEVIATION = 0.15;

/** Where a valley between normal values and anomalies may begin, and how wide it is at least: counts are all a step apart. */
export interface Valley {
  from: number;
  width: number;
}
const ANY: Valley = { from: Number.NEGATIVE_INFINITY, width: 0 };

/** Of the values may be anomalies, where they lie apart from all others. */
const MOST_APART = 0.1;
/**
 * A valley before them: so wide in distances of its lower end from the median; so many of those beyond may lie in it. How
 * many valleys are looked at, innermost first.
 */
const VALLEY = { width: 0.6, within: 0.15, tried: 4 };

/**
 * Peaks over threshold (Pickands 1975; Siffer, Fouque, Termier and Largouet 2017 for anomalies): shape and scale by
 * penalised maximum likelihood, the largest peaks censored. What lies so far apart that the others' tail does not reach
 * it is left out: {@link Valley}. Null where there are too few peaks or they do not vary.
 */
export function fitParetoTail(values: Float64Array, valley: Valley = ANY): ParetoTail | null {
  const sorted = values.toSorted();
  for (const { count, end } of valleys(sorted, valley)) {
    const inner = fitOnce(sorted.subarray(0, count));
    if (inner !== null && end > reachOf(inner, count, sorted.length - count)) return inner;
  }
  const first = fitOnce(sorted);
  if (first === null) return null;
  // Once: a tail without its largest values is shorter, and would drop more of them each time.
  const limit = reachOf(first, sorted.length, 1);
  const normal = sorted.findIndex((value) => value > limit);
  if (normal === -1) return first;
  return fitOnce(sorted.subarray(0, normal)) ?? first;
}

/** So few beyond are no evidence together: each alone must be too far out. */
const FEW = 4;

/** A value that nine in ten series of `count` values do not reach; of many `beyond` it, a tenth of them may. */
const reachOf = (tail: ParetoTail, count: number, beyond: number): number =>
  tailQuantile(
    { ...tail, shape: Math.max(0, tail.shape) },
    (DROPPED_FROM * Math.max(1, beyond - FEW)) / count,
  );

/** How many values lie before each valley among the largest, and where it ends. */
function valleys(sorted: Float64Array, { from, width }: Valley): { count: number; end: number }[] {
  const n = sorted.length;
  const median = sorted[n >> 1] ?? 0;
  const found: { count: number; end: number }[] = [];
  for (let count = Math.ceil((1 - MOST_APART) * n); count < n && found.length < VALLEY.tried; count++) {
    const begin = sorted[count - 1] ?? Number.POSITIVE_INFINITY;
    const end = sorted[count + Math.floor(VALLEY.within * (n - count))]!;
    if (begin >= from && end - begin > Math.max(width, VALLEY.width * (begin - median)))
      found.push({ count, end });
  }
  return found;
}

function fitOnce(sorted: Float64Array): ParetoTail | null {
  const n = sorted.length;
  const wanted = Math.max(Math.ceil(PEAK_SHARE * n), Math.min(WANTED_PEAKS, n >> 1));
  const threshold = sorted[n - 1 - wanted] ?? 0;
  const peaks = sorted.filter((value) => value > threshold);
  if (peaks.length < FEWEST_PEAKS) return null;
  const excesses = thinned(peaks, MOST_PEAKS).map((value) => value - threshold);
  const seen = Math.ceil((1 - CENSORED_SHARE) * excesses.length);
  const unit = excesses[seen - 1]!;
  if (!(unit > 1e-12 * Math.abs(threshold))) return null;
  const inUnits = excesses.map((excess) => excess / unit);
  const weight = peaks.length / excesses.length;
  let best = { objective: Number.POSITIVE_INFINITY, scale: 1, shape: 0 };
  for (const shape of SHAPES) {
    const { scale, objective } = bestScale(inUnits, seen, shape);
    const penalised = weight * objective + 0.5 * (shape / SHAPE_DEVIATION) ** 2;
    if (penalised < best.objective) best = { objective: penalised, scale, shape };
  }
  return { threshold, share: peaks.length / n, scale: best.scale * unit, shape: best.shape };
}

/** Of a value above the threshold: how likely one as large is. */
export function tailProbability(tail: ParetoTail, value: number): number {
  const excess = (value - tail.threshold) / tail.scale;
  if (!(excess > 0)) return tail.share;
  return tail.share * Math.exp(-cumulativeHazard(excess, tail.shape));
}

/** The value that is passed with a probability not above the share of the peaks. */
export function tailQuantile(tail: ParetoTail, probability: number): number {
  const hazard = Math.log(tail.share / Math.min(tail.share, probability));
  const excess = Math.abs(tail.shape) < 1e-9 ? hazard : Math.expm1(tail.shape * hazard) / tail.shape;
  return tail.threshold + tail.scale * excess;
}

/** Minus the logarithm of the probability to be beyond, in units of the scale. */
function cumulativeHazard(excess: number, shape: number): number {
  if (Math.abs(shape) < 1e-9) return excess;
  const inner = 1 + shape * excess;
  return inner > 0 ? Math.log(inner) / shape : Number.POSITIVE_INFINITY;
}

const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** Minus the log-likelihood at the best scale, by golden section in its logarithm. */
function bestScale(
  excesses: Float64Array,
  seen: number,
  shape: number,
): { scale: number; objective: number } {
  const objective = (log: number) => minusLogLikelihood(excesses, seen, Math.exp(log), shape);
  let low = -6;
  let high = 4;
  let left = high - GOLDEN * (high - low);
  let right = low + GOLDEN * (high - low);
  let atLeft = objective(left);
  let atRight = objective(right);
  for (let step = 0; step < 22; step++) {
    // Where both are outside of a bounded tail's support the scale is too small.
    if (atLeft < atRight) {
      high = right;
      [right, atRight] = [left, atLeft];
      left = high - GOLDEN * (high - low);
      atLeft = objective(left);
    } else {
      low = left;
      [left, atLeft] = [right, atRight];
      right = low + GOLDEN * (high - low);
      atRight = objective(right);
    }
  }
  const log = (low + high) / 2;
  return { scale: Math.exp(log), objective: objective(log) };
}

/** Excesses ascend; those from `seen` on are only known to be beyond the last one seen. */
function minusLogLikelihood(excesses: Float64Array, seen: number, scale: number, shape: number): number {
  let sum = seen * Math.log(scale);
  for (let i = 0; i < seen; i++) sum += (1 + shape) * cumulativeHazard(excesses[i]! / scale, shape);
  return sum + (excesses.length - seen) * cumulativeHazard(excesses[seen - 1]! / scale, shape);
}

/** At most so many quantiles of ascending values, both ends among them. */
function thinned(sorted: Float64Array, most: number): Float64Array {
  if (sorted.length <= most) return sorted;
  const step = (sorted.length - 1) / (most - 1);
  return Float64Array.from({ length: most }, (_, i) => sorted[Math.round(i * step)]!);
}
