import svmModule from "../../../wasm/dist/svm.wasm";
import { fail } from "../../core/errors";
import { joined } from "./columns";
import { type KernelExports, lazyKernel, STATUS } from "./instance";

export interface SvmOptions {
  /** Of the similarity exp(-gamma |x - y|^2). */
  gamma: number;
  /** At most this share of the training rows lies outside, and at least this share are support vectors. */
  nu: number;
}

export interface OneClassAnswer {
  /** sum alpha_i k(x_i, x) of each row asked for: zero is like no row at all. */
  similarities: Float64Array;
  /** rho: that of the boundary, less is outside. */
  offset: number;
  supportVectors: number;
  iterations: number;
  converged: boolean;
}

/** Rows that a machine can be trained on. */
export const MOST_TRAINING_ROWS = 1_024;

interface SvmExports extends KernelExports {
  separate(
    ...args: [
      train: number,
      n: number,
      query: number,
      m: number,
      features: number,
      gamma: number,
      nu: number,
      similarities: number,
      summary: number,
    ]
  ): number;
}

const SUMMARY_LENGTH = 4;

const withKernel = lazyKernel<SvmExports>(svmModule);

/**
 * Trains a one-class support vector machine (Schoelkopf et al. 2001) on the rows of `train` and judges those of `query`.
 * Columns of one length, in units in which the features are alike; up to {@link MOST_TRAINING_ROWS} training rows.
 */
export function oneClassSimilarities(
  train: readonly Float64Array[],
  query: readonly Float64Array[],
  { gamma, nu }: SvmOptions,
): OneClassAnswer {
  const n = train[0]?.length ?? 0;
  const m = query[0]?.length ?? 0;
  return withKernel((kernel, frame) => {
    const rows = frame.column(joined(train));
    const asked = frame.column(joined(query));
    const similarities = frame.empty(m);
    const summary = frame.empty(SUMMARY_LENGTH);
    const status = kernel.separate(rows, n, asked, m, train.length, gamma, nu, similarities, summary);
    if (status !== STATUS.ok) throw failureOf(status);
    const [offset, supportVectors, iterations, converged] = frame.read(summary, SUMMARY_LENGTH);
    return {
      similarities: frame.read(similarities, m),
      offset: offset!,
      supportVectors: supportVectors!,
      iterations: iterations!,
      converged: converged === 1,
    };
  });
}

function failureOf(status: number): Error {
  switch (status) {
    case STATUS.badLength:
      return fail("not_enough_data", "A one-class support vector machine takes 2 to 1,024 training rows.");
    case STATUS.badOrder:
      return fail("invalid_request", "gamma is above 0, nu in (0, 1], and there are at most 64 fields.");
    case STATUS.notFinite:
      return fail("malformed_data", "The series has a value that is not a finite number.");
    case STATUS.outOfMemory:
      return fail("work_budget_exceeded", "The rows do not fit into the memory of one analysis.");
    default:
      return new Error(`the kernel answered with the unknown status ${status}`);
  }
}
