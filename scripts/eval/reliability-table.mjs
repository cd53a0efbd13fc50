import { table } from "../lib/chart.mjs";

const BINS = 10;

/** How answers that say a probability compare with what came: bins of equal width, and the usual scores. */
export function reliabilityOf(answers, said = (answer) => answer.confidence) {
  const bins = Array.from({ length: BINS }, () => ({ n: 0, said: 0, right: 0, variance: 0 }));
  let brier = 0;
  for (const answer of answers) {
    const bin = bins[Math.min(BINS - 1, Math.floor(said(answer) * BINS))];
    bin.n++;
    bin.said += said(answer);
    bin.right += Number(answer.right);
    bin.variance += said(answer) * (1 - said(answer));
    brier += (said(answer) - Number(answer.right)) ** 2;
  }
  const n = answers.length;
  const byChance = bins.reduce((sum, bin) => sum + Math.sqrt((2 / Math.PI) * bin.variance), 0);
  const error = bins.reduce((sum, bin) => sum + Math.abs(bin.said - bin.right), 0);
  return {
    n,
    /** Expected calibration error: the mean distance of what was said from the share that was right, bins by their size. */
    ece: n > 0 ? error / n : null,
    /** What it would be on average if all were as probable as was said: so many answers are not even by chance. */
    eceByChance: n > 0 ? byChance / n : null,
    brier: n > 0 ? brier / n : null,
    said: n > 0 ? answers.reduce((sum, answer) => sum + said(answer), 0) / n : null,
    right: n > 0 ? answers.filter(({ right }) => right).length / n : null,
    bins: bins.map((bin, k) => ({
      from: k / BINS,
      to: (k + 1) / BINS,
      n: bin.n,
      said: bin.n > 0 ? bin.said / bin.n : null,
      right: bin.n > 0 ? bin.right / bin.n : null,
    })),
  };
}

const shown = (value) => (value === null ? "" : value.toFixed(3));

export function binTable({ bins }) {
  const rows = bins
    .filter(({ n }) => n > 0)
    .map(({ from, to, n, said, right }) => [
      `${from.toFixed(1)} to ${to.toFixed(1)}`,
      n,
      shown(said),
      shown(right),
    ]);
  return table(["confidence", "answers", "said", "right"], rows);
}

/** A row for each group of answers, then one for all. */
export function groupTable(title, answers, groupOf) {
  const groups = [...Map.groupBy(answers, groupOf)].sort(([a], [b]) => (a < b ? -1 : 1));
  const rowOf = ([name, own]) => {
    const { n, said, right, ece, eceByChance, brier } = reliabilityOf(own);
    return [name, n, shown(said), shown(right), shown(ece), shown(eceByChance), shown(brier)];
  };
  return table(
    [title, "answers", "said", "right", "ECE", "by chance", "Brier"],
    [...groups, ["all", answers]].map(rowOf),
  );
}
