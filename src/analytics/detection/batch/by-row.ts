import { type Calibration, calibrated } from "./calibrated";
import { bandsOf, blamed } from "./counterfactual";
import { featureSpaceOf } from "./features";
import type { BatchMethod, BatchOptions, MethodId, Prepared, Verdicts } from "./method";
import { inOwnUnits } from "./prepared";
import { distinctShare, recurrence } from "./recurrence";
import { levelAt, sigmaOf } from "./tail-probability";

/** A method that sees all features of a row at once. */
export interface RowMethod {
  id: MethodId;
  requiredPoints: number;
  workUnits(rows: number, features: number): number;
  /** The larger, the odder. `rows`: the row of `train` that each of `query` is or was made from. */
  oddities(
    train: readonly Float64Array[],
    query: readonly Float64Array[],
    rows: readonly number[],
    options: BatchOptions,
  ): Float64Array;
  /** No oddity below this is an anomaly, however rare. */
  least: number;
  /** Of oddities that hardly vary, what is taken for their standard deviation. */
  leastSpread: number;
}

const FEATURES_OF_ONE_FIELD = 3;
/** For each row and each row of its window: the median. */
const UNITS_OF_WINDOW = 0.002;
const MOST_EXPLAINED = 500;
/** For each row and field beyond one: neighbours are looked for. */
const UNITS_OF_EXPLANATION = 35;

/** As a {@link BatchMethod}: features, oddities in standard deviations, and the field that is to blame. */
export function byRow(method: RowMethod): BatchMethod {
  return {
    id: method.id,
    isJoint: true,
    defaultThreshold: 3,
    requiredPoints: () => method.requiredPoints,
    workUnits(rows, fields, { windowSize }) {
      const features = fields === 1 ? FEATURES_OF_ONE_FIELD : 2 * fields;
      const window = fields === 1 ? windowSize * UNITS_OF_WINDOW : 0;
      const explained = Math.min(rows, MOST_EXPLAINED) * (fields - 1) * UNITS_OF_EXPLANATION;
      // All rows once, and what those that are listed might have been.
      return Math.ceil(rows * (1 + window) + explained + 2 * method.workUnits(rows, features));
    },
    score: (input, options) => judge(method, input, options),
  };
}

/** Different rows, of all: with fewer the values are counts, and their oddities lie in heaps with valleys between. */
const FINE = 0.3;

function judge(method: RowMethod, { fields }: Prepared, options: BatchOptions): Verdicts {
  const values = fields.map((field) => field.values);
  const space = featureSpaceOf(values, options.windowSize);
  const allRows = [...values[0]!.keys()];
  const oddities = method.oddities(space.columns, space.columns, allRows, options);
  const level = levelAt(options);
  const isFine = distinctShare(values) >= FINE;
  const valley = { from: method.least, width: isFine ? 0 : Number.POSITIVE_INFINITY };
  const calibration = calibrated(oddities, method.leastSpread, valley);
  const sigma = kept(method, oddities, calibration, level, space.identity);
  const question = {
    values,
    space,
    isUsual: (row: number) => sigma[row]! < level,
    oddities: (query: readonly Float64Array[], rows: readonly number[]) =>
      method.oddities(space.columns, query, rows, options),
    limit: Math.max(method.least, calibration.scoreAt(level)),
  };
  const field = blamed(question, sigma, level);
  return {
    judgedFrom: 0,
    sigma,
    level,
    field,
    bands: (rows) =>
      bandsOf(question, rows, field).map((band, i) => inOwnUnits(fields[field[rows[i]!]!]!, rows[i]!, band)),
  };
}

/** What is no anomaly in itself stays below the level. */
const BELOW = 0.98;

/** An oddity below the least is none, and a row that recurs is as usual as it recurs, however odd it is to the method. */
function kept(
  { least }: RowMethod,
  oddities: Float64Array,
  { sigma }: Calibration,
  level: number,
  identity: readonly Float64Array[],
): Float64Array {
  const distances = sigma.map((distance, row) =>
    oddities[row]! > least ? distance : Math.min(distance, BELOW * level),
  );
  const rows = [...distances.keys()].filter((row) => distances[row]! >= level);
  for (const [i, share] of recurrence(identity, rows).entries()) {
    if (share > 0) distances[rows[i]!] = Math.min(distances[rows[i]!]!, sigmaOf(share));
  }
  return distances;
}
