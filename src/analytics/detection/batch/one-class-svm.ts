import { MOST_TRAINING_ROWS, oneClassDecisions } from "../../kernel/svm";
import { byRow } from "./by-row";
import { unitOf } from "./features";
import { medianOf } from "./order-statistics";

/** Of the training rows may lie outside; it also says how many rows make up the boundary. */
const NU = 0.1;
/** Values further out are alike: their squares stay in the range of a double. */
const FURTHEST = 1e6;
/** Of a row's similarity by that on the boundary: below is rounding. */
const FAINTEST = 1e-12;

/**
 * One-class support vector machine (Schoelkopf et al. 2001), trained on up to 1,024 rows drawn from all, in robust
 * standard deviations, with the similarity exp(-|x - y|^2 / features).
 */
export const oneClassSvm = byRow({
  id: "one_class_svm",
  requiredPoints: 32,
  // The matrix and the search for 1,024 rows, then as many similarities a row as there are support vectors.
  workUnits: (rows, features) => 12_000 + rows * (1 + 0.1 * features),
  oddities(train, query, { seed }) {
    const units = train.map((column) => ({ centre: medianOf(column), unit: unitOf(column) }));
    const scaled = (columns: readonly Float64Array[]) =>
      columns.map((column, f) => {
        const { centre, unit } = units[f]!;
        return column.map((value) => Math.min(FURTHEST, Math.max(-FURTHEST, (value - centre) / unit)));
      });
    const rows = drawn(train[0]!.length, MOST_TRAINING_ROWS, seed);
    const sample = scaled(train.map((column) => Float64Array.from(rows, (row) => column[row]!)));
    const options = { gamma: 1 / train.length, nu: NU };
    const { decisions, offset } = oneClassDecisions(sample, scaled(query), options);
    // Similarities fade with the square of the distance: their logarithm tells far from further. 0 is the boundary.
    return decisions.map((decision) => -Math.log(Math.max(FAINTEST, (decision + offset) / offset)));
  },
  least: 0,
  leastSpread: 0.5,
});

/** Rows without replacement, the same for the same seed (xorshift32, Marsaglia 2003): strides would fall in with seasons. */
function drawn(count: number, most: number, seed: number): number[] {
  const places = Array.from({ length: count }, (_, row) => row);
  if (count <= most) return places;
  let state = Math.imul(seed + 1, 0x9e3779b9) | 1;
  for (let i = 0; i < most; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const j = i + ((state >>> 0) % (count - i));
    [places[i], places[j]] = [places[j]!, places[i]!];
  }
  return places.slice(0, most);
}
