/**
 * What the next integer of a group is expected to be. What is written is how far it lies from that.
 * - last: the value before; a slow signal.
 * - line: as far on as the step before; counters, smooth curves.
 * - mean: between the two before, rounded down; a slow signal with noise.
 * - centre: one level for the group, with values on both sides; noise.
 * - floor: one level for the group, with no value below it; counts, spikes.
 */
export const PREDICTORS = { last: 0, line: 1, mean: 2, centre: 3, floor: 4 } as const;
export type Predictor = (typeof PREDICTORS)[keyof typeof PREDICTORS];

export interface Choice {
  predictor: Predictor;
  /** The level of centre and floor; 0 for the others. */
  level: number;
}

/** What a level costs, in bits: its width and about that many bits. */
const LEVEL_BITS = 14;

/** The predictor with the smallest estimated cost over `values[from, to)`; `last` and `beforeLast` stand before it. */
export function choosePredictor(
  values: Float64Array,
  from: number,
  to: number,
  last: number,
  beforeLast: number,
): Choice {
  let byLast = 0;
  let byLine = 0;
  let byMean = 0;
  let sum = 0;
  let lowest = values[from]!;
  let a = beforeLast;
  let b = last;
  for (let i = from; i < to; i++) {
    const value = values[i]!;
    byLast += Math.abs(value - b);
    byLine += Math.abs(value - (b + b - a));
    byMean += Math.abs(value - Math.floor((a + b) * 0.5));
    sum += value;
    if (value < lowest) lowest = value;
    a = b;
    b = value;
  }
  const count = to - from;
  const centre = Math.round(sum / count);
  let byCentre = 0;
  for (let i = from; i < to; i++) byCentre += Math.abs(values[i]! - centre);

  let best: Choice = { predictor: PREDICTORS.last, level: 0 };
  let bits = cost(2 * byLast, count);
  const consider = (predictor: Predictor, level: number, candidate: number) => {
    if (candidate >= bits) return;
    bits = candidate;
    best = { predictor, level };
  };
  consider(PREDICTORS.line, 0, cost(2 * byLine, count));
  consider(PREDICTORS.mean, 0, cost(2 * byMean, count));
  consider(PREDICTORS.centre, centre, cost(2 * byCentre, count) + LEVEL_BITS);
  consider(PREDICTORS.floor, lowest, cost(sum - lowest * count, count) + LEVEL_BITS);
  return best;
}

/** Bits of `count` Rice codes that add up to `total`, about. */
const cost = (total: number, count: number): number => count * Math.log2(1 + total / count);

/** Turns residuals in `values[from, to)` back into values, in place. */
export function decodePrediction(
  values: Float64Array,
  from: number,
  to: number,
  predictor: Predictor,
  last: number,
  beforeLast: number,
  level: number,
): void {
  let a = beforeLast;
  let b = last;
  if (predictor === PREDICTORS.last) {
    for (let i = from; i < to; i++) {
      b += values[i]!;
      values[i] = b;
    }
  } else if (predictor === PREDICTORS.line) {
    for (let i = from; i < to; i++) {
      const value = values[i]! + (b + b - a);
      values[i] = value;
      a = b;
      b = value;
    }
  } else if (predictor === PREDICTORS.mean) {
    for (let i = from; i < to; i++) {
      const value = values[i]! + Math.floor((a + b) * 0.5);
      values[i] = value;
      a = b;
      b = value;
    }
  } else for (let i = from; i < to; i++) values[i] = values[i]! + level;
}
