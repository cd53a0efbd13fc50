import type { ConfidenceLevel } from "../contract";

/** Where a confidence starts to be high and medium, and where it is so low that the answer warns of it. */
export type ConfidenceLevels = Record<ConfidenceLevel, number>;
export const CONFIDENCE_LEVELS: ConfidenceLevels = { high: 0.85, medium: 0.65, low: 0.45 };

export const confidenceLevel = (
  confidence: number,
  levels: ConfidenceLevels = CONFIDENCE_LEVELS,
): ConfidenceLevel => (confidence >= levels.high ? "high" : confidence >= levels.medium ? "medium" : "low");

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
 * Log odds of being all right, by what speaks against it: penalised logistic regression on readings of which it is
 * known what is right, `npm run eval -- extraction --fit` (row "both"). docs/any-data.md holds it against families of
 * data that had no say in it.
 */
const ODDS = {
  base: 3.25,
  table: 4.12,
  time: 4.68,
  columns: 0.7,
  headerless: 0.3,
  fewRows: 0.64,
  unreadable: 2.08,
};
/** Columns err together, one habit of a file upsets several: many doubtful ones say no more than this. */
const MOST_COLUMN_DOUBT = 1.5;
const FEW_ROWS = 3;

const doubt = (certainty: number): number => -Math.log(Math.max(1e-3, certainty));

/** What speaks against being all right, by the names of its odds; 0 is nothing. */
export function doubtsOf(parts: Certainties): Omit<typeof ODDS, "base"> {
  const columns = parts.columns.reduce((sum, one) => sum + doubt(one), 0);
  return {
    table: doubt(parts.table),
    time: doubt(parts.time),
    columns: Math.min(MOST_COLUMN_DOUBT, columns),
    headerless: parts.headerless ? 1 : 0,
    fewRows: parts.rows < FEW_ROWS ? 1 : 0,
    unreadable: 1 - parts.readable,
  };
}

/** The probability that time, value and category fields are all right. */
export function confidenceOf(parts: Certainties): number {
  const doubts = Object.entries(doubtsOf(parts)) as [keyof Omit<typeof ODDS, "base">, number][];
  const odds = doubts.reduce((rest, [name, size]) => rest - ODDS[name] * size, ODDS.base);
  const probability = 1 / (1 + Math.exp(-odds));
  return Math.round(Math.min(0.99, Math.max(0.01, probability)) * 1_000) / 1_000;
}
