import etsModule from "../../../wasm/dist/ets.wasm";
import { fail } from "../../core/errors";
import { type KernelExports, lazyKernel, STATUS } from "./instance";

/** A model as the kernel knows it; `season` is 1 where nothing is seasonal. */
export interface SmoothingShape {
  hasRelativeError: boolean;
  hasTrend: boolean;
  isDamped: boolean;
  seasonal: "none" | "added" | "multiplied";
  season: number;
}

/** Numbers of a model: `states` are the level, the trend and a season, that of the next value first. */
export interface SmoothingNumbers {
  /** alpha, beta, gamma, phi; 0, 0 and 1 where the model has none. */
  smoothing: Float64Array;
  states: Float64Array;
}

export type SmoothingSearch =
  | { mode: "search" }
  /** The smoothing parameters are given. */
  | { mode: "states"; start: { smoothing: Float64Array } }
  | { mode: "nothing"; start: SmoothingNumbers };

export interface SmoothingLimits {
  /** The decomposition counts as observations of the first states: wasm/kernels/ets/expectation.ts. */
  isExpecting: boolean;
  /** Stretches of alpha that are searched, 1 to 4. */
  stretches: number;
  /** In steps of work. */
  maxWork: number;
}

export interface SmoothingEstimate {
  smoothing: Float64Array;
  /** Before the first value. */
  first: Float64Array;
  /** After the last value. */
  last: Float64Array;
  fitted: Float64Array;
  /** As R's `ets` counts it: without the constants of the normal density. */
  logLikelihood: number;
  /** Root of the mean square error, in the units of the series; relative where errors are. */
  sigma: number;
  /** Steps of work, about a nanosecond each. */
  work: number;
  converged: boolean;
  /** The work allowed ran out: this is the best met until then. */
  spent: boolean;
}

interface EtsExports extends KernelExports {
  fit(
    ...args: [
      y: number,
      n: number,
      error: number,
      trend: number,
      damped: number,
      seasonal: number,
      season: number,
      mode: number,
      isExpecting: number,
      stretches: number,
      maxWork: number,
      smoothing: number,
      first: number,
      last: number,
      fitted: number,
      summary: number,
    ]
  ): number;
}

const SUMMARY_LENGTH = 5;
const SMOOTHING_LENGTH = 4;
const MODE = { search: 0, states: 1, nothing: 2 } as const;
const SEASONAL = { none: 0, added: 1, multiplied: 2 } as const;
const NOT_POSITIVE = 8;

const withKernel = lazyKernel<EtsExports>(etsModule);

/**
 * Fits by maximum likelihood. Null where there is no such model of this series: too few values, values that are not
 * positive where errors or seasons are factors, or no starting point with a finite likelihood.
 */
export function fitSmoothing(
  values: Float64Array,
  shape: SmoothingShape,
  search: SmoothingSearch,
  limits: SmoothingLimits,
): SmoothingEstimate | null {
  const n = values.length;
  const stateCount = 2 + shape.season;
  return withKernel((kernel, frame) => {
    const y = frame.column(values);
    const smoothing =
      search.mode === "search" ? frame.empty(SMOOTHING_LENGTH) : frame.column(search.start.smoothing);
    const first = search.mode === "nothing" ? frame.column(search.start.states) : frame.empty(stateCount);
    const last = frame.empty(stateCount);
    const fitted = frame.empty(n);
    const summary = frame.empty(SUMMARY_LENGTH);
    const status = kernel.fit(
      y,
      n,
      shape.hasRelativeError ? 2 : 1,
      shape.hasTrend ? 1 : 0,
      shape.isDamped ? 1 : 0,
      SEASONAL[shape.seasonal],
      shape.season,
      MODE[search.mode],
      limits.isExpecting ? 1 : 0,
      limits.stretches,
      limits.maxWork,
      smoothing,
      first,
      last,
      fitted,
      summary,
    );
    if (!isModel(status)) return null;
    const [logLikelihood, sigma, work, converged, spent] = frame.read(summary, SUMMARY_LENGTH);
    return {
      smoothing: frame.read(smoothing, SMOOTHING_LENGTH),
      first: frame.read(first, stateCount),
      last: frame.read(last, stateCount),
      fitted: frame.read(fitted, n),
      logLikelihood: logLikelihood!,
      sigma: sigma!,
      work: work!,
      converged: converged === 1,
      spent: spent === 1,
    };
  });
}

function isModel(status: number): boolean {
  switch (status) {
    case STATUS.ok:
      return true;
    case STATUS.badLength:
    case STATUS.singular:
    case NOT_POSITIVE:
      return false;
    case STATUS.badOrder:
      throw fail("invalid_request", "There is no such model, or its season is longer than 400 steps.");
    case STATUS.notFinite:
      throw fail("malformed_data", "The series has a value that is not a finite number.");
    case STATUS.outOfMemory:
      throw fail("work_budget_exceeded", "The series does not fit into the memory of one analysis.");
    default:
      throw new Error(`the kernel answered with the unknown status ${status}`);
  }
}
