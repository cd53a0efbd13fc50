import type { HistoryKind } from "../kinds";
import { scoreOf } from "../severity";
import { kindsOf } from "./kinds";
import type { Band, Prepared, Verdicts } from "./method";
import { type Standing, standingOut } from "./standing-out";

export interface Anomaly extends Band {
  row: number;
  /** Its place among the columns. */
  field: number;
  value: number;
  /** Distance in alert levels, from 1 on. */
  ratio: number;
  /** In [0.5, 1]. */
  score: number;
  kind: HistoryKind;
  /** The fields that are unusual by themselves, furthest first; none for one field. */
  standing: Standing[];
}

/** Of each row, in [0, 1]: 0.5 is the alert level. */
export function scoresOf({ sigma, level, judgedFrom }: Verdicts): Float64Array {
  return sigma.map((distance, row) => (row < judgedFrom ? 0 : scoreOf(distance / level)));
}

/** The rows at or past the level, in order of time; of more than `limit` those furthest out. */
export function anomaliesOf(
  input: Prepared,
  verdicts: Verdicts,
  limit: number,
): { anomalies: Anomaly[]; rows: number[] } {
  const { sigma, level, judgedFrom, field } = verdicts;
  const rows = [...sigma.keys()].filter((row) => row >= judgedFrom && sigma[row]! >= level);
  const listed = furthestOut(rows, sigma, limit);
  const bands = verdicts.bands(listed);
  const kinds = kindsOf(input, listed, (row) => field[row]!, bands);
  const standing = input.columns.length > 1 ? standingOut(input, listed, field) : listed.map(() => []);
  const anomalies = listed.map((row, i): Anomaly => {
    const ratio = sigma[row]! / level;
    const value = input.columns[field[row]!]![row]!;
    const at = { row, field: field[row]!, value, ...bands[i]! };
    return { ...at, ratio, score: scoreOf(ratio), kind: kinds[i]!, standing: standing[i]! };
  });
  return { anomalies, rows };
}

function furthestOut(rows: number[], sigma: Float64Array, limit: number): number[] {
  if (rows.length <= limit) return rows;
  const strongest = rows.toSorted((a, b) => sigma[b]! - sigma[a]!).slice(0, limit);
  return strongest.sort((a, b) => a - b);
}
