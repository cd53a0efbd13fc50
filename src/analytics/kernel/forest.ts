import forestModule from "../../../wasm/dist/forest.wasm";
import { fail } from "../../core/errors";
import { joined } from "./columns";
import { type KernelExports, lazyKernel, STATUS } from "./instance";

export interface ForestOptions {
  trees: number;
  /** Rows that each tree is grown on, at most 1,024. */
  subsample: number;
  seed: number;
}

/** As the paper has it: more trees or rows hardly change the order of the scores. */
export const FOREST: ForestOptions = { trees: 100, subsample: 256, seed: 1 };

interface ForestExports extends KernelExports {
  isolate(
    ...args: [
      train: number,
      n: number,
      query: number,
      m: number,
      features: number,
      trees: number,
      subsample: number,
      seed: number,
      scores: number,
    ]
  ): number;
}

const withKernel = lazyKernel<ForestExports>(forestModule);

/**
 * Scores in (0, 1) of the rows of `query`, by default those the forest is grown on: about one half for what is like the
 * rest, near one for what is easily isolated (Liu, Ting and Zhou 2008). Columns of one length, at least two rows.
 */
export function isolationScores(
  train: readonly Float64Array[],
  options: ForestOptions = FOREST,
  query: readonly Float64Array[] = train,
): Float64Array {
  const n = train[0]?.length ?? 0;
  const m = query[0]?.length ?? 0;
  return withKernel((kernel, frame) => {
    const rows = frame.column(joined(train));
    const asked = query === train ? rows : frame.column(joined(query));
    const scores = frame.empty(m);
    const { trees, subsample, seed } = options;
    const status = kernel.isolate(rows, n, asked, m, train.length, trees, subsample, seed, scores);
    if (status !== STATUS.ok) throw failureOf(status);
    return frame.read(scores, m);
  });
}

function failureOf(status: number): Error {
  switch (status) {
    case STATUS.badLength:
      return fail("not_enough_data", "An isolation forest takes at least two rows.");
    case STATUS.badOrder:
      return fail(
        "invalid_request",
        "An isolation forest takes up to 64 fields and 500 trees of 1,024 rows.",
      );
    case STATUS.notFinite:
      return fail("malformed_data", "The series has a value that is not a finite number.");
    case STATUS.outOfMemory:
      return fail("work_budget_exceeded", "The rows do not fit into the memory of one analysis.");
    default:
      return new Error(`the kernel answered with the unknown status ${status}`);
  }
}
