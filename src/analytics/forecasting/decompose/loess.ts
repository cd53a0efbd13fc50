/** How a local regression looks at a series of equally spaced values. */
export interface Loess {
  /** Neighbours that a point is fitted to; more than there are values flattens the weights further. */
  window: number;
  /** Of the local polynomial. */
  degree: 0 | 1;
  /** Only every so many points are fitted, the others lie on straight lines between them. */
  jump: number;
}

/** Neighbours `left` to `right` inclusive, counted from zero. */
interface Neighbours {
  left: number;
  right: number;
}

/** Where `length` values of a longer column begin and how far apart they lie: a cycle-subseries is every m-th value. */
export interface Strided {
  column: Float64Array;
  start: number;
  stride: number;
  length: number;
}

/**
 * Smooths equally spaced values by locally weighted regression with the tricube kernel (Cleveland 1979), in the form
 * STL uses it (Cleveland, Cleveland, McRae and Terpenning 1990, section 2). Robustness weights are optional.
 */
export class Smoother {
  readonly #weights: Float64Array;
  readonly #kernel: Float64Array;
  #kernelSpan = -1;
  #kernelReach = -1;

  /** `longest`: of the series it will be used on. */
  constructor(longest: number) {
    this.#weights = new Float64Array(longest);
    this.#kernel = new Float64Array(longest + 1);
  }

  /** Writes the smooth of `values` from `at` on. */
  smooth(values: Strided, { window, degree, jump }: Loess, robustness: Strided | null, out: Strided): void {
    const n = values.length;
    if (n < 2) {
      write(out, 0, read(values, 0));
      return;
    }
    const step = Math.min(jump, n - 1);
    const fitAt = (point: number) => {
      const fitted = this.at(values, window, degree, point, around(point, n, window), robustness);
      write(out, point, fitted ?? read(values, point));
    };
    for (let point = 0; point < n; point += step) fitAt(point);
    const last = Math.floor((n - 1) / step) * step;
    if (last !== n - 1) fitAt(n - 1);
    if (step > 1) {
      for (let point = 0; point < last; point += step) joinByLine(out, point, point + step);
      joinByLine(out, last, n - 1);
    }
  }

  /** The local fit at `point`, which may lie outside of the series; null where all weights are zero. */
  at(
    values: Strided,
    window: number,
    degree: 0 | 1,
    point: number,
    { left, right }: Neighbours,
    robustness: Strided | null,
  ): number | null {
    const n = values.length;
    const beyond = window > n ? Math.floor((window - n) / 2) : 0;
    const total = this.#weigh(point, Math.max(point - left, right - point) + beyond, left, right, robustness);
    if (total <= 0) return null;
    const weights = this.#weights;
    let centre = 0;
    let level = 0;
    for (let j = left; j <= right; j++) {
      centre += weights[j]! * (j - point);
      level += weights[j]! * values.column[values.start + j * values.stride]!;
    }
    centre /= total;
    level /= total;
    if (degree === 0) return level;
    let spread = 0;
    let slope = 0;
    for (let j = left; j <= right; j++) {
      const distance = j - point - centre;
      spread += weights[j]! * distance * distance;
      slope += weights[j]! * distance * values.column[values.start + j * values.stride]!;
    }
    spread /= total;
    // Neighbours that (weighted) hardly lie apart say nothing about a slope.
    return Math.sqrt(spread) > 0.001 * (n - 1) ? level - centre * (slope / total / spread) : level;
  }

  /** Sets the weights of the neighbours and returns their sum. */
  #weigh(point: number, span: number, left: number, right: number, robustness: Strided | null): number {
    this.#fillKernel(span, Math.max(point - left, right - point));
    let total = 0;
    for (let j = left; j <= right; j++) {
      let weight = this.#kernel[Math.abs(j - point)]!;
      if (robustness !== null) weight *= robustness.column[robustness.start + j * robustness.stride]!;
      this.#weights[j] = weight;
      total += weight;
    }
    return total;
  }

  /** The tricube of the distances 0 to `reach`. Away from the ends it is the same for all points, so it is kept. */
  #fillKernel(span: number, reach: number): void {
    if (span === this.#kernelSpan && reach <= this.#kernelReach) return;
    for (let distance = 0; distance <= reach; distance++) {
      if (distance > 0.999 * span) this.#kernel[distance] = 0;
      else if (distance <= 0.001 * span) this.#kernel[distance] = 1;
      else this.#kernel[distance] = (1 - (distance / span) ** 3) ** 3;
    }
    this.#kernelSpan = span;
    this.#kernelReach = reach;
  }
}

/** The window around a point, moved inside at the ends. */
function around(point: number, n: number, window: number): Neighbours {
  if (window >= n) return { left: 0, right: n - 1 };
  const half = Math.floor((window + 1) / 2) - 1;
  const left = Math.min(Math.max(0, point - half), n - window);
  return { left, right: left + window - 1 };
}

const read = ({ column, start, stride }: Strided, index: number): number => column[start + index * stride]!;

function write({ column, start, stride }: Strided, index: number, value: number): void {
  column[start + index * stride] = value;
}

function joinByLine(out: Strided, from: number, to: number): void {
  const first = read(out, from);
  const slope = (read(out, to) - first) / (to - from);
  for (let index = from + 1; index < to; index++) write(out, index, first + slope * (index - from));
}
