import { oneClassSimilarities } from "../../kernel/svm";
import { byRow } from "./by-row";
import { medianOf, quantileOfSorted, unitOf } from "./order-statistics";

/** Each of two machines is trained on this many rows, fewer where there are not twice as many. */
const TRAINING_ROWS = 512;
/** Of the training rows may lie outside; it also says how many rows make up the boundary. */
const NU = 0.1;
/** Values further out are alike: their squares stay in the range of a double. */
const FURTHEST = 1e6;
/** Of a row's similarity: below a double has none. */
const FAINTEST = 1e-300;

/**
 * One-class support vector machine (Schoelkopf et al. 2001) in units of their breadth, with the similarity
 * exp(-|x - y|^2 / features). A machine is most like the rows it was trained on, be they as odd as they may: so there
 * are two, on rows drawn from all, and the second judges those that the first was trained on.
 */
export const oneClassSvm = byRow({
  id: "one_class_svm",
  requiredPoints: 32,
  // Two matrices and searches, then as many similarities a row as there are support vectors.
  workUnits: (rows, features) => 8_000 + rows * (1 + 0.35 * features),
  oddities(train, query, rows, { seed }) {
    const count = train[0]!.length;
    const scale = scaleOf(train);
    const fit = fitForTraining(scale([...train]));
    const half = Math.min(TRAINING_ROWS, fit.length >> 1);
    const shuffled = drawn(fit, 2 * half, seed);
    const first = shuffled.slice(0, half);
    const isKnown = new Uint8Array(count);
    for (const row of first) isKnown[row] = 1;
    const oddities = new Float64Array(rows.length);
    const judge = (training: readonly number[], asked: readonly number[]) => {
      if (asked.length === 0) return;
      const options = { gamma: 1 / train.length, nu: NU };
      const answer = oneClassSimilarities(scale(taken(train, training)), scale(taken(query, asked)), options);

      for (const [k, i] of asked.entries()) oddities[i] = distanceOf(answer.similarities[k]! / answer.offset);
    };
    const places = [...rows.keys()];
    judge(
      first,
      places.filter((i) => isKnown[rows[i]!] === 0),
    );
    judge(
      shuffled.slice(half),
      places.filter((i) => isKnown[rows[i]!] === 1),
    );
    return oddities;
  },
  // The boundary.
  least: 0,
  leastSpread: 0.5,
});

/** Similarities fade with the square of the distance from the boundary, where this is 0; within it is negative. */
function distanceOf(relative: number): number {
  const faded = -Math.log(Math.max(FAINTEST, relative));
  return Math.sign(faded) * Math.sqrt(Math.abs(faded));
}

function scaleOf(train: readonly Float64Array[]): (columns: Float64Array[]) => Float64Array[] {
  const units = train.map((column) => ({ centre: medianOf(column), unit: breadthOf(column) }));
  return (columns) =>
    columns.map((column, f) => {
      const { centre, unit } = units[f]!;
      return column.map((value) => Math.min(FURTHEST, Math.max(-FURTHEST, (value - centre) / unit)));
    });
}

/** Of the standard normal: from the lowest decile to the highest. */
const DECILES_APART = 2.563103131089201;

/** By deciles, for peaks are mostly zero and would by their median deviation be far from each other. */
function breadthOf(column: Float64Array): number {
  const sorted = column.toSorted();
  const breadth = (quantileOfSorted(sorted, 0.9) - quantileOfSorted(sorted, 0.1)) / DECILES_APART;
  return breadth > 1e-9 ? breadth : unitOf(column);
}

const taken = (columns: readonly Float64Array[], rows: readonly number[]): Float64Array[] =>
  columns.map((column) => Float64Array.from(rows, (row) => column[row]!));

/** In units of breadth: rows further out in a feature would make a region of their own, where anomalies hide. */
const TRAINED_WITHIN = 4;

/** All rows, where that would leave fewer than half of them. */
function fitForTraining(scaled: readonly Float64Array[]): number[] {
  const rows = [...scaled[0]!.keys()];
  const near = rows.filter((row) => scaled.every((column) => Math.abs(column[row]!) <= TRAINED_WITHIN));
  return 2 * near.length >= rows.length ? near : rows;
}

/** Some of the rows, the same for the same seed (xorshift32, Marsaglia 2003): strides would fall in with seasons. */
function drawn(rows: readonly number[], most: number, seed: number): number[] {
  const places = [...rows];
  let state = Math.imul(seed + 1, 0x9e3779b9) | 1;
  for (let i = 0; i < most; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const j = i + ((state >>> 0) % (places.length - i));
    [places[i], places[j]] = [places[j]!, places[i]!];
  }
  return places.slice(0, most);
}
