import { scoreOf } from "../severity";
import { type AnomalyKind, kindsOf } from "./kinds";
import type { Band, BatchInput, Verdicts } from "./method";

export interface Anomaly extends Band {
  row: number;
  /** Its place among the columns. */
  field: number;
  value: number;
  /** Distance in alert levels, from 1 on. */
  ratio: number;
  /** In [0.5, 1]. */
  score: number;
  kind: AnomalyKind;
}

/** Of each row, in [0, 1]: 0.5 is the alert level. */
export function scoresOf({ sigma, level, judgedFrom }: Verdicts): Float64Array {
  return sigma.map((distance, row) => (row < judgedFrom ? 0 : scoreOf(distance / level)));
}

/** The rows at or past the level, in order of time; of more than `limit` those furthest out. */
export function anomaliesOf(
  input: BatchInput,
  verdicts: Verdicts,
  limit: number,
): { anomalies: Anomaly[]; count: number } {
  const { sigma, level, judgedFrom, field } = verdicts;
  const rows = [...sigma.keys()].filter((row) => row >= judgedFrom && sigma[row]! >= level);
  const listed = furthestOut(rows, sigma, limit);
  const valueAt = (row: number) => input.columns[field[row]!]![row]!;
  const bands = verdicts.bands(listed);
  const kinds = kindsOf(input, listed, (row) => field[row]!, bands);
  const anomalies = listed.map((row, i) => {
    const ratio = sigma[row]! / level;
    const at = { row, field: field[row]!, value: valueAt(row), ...bands[i]! };
    return { ...at, ratio, score: scoreOf(ratio), kind: kinds[i]! };
  });
  return { anomalies, count: rows.length };
}

function furthestOut(rows: number[], sigma: Float64Array, limit: number): number[] {
  if (rows.length <= limit) return rows;
  const strongest = rows.toSorted((a, b) => sigma[b]! - sigma[a]!).slice(0, limit);
  return strongest.sort((a, b) => a - b);
}
