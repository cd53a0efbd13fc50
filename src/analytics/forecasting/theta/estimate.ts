import type { Budget } from "../budget";
import { type Line, type Lines, lineTerm, type ThetaParameters } from "./recursion";

/** What is estimated, and from what. */
export interface ThetaProblem {
  values: Float64Array;
  /** One line for all steps, or that through the values before each step. */
  line: Line | Lines;
  /** Null: estimated, too. */
  lineWeight: number | null;
  /** First steps whose errors do not count: no line goes through fewer than two values. */
  skipped: number;
}

export interface ThetaEstimate extends ThetaParameters {
  squaredErrors: number;
}

/** Below, the level would hardly ever move; the lower end that the authors search is 0.1. */
const LEAST_ALPHA = 0.01;
const GRID = [LEAST_ALPHA, 0.03, 0.07, 0.12, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.96, 1];
const GOLDEN = (Math.sqrt(5) - 1) / 2;
const TOLERANCE = 2e-4;

/** One evaluation takes about so many µs for each value. */
const VALUE_MICROS = 0.03;

/**
 * Least squares of the one-step errors. They are linear in the initial level and in the weight of the line, so both are
 * solved for, and only alpha is searched: by a grid, for there may be several minima, and golden sections around the
 * best of it.
 */
export function estimateTheta(problem: ThetaProblem, budget: Budget): ThetaEstimate {
  const columns = new Columns(problem);
  const evaluate = (alpha: number): ThetaEstimate => {
    budget.spend(VALUE_MICROS * problem.values.length);
    return columns.estimate(alpha);
  };
  let best = evaluate(0.5);
  const keep = (estimate: ThetaEstimate): ThetaEstimate => {
    if (estimate.squaredErrors < best.squaredErrors) best = estimate;
    return estimate;
  };
  for (const alpha of GRID) if (!budget.isSpent) keep(evaluate(alpha));
  const place = GRID.indexOf(best.alpha);
  let low = GRID[Math.max(0, place - 1)]!;
  let high = GRID[Math.min(GRID.length - 1, place + 1)]!;
  let left = high - GOLDEN * (high - low);
  let right = low + GOLDEN * (high - low);
  let atLeft = keep(evaluate(left));
  let atRight = keep(evaluate(right));
  while (high - low > TOLERANCE && !budget.isSpent) {
    if (atLeft.squaredErrors <= atRight.squaredErrors) {
      [high, right, atRight] = [right, left, atLeft];
      left = high - GOLDEN * (high - low);
      atLeft = keep(evaluate(left));
    } else {
      [low, left, atLeft] = [left, right, atRight];
      right = low + GOLDEN * (high - low);
      atRight = keep(evaluate(right));
    }
  }
  return best;
}

/** The one-step errors at an alpha: `rest` - initial level * `decay` - line weight * `lines`. */
class Columns {
  readonly #rest: Float64Array;
  readonly #decay: Float64Array;
  readonly #lines: Float64Array;

  constructor(readonly problem: ThetaProblem) {
    const n = problem.values.length;
    this.#rest = new Float64Array(n);
    this.#decay = new Float64Array(n);
    this.#lines = new Float64Array(n);
  }

  estimate(alpha: number): ThetaEstimate {
    this.#fill(alpha);
    const given = this.problem.lineWeight;
    return this.#withWeight(alpha, given ?? this.#bestWeight());
  }

  #fill(alpha: number): void {
    const { values, line } = this.problem;
    let level = 0;
    let decay = 1;
    for (let t = 0; t < values.length; t++) {
      this.#rest[t] = values[t]! - level;
      this.#decay[t] = decay;
      this.#lines[t] = lineTerm(alpha, decay, lineBefore(line, t));
      level += alpha * (values[t]! - level);
      decay *= 1 - alpha;
    }
  }

  /** Least squares of `rest` on `decay` and `lines`: the weight, inside of what a theta of one or more can be. */
  #bestWeight(): number {
    let decayDecay = 0;
    let decayLine = 0;
    let lineLine = 0;
    let decayRest = 0;
    let lineRest = 0;
    for (let t = this.problem.skipped; t < this.#rest.length; t++) {
      const decay = this.#decay[t]!;
      const line = this.#lines[t]!;
      const rest = this.#rest[t]!;
      decayDecay += decay * decay;
      decayLine += decay * line;
      lineLine += line * line;
      decayRest += decay * rest;
      lineRest += line * rest;
    }
    const share = decayDecay > 0 ? decayLine / decayDecay : 0;
    const spread = lineLine - share * decayLine;
    if (!(spread > 1e-12 * lineLine)) return 0;
    return Math.min(1, Math.max(0, (lineRest - share * decayRest) / spread));
  }

  #withWeight(alpha: number, lineWeight: number): ThetaEstimate {
    const { skipped } = this.problem;
    let decayDecay = 0;
    let decayRest = 0;
    for (let t = skipped; t < this.#rest.length; t++) {
      const decay = this.#decay[t]!;
      decayDecay += decay * decay;
      decayRest += decay * (this.#rest[t]! - lineWeight * this.#lines[t]!);
    }
    // At an alpha of one the initial level has no part in what counts.
    const initialLevel = decayDecay > 0 ? decayRest / decayDecay : this.problem.values[0]!;
    let squaredErrors = 0;
    for (let t = skipped; t < this.#rest.length; t++) {
      const error = this.#rest[t]! - initialLevel * this.#decay[t]! - lineWeight * this.#lines[t]!;
      squaredErrors += error * error;
    }
    return { alpha, initialLevel, lineWeight, squaredErrors };
  }
}

const NO_LINE: Line = { intercept: 0, slope: 0 };

/** The line that the value at step `t`, counted from zero, is predicted with. */
export function lineBefore(line: Line | Lines, t: number): Line {
  if ("slope" in line) return line;
  return t === 0 ? NO_LINE : { intercept: line.intercepts[t - 1]!, slope: line.slopes[t - 1]! };
}
