import { FOREST, isolationScores } from "../../kernel/forest";
import { byRow } from "./by-row";
import { quantileOfSorted } from "./order-statistics";

/** Isolation forest (Liu, Ting and Zhou 2008): 100 trees on subsamples of 256 rows. */
export const isolationForest = byRow({
  id: "isolation_forest",
  requiredPoints: 32,
  // Scoring 10,000 rows of four features takes 8 ms, growing 1.5 ms.
  workUnits: (rows, features) => 2_000 + rows * (0.8 + 0.15 * features),
  oddities(train, query, { seed }) {
    const size = Math.min(FOREST.subsample, train[0]!.length);
    const scores = isolationScores(train, { ...FOREST, seed }, query);
    return beyondRange(scores, train, query, size);
  },
  // "If all instances return s of about 0.5, the sample has no distinct anomaly."
  least: 0.5,
  leastSpread: 0.03,
});

/**
 * A row that no tree was grown on ends beside the outermost of those that were, however far out it is. Had it been among
 * them, a split would have cut it off with the probability that it falls into the gap between (as random cut forests
 * have it, Guha, Mishra, Roy and Schrijvers 2016): each level of its path is reached only if none before did.
 */
function beyondRange(
  scores: Float64Array,
  train: readonly Float64Array[],
  query: readonly Float64Array[],
  size: number,
): Float64Array {
  const ranges = train.map((column) => {
    const sorted = column.toSorted();
    // Where the ends of a subsample lie on average.
    const [low, high] = [1 / (size + 1), size / (size + 1)].map((share) => quantileOfSorted(sorted, share));
    return { low: low!, high: high! };
  });
  const usual = usualPath(size);
  return scores.map((score, row) => {
    let cut = 0;
    for (const [f, { low, high }] of ranges.entries()) {
      const value = query[f]![row]!;
      const gap = Math.max(low - value, value - high);
      if (gap > 0) cut += gap / (gap + high - low) / ranges.length;
    }
    if (cut === 0) return score;
    const path = -usual * Math.log2(score);
    return 2 ** (-(1 - (1 - cut) ** path) / cut / usual);
  });
}

/** c(n) of the paper: mean length of an unsuccessful search in a binary tree. */
const usualPath = (n: number): number =>
  n <= 2 ? 1 : 2 * (Math.log(n - 1) + 0.5772156649015329) - (2 * (n - 1)) / n;
