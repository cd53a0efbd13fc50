import { fail } from "../../../core/errors";
import { type Anomaly, anomaliesOf, scoresOf } from "./anomaly";
import { boundsCheck } from "./bounds";
import { ensembleOf } from "./ensemble";
import { iqr } from "./iqr";
import { isolationForest } from "./isolation-forest";
import {
  type Band,
  type BatchInput,
  type BatchMethod,
  type BatchOptions,
  DEFAULT_OPTIONS,
  type MethodId,
} from "./method";
import { oneClassSvm } from "./one-class-svm";
import { prepared, unitsToPrepare } from "./prepared";
import { robustZ } from "./robust-z";
import { probabilityOf } from "./tail-probability";
import { zScore } from "./z-score";

const methods: readonly BatchMethod[] = [
  zScore,
  robustZ,
  iqr,
  isolationForest,
  oneClassSvm,
  boundsCheck,
  ensembleOf((id) => methodOf(id)),
];

export function methodOf(id: MethodId): BatchMethod {
  const method = methods.find((one) => one.id === id);
  if (!method) throw fail("invalid_request", `There is no method "${id}".`);
  return method;
}

export interface Detection {
  anomalies: Anomaly[];
  /** Of all anomalies, ascending, and how far out each is, in alert levels: only so many as asked for are listed. */
  rows: number[];
  ratios: Float64Array;
  count: number;
  /** Of each row, in [0, 1]: 0.5 is the alert level; 0 where it is not judged. */
  scores: Float64Array;
  judgedFrom: number;
  /** The newest row: the field that stands out most, and what was expected of it. */
  latest: Band & { field: number };
  /** Equivalent standard deviations at which a row is an anomaly. */
  level: number;
  /** Of normal rows, that pass the level. */
  expectedRate: number;
}

/** The options of a method where others are not given. */
const completed = (id: MethodId, given: Partial<BatchOptions>): BatchOptions => ({
  ...DEFAULT_OPTIONS,
  threshold: methodOf(id).defaultThreshold,
  ...given,
});

/** Whether a method has an eye for how fields go together. */
export const takesFieldsTogether = (id: MethodId): boolean => methodOf(id).isJoint;

export const requiredPoints = (id: MethodId, given: Partial<BatchOptions>): number =>
  methodOf(id).requiredPoints(completed(id, given));

/** What {@link detect} costs, about a microsecond each; `periods`: how many are taken off. */
export function workUnits(
  id: MethodId,
  size: { rows: number; fields: number; periods: number },
  given: Partial<BatchOptions>,
): number {
  const { rows, fields, periods } = size;
  const scoring = methodOf(id).workUnits(rows, fields, completed(id, given));
  return scoring + unitsToPrepare(rows, fields, periods);
}

/** Judges a history. Too few rows are `not_enough_data` with what the method requires. */
export function detect(
  id: MethodId,
  input: BatchInput,
  given: Partial<BatchOptions>,
  limit: number,
): Detection {
  const method = methodOf(id);
  const options = completed(id, given);
  const required = method.requiredPoints(options);
  const available = input.columns[0]?.length ?? 0;
  if (available < required) {
    const detail = `The method ${id} takes ${required} rows, there are ${available}; bounds takes three, or one where they are given.`;
    throw fail("not_enough_data", detail, { extra: { required, available } });
  }
  const seen = prepared(input);
  const verdicts = method.score(seen, options);
  const { judgedFrom, level, sigma } = verdicts;
  const { anomalies, rows } = anomaliesOf(seen, verdicts, limit);
  return {
    anomalies,
    rows,
    ratios: Float64Array.from(rows, (row) => sigma[row]! / level),
    count: rows.length,
    latest: { ...verdicts.bands([available - 1])[0]!, field: verdicts.field[available - 1]! },
    scores: scoresOf(verdicts),
    judgedFrom,
    level,
    expectedRate: options.adaptive?.falseAlarmRate ?? probabilityOf(level),
  };
}
