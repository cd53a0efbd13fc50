/** How a series was read before it was modelled: told in every answer. */
export interface Sampling {
  kind: "regular" | "gaps_filled" | "irregular";
  /** The usual distance of two readings, µs. */
  stepMicros: number;
  /** Values put in by linear interpolation. */
  filled: number;
  rule: string;
}

export interface RegularSeries {
  times: Float64Array;
  values: Float64Array;
  sampling: Sampling;
}

/** A distance this far from a whole number of steps is off the grid. Calendar months (28 to 31 days) stay on it. */
const OFF_GRID = 0.25;
const MAX_OFF_GRID_SHARE = 0.1;
/** More than this missing is no gap but a calendar (trading days) or another rhythm: it is not invented. */
const MAX_FILLED_SHARE = 0.2;

/**
 * Models want one value a step. On the grid: taken as is. Some steps missing: filled by linear interpolation and
 * counted. Anything else is taken in its order, and the answer says so. `times` ascend.
 */
export function regularise(times: Float64Array, values: Float64Array): RegularSeries {
  const distances = times.subarray(1).map((time, i) => time - times[i]!);
  const stepMicros = median(distances);
  const asIs = (kind: Sampling["kind"], rule: string): RegularSeries => ({
    times,
    values,
    sampling: { kind, stepMicros, filled: 0, rule },
  });
  if (distances.length === 0 || !(stepMicros > 0))
    return asIs("regular", "The readings are taken as they are.");
  const steps = distances.map((distance) => Math.max(1, Math.round(distance / stepMicros)));
  const offGrid = distances.filter(
    (distance, i) => Math.abs(distance / stepMicros - steps[i]!) > OFF_GRID,
  ).length;
  const missing = steps.reduce((sum, step) => sum + step - 1, 0);
  if (offGrid > MAX_OFF_GRID_SHARE * distances.length) {
    return asIs("irregular", "The readings are not evenly spaced; they are taken in their order.");
  }
  if (missing === 0) return asIs("regular", "The readings are evenly spaced and taken as they are.");
  if (missing > MAX_FILLED_SHARE * (values.length + missing)) {
    return asIs(
      "irregular",
      "Too many steps are missing to fill them; the readings are taken in their order.",
    );
  }
  return {
    ...fill(times, values, steps, values.length + missing),
    sampling: {
      kind: "gaps_filled",
      stepMicros,
      filled: missing,
      rule: `${missing} missing steps are filled by linear interpolation.`,
    },
  };
}

function fill(times: Float64Array, values: Float64Array, steps: Float64Array, length: number) {
  const filled = { times: new Float64Array(length), values: new Float64Array(length) };
  let at = 0;
  for (let i = 0; i < values.length; i++) {
    const count = steps[i] ?? 1;
    for (let k = 0; k < count; k++) {
      const share = k / count;
      filled.times[at] =
        share === 0 ? times[i]! : Math.round(times[i]! + share * (times[i + 1]! - times[i]!));
      filled.values[at] = share === 0 ? values[i]! : values[i]! + share * (values[i + 1]! - values[i]!);
      at++;
    }
  }
  return filled;
}

/** The lower median: one of the values. Zero of nothing. */
export function median(values: Float64Array): number {
  return Float64Array.from(values).sort()[Math.max(0, (values.length - 1) >> 1)] ?? 0;
}
