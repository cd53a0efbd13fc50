import { levelOf } from "./calibrated";
import type { Band, BatchMethod, BatchOptions, Field, MethodId, Prepared, Verdicts } from "./method";
import { inOwnUnits } from "./prepared";
import { stepOf } from "./quiet-windows";
import { sigmaOf } from "./tail-probability";

/** A field judged alone: distances in standard deviations, and the band of a row at a level. */
export interface FieldDistances {
  sigma: Float64Array;
  band(row: number, level: number): Band;
}

export interface FieldMethod {
  id: MethodId;
  defaultThreshold?: number;
  requiredPoints(options: BatchOptions): number;
  /** Rows at the start that are not judged. */
  warmUp: number;
  /** For each row of a field. */
  workUnits(options: BatchOptions): number;
  /** `level`: the distance that counts as an anomaly, for methods that keep those out of what they learn. */
  distances(values: Float64Array, level: number, options: BatchOptions): FieldDistances;
}

/**
 * A method that judges fields one by one, as a {@link BatchMethod}: a row is as far out as the furthest of its fields.
 * The rate of false alarms is that of a row, so each field gets its part of it.
 */
export function byField(method: FieldMethod): BatchMethod {
  return {
    id: method.id,
    isJoint: false,
    defaultThreshold: method.defaultThreshold ?? 3,
    requiredPoints: method.requiredPoints,
    workUnits: (rows, fields, options) => Math.ceil(100 + rows * fields * method.workUnits(options)),
    score: (input, options) => judge(method, input, options),
  };
}

function judge(method: FieldMethod, { fields }: Prepared, options: BatchOptions): Verdicts {
  const levels = levelsOf(method, fields, options);
  const judged = fields.map(({ values }, f) => method.distances(values, levels[f]!, options));
  const level = Math.max(...levels);
  // In units in which every field has the same level.
  const distances = judged.map(({ sigma }, f) => sigma.map((distance) => (distance / levels[f]!) * level));
  const { sigma, field } = furthest(distances);
  return {
    judgedFrom: Math.min(method.warmUp, sigma.length),
    sigma,
    level,
    field,
    bands: (rows) =>
      rows.map((row) => {
        const f = field[row]!;
        return inOwnUnits(fields[f]!, row, judged[f]!.band(row, levels[f]!));
      }),
  };
}

/** Of a count or a rounded reading: nearer values are neighbours, with nothing to lie between. */
const VALLEY_STEPS = 2.5;

/** Steps of so many standard deviations leave no tail to be seen: the level is at least that of normal noise. */
const COARSE = 0.25;

/** One for each field. */
function levelsOf(
  method: FieldMethod,
  fields: readonly Field[],
  { adaptive, ...options }: BatchOptions,
): number[] {
  if (adaptive === null) return fields.map(() => options.threshold);
  const rate = adaptive.falseAlarmRate / fields.length;
  return fields.map(({ values }) => {
    const { sigma } = method.distances(values, sigmaOf(rate), { adaptive, ...options });
    const step = stepOf(values);
    const level = levelOf(sigma.subarray(method.warmUp), rate, { from: 0, width: VALLEY_STEPS * step });
    return Math.max(adaptive.least ?? 0, step >= COARSE ? sigmaOf(rate) : 0, level);
  });
}

/** Of each row, the largest distance and the field that has it. */
export function furthest(distances: readonly Float64Array[]): { sigma: Float64Array; field: Uint16Array } {
  const length = distances[0]?.length ?? 0;
  const sigma = new Float64Array(length);
  const field = new Uint16Array(length);
  for (const [f, column] of distances.entries()) {
    for (let t = 0; t < length; t++) {
      if (column[t]! <= sigma[t]!) continue;
      sigma[t] = column[t]!;
      field[t] = f;
    }
  }
  return { sigma, field };
}
