import { probabilityOf, studentQuantile } from "./tail-probability";

/** Fewer values than this have no spread worth the name: the first ones are not judged. */
export const WARM_UP = 10;

/** How badly a spread and a centre are known from so many values. */
export interface Knowledge {
  /** Degrees of freedom. */
  degrees(count: number): number;
  /** Variance of the centre, in variances of a value over the count. */
  centreVariance: number;
}

/**
 * How many times wider a prediction at `level` standard deviations is where centre and spread come of few values:
 * Student's quantile instead of the normal one.
 */
export function wideningAt(level: number, { degrees, centreVariance }: Knowledge): (count: number) => number {
  const known = new Map<number, number>();
  return (count) => {
    const before = known.get(count);
    if (before !== undefined) return before;
    const quantile = studentQuantile(probabilityOf(level), Math.max(1, Math.round(degrees(count))));
    const wider = (quantile / level) * Math.sqrt(1 + centreVariance / count);
    known.set(count, wider);
    return wider;
  };
}
