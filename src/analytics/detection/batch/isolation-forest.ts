import { FOREST, isolationScores } from "../../kernel/forest";
import { byRow } from "./by-row";
import { quantileOfSorted } from "./order-statistics";

/** Isolation forest (Liu, Ting and Zhou 2008): 100 trees on subsamples of 256 rows. */
export const isolationForest = byRow({
  id: "isolation_forest",
  requiredPoints: 32,
  // Scoring 10,000 rows of four features takes 8 ms, growing 1.5 ms.
  workUnits: (rows, features) => 2_000 + rows * (0.8 + 0.25 * features),
  oddities(train, query, _rows, { seed }) {
    const size = Math.min(FOREST.subsample, train[0]!.length);
    const scores = isolationScores(train, { ...FOREST, seed }, query);
    return beyondRange(scores, train, query, size);
  },
  // "If all instances return s of about 0.5, the sample has no distinct anomaly."
  least: 0.5,
  leastSpread: 0.03,
});

/** What a gap as wide as half of a range adds to a score: about what scores differ by over half of a range within. */
const GAP_WEIGHT = 0.25;
/** Grows with the square too, as the logarithm of a normal density does: tails of scores are then exponential. */
const SQUARE_WEIGHT = 0.5;

/**
 * A row that no tree was grown on ends beside the outermost of those that were, however far out it is: its score says
 * nothing about the gap between, so that is added.
 */
function beyondRange(
  scores: Float64Array,
  train: readonly Float64Array[],
  query: readonly Float64Array[],
  size: number,
): Float64Array {
  const ranges = train.map((column) => usualRange(column.toSorted(), 1 / (size + 1)));
  return scores.map((score, row) => {
    let widest = 0;
    for (const [f, { low, high }] of ranges.entries()) {
      const value = query[f]![row]!;
      const gap = Math.max(low - value, value - high);
      if (gap > 0) widest = Math.max(widest, gap / Math.max(1e-9, (high - low) / 2));
    }
    return score + GAP_WEIGHT * (widest + SQUARE_WEIGHT * widest ** 2);
  });
}

/** Of normal values: from the median to the end of a subsample of 256, in distances from the median to a decile. */
const REACH = 2.1;

/**
 * Where the ends of a subsample lie on average, `rare` of the values being beyond each. No further out than the deciles
 * let expect: several anomalies would else make up the range themselves.
 */
function usualRange(sorted: Float64Array, rare: number): { low: number; high: number } {
  const at = (share: number) => quantileOfSorted(sorted, share);
  const median = at(0.5);
  return {
    low: Math.max(at(rare), median - REACH * (median - at(0.1))),
    high: Math.min(at(1 - rare), median + REACH * (at(0.9) - median)),
  };
}
