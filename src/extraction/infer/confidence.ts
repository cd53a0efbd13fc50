import type { ConfidenceLevel } from "../contract";

/** Where an answer stops being "high", and where "medium". */
const HIGH = 0.85;
const MEDIUM = 0.65;

export const confidenceLevel = (confidence: number): ConfidenceLevel =>
  confidence >= HIGH ? "high" : confidence >= MEDIUM ? "medium" : "low";

export interface Certainties {
  /** The right table was found. */
  table: number;
  /** The time is right, or rightly none. */
  time: number;
  /** Each other column has the right role. */
  columns: readonly number[];
  headerless: boolean;
  rows: number;
  /** The share of rows that the plan could read, in [0, 1]. */
  readable: number;
}

/**
 * The probability that time, value and category fields are all right, taken as a product of the parts. Columns err
 * together (one habit of a file upsets several), so their product is tempered.
 */
export function confidenceOf(parts: Certainties): number {
  const columns = parts.columns.reduce((product, one) => product * one, 1);
  const worst = Math.min(1, ...parts.columns);
  const together = Math.max(columns, worst * 0.9);
  const few = parts.rows >= 3 ? 1 : parts.rows === 2 ? 0.95 : 0.85;
  const product =
    parts.table * parts.time * together * (parts.headerless ? 0.85 : 1) * few * (0.5 + 0.5 * parts.readable);
  return Math.round(Math.min(0.99, Math.max(0.01, product)) * 1_000) / 1_000;
}
