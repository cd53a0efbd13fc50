/** Interpolated between the nearest ranks, as R's type 7; 0 of nothing. */
export function quantileOfSorted(sorted: Float64Array, share: number): number {
  if (sorted.length === 0) return 0;
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const rest = place - below;
  const lower = sorted[below]!;
  return rest === 0 ? lower : lower * (1 - rest) + sorted[below + 1]! * rest;
}

export const medianOf = (values: Float64Array): number => quantileOfSorted(values.toSorted(), 0.5);

/** Of normal values: their standard deviation by their median absolute deviation. */
export const SIGMA_BY_MAD = 1.482602218505602;
/**
 * Standard deviation by the median absolute deviation from `centre`; where more than half of the values are the same, as
 * of counts that are mostly zero, the root of the mean square: every other value would else be an outlier.
 */
export function robustSpread(values: Float64Array, centre: number): number {
  const deviations = values.map((value) => Math.abs(value - centre));
  const spread = SIGMA_BY_MAD * medianOf(deviations);
  return spread > 0 ? spread : Math.sqrt(deviations.reduce((sum, one) => sum + one * one, 0) / values.length);
}

/** What has never varied has no unit: this share of its level is one, so that rounding is no anomaly. */
const LEAST_RELATIVE_SPREAD = 1e-3;
/** In units of the largest value of the series. */
const LEAST_SPREAD = 1e-9;

/** A spread to divide by, for values in units of their largest. */
export function soundSpread(spread: number, centre: number): number {
  const isConstant = spread <= 1e-9 * Math.abs(centre) || spread <= LEAST_SPREAD;
  return isConstant ? Math.max(LEAST_RELATIVE_SPREAD * Math.abs(centre), LEAST_SPREAD) : spread;
}

/** A robust standard deviation of a column in units of its largest value. */
export function unitOf(column: Float64Array): number {
  const centre = medianOf(column);
  return soundSpread(robustSpread(column, centre), centre);
}
