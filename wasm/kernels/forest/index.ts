// Isolation forest (Liu, Ting and Zhou 2008, "Isolation Forest"): the function a host may call. Conventions: ../../README.md.
import { allocate, column, isFull } from "../arima/arena";
import { at, put } from "../arima/columns";
import { BAD_LENGTH, BAD_ORDER, MAX_OBSERVATIONS, NOT_FINITE, OK, OUT_OF_MEMORY } from "../arima/status";
import * as random from "./random";
import { sumPaths } from "./score";
import * as tree from "./tree";

export { allocate, reset } from "../arima/arena";

/** Bounds on one call's memory and time. */
const MAX_FEATURES: i32 = 64;
const MAX_TREES: i32 = 500;
const MAX_SUBSAMPLE: i32 = 1024;
/** Bytes of rows that are scored together, tree by tree: they and a tree stay in the first cache. */
const BLOCK_BYTES: i32 = 16_384;
const LEAST_BLOCK: i32 = 64;

/**
 * Grows `trees` trees on subsamples of the `n` rows of `train` and scores the `m` rows of `query`, which may be the same
 * address. Both hold `features` columns one after the other. `scores` gets s = 2^(-E[h(x)] / c(subsample)) in (0, 1).
 */
export function isolate(
  train: usize, n: i32, query: usize, m: i32, features: i32, trees: i32, subsample: i32, seed: i32, scores: usize,
): i32 {
  if (n < 2 || n > MAX_OBSERVATIONS || m < 1 || m > MAX_OBSERVATIONS) return BAD_LENGTH;
  if (features < 1 || features > MAX_FEATURES || trees < 1 || trees > MAX_TREES) return BAD_ORDER;
  if (subsample < 2 || subsample > MAX_SUBSAMPLE) return BAD_ORDER;
  const size = min(subsample, n);
  const block = max(LEAST_BLOCK, BLOCK_BYTES / (features << 3));
  const rows = column(block * features);
  const places = allocate(n << 2);
  tree.prepare(trees, size, features);
  if (isFull()) return OUT_OF_MEMORY;
  if (!isFiniteColumn(train, n * features) || (query != train && !isFiniteColumn(query, m * features))) return NOT_FINITE;
  grow(train, n, features, trees, size, seed, places);
  for (let from = 0; from < m; from += block) {
    const count = min(block, m - from);
    transpose(query, m, features, from, count, rows);
    for (let t = 0; t < trees; t++) sumPaths(t, rows, count, features, scores + (<usize>from << 3));
  }
  // A sample of one value everywhere isolates nothing: every path is c(size), every score one half.
  const unit = -1.0 / (tree.usualPath(size) * <f64>trees);
  for (let i = 0; i < m; i++) put(scores, i, Math.exp(Math.LN2 * at(scores, i) * unit));
  return OK;
}

/** Each tree on its own subsample without replacement: the first places of a shuffle that goes on from tree to tree. */
function grow(train: usize, n: i32, features: i32, trees: i32, size: i32, seed: i32, places: usize): void {
  random.seed(seed);
  for (let i = 0; i < n; i++) store<i32>(places + (<usize>i << 2), i);
  for (let t = 0; t < trees; t++) {
    for (let i = 0; i < size; i++) {
      const here = places + (<usize>i << 2);
      const there = places + (<usize>(i + random.below(n - i)) << 2);
      const row = load<i32>(there);
      store<i32>(there, load<i32>(here));
      store<i32>(here, row);
      for (let f = 0; f < features; f++) put(tree.sample, i * features + f, at(train, f * n + row));
    }
    tree.grow(t, size, features);
  }
}

function transpose(columns: usize, n: i32, features: i32, from: i32, count: i32, rows: usize): void {
  for (let f = 0; f < features; f++)
    for (let i = 0; i < count; i++) put(rows, i * features + f, at(columns, f * n + from + i));
}

function isFiniteColumn(values: usize, count: i32): bool {
  // A value less itself is zero unless it is NaN or infinite, and NaN stays in a sum: no branch for each value.
  let rest = 0.0;
  for (let i = 0; i < count; i++) rest += at(values, i) - at(values, i);
  return rest == 0.0;
}
