// A tree as a perfect binary tree of `height` levels, so that a walk has no end to look for and no branch to mispredict:
// what is isolated earlier goes on to the left until the bottom, where the length of its path stands.
import { allocate, column } from "../arima/arena";
import { at, put } from "../arima/columns";
import * as random from "./random";

const EULER: f64 = 0.5772156649015329;

/** Levels of splits: subsamples are isolated to this depth, the average one (Liu et al., section 3). */
export let height: i32 = 0;
/** Of the tree being grown, row after row. */
export let sample: usize = 0;

/** 16 bytes a node, the root at place 1, the children of k at 2k and 2k + 1: bytes to the feature in a row, threshold. */
let nodes: usize = 0;
/** Lengths of paths, one for each place at the bottom. */
let ends: usize = 0;
/** Rows of the sample, i32, in an order that a split divides. */
let members: usize = 0;
/** Features, i32: those found constant in a node are put to the end. */
let order: usize = 0;

export function prepare(trees: i32, size: i32, features: i32): void {
  height = 0;
  while (1 << height < size) height++;
  nodes = allocate(trees << (height + 4));
  ends = column(trees << height);
  sample = column(size * features);
  members = allocate(size << 2);
  order = allocate(features << 2);
}

// @ts-ignore: decorator
@inline
export function nodesOf(tree: i32): usize {
  return nodes + (<usize>tree << (height + 4));
}

// @ts-ignore: decorator
@inline
export function endsOf(tree: i32): usize {
  return ends + (<usize>tree << (height + 3));
}

/** c(n): mean length of an unsuccessful search in a binary tree of n values, what is not grown any further counts for. */
export function usualPath(n: i32): f64 {
  if (n <= 1) return 0.0;
  if (n == 2) return 1.0;
  const rest = <f64>(n - 1);
  return 2.0 * (Math.log(rest) + EULER) - (2.0 * rest) / <f64>n;
}

/** Grows a tree on the `size` rows of {@link sample}. */
export function grow(tree: i32, size: i32, features: i32): void {
  for (let i = 0; i < size; i++) store<i32>(members + (<usize>i << 2), i);
  for (let f = 0; f < features; f++) store<i32>(order + (<usize>f << 2), f);
  split(nodesOf(tree), endsOf(tree), features, 1, 0, 0, size);
}

/** Splits members `low` to below `high`, which lie in the node at `place`, at a random value of a random feature. */
function split(into: usize, bottom: usize, features: i32, place: i32, depth: i32, low: i32, high: i32): void {
  const feature = high - low > 1 && depth < height ? varyingFeature(features, low, high) : -1;
  if (feature < 0) {
    endAt(into, bottom, place, depth, <f64>depth + usualPath(high - low));
    return;
  }
  const share = random.uniform();
  // Not least + share (most - least): that difference may leave the range of a double.
  let threshold = least * (1.0 - share) + most * share;
  if (!(threshold >= least && threshold < most)) threshold = least;
  store<i32>(into + (<usize>place << 4), feature << 3);
  store<f64>(into + (<usize>place << 4), threshold, 8);
  const middle = divide(features, feature, threshold, low, high);
  split(into, bottom, features, place << 1, depth + 1, low, middle);
  split(into, bottom, features, (place << 1) + 1, depth + 1, middle, high);
}

/** Of the feature found last. */
let least: f64 = 0;
let most: f64 = 0;

/** A random one of the features that are not constant among the members, -1 where all are. */
function varyingFeature(features: i32, low: i32, high: i32): i32 {
  for (let left = features; left > 0; left--) {
    const drawn = order + (<usize>random.below(left) << 2);
    const feature = load<i32>(drawn);
    least = Infinity;
    most = -Infinity;
    for (let i = low; i < high; i++) {
      const value = at(sample, load<i32>(members + (<usize>i << 2)) * features + feature);
      least = min(least, value);
      most = max(most, value);
    }
    if (most > least) return feature;
    const last = order + (<usize>(left - 1) << 2);
    store<i32>(drawn, load<i32>(last));
    store<i32>(last, feature);
  }
  return -1;
}

/** Puts the members up to the threshold first; the place where the others begin. */
function divide(features: i32, feature: i32, threshold: f64, low: i32, high: i32): i32 {
  let up = low;
  let down = high - 1;
  while (up <= down) {
    const here = members + (<usize>up << 2);
    const row = load<i32>(here);
    if (at(sample, row * features + feature) <= threshold) {
      up++;
      continue;
    }
    const there = members + (<usize>down << 2);
    store<i32>(here, load<i32>(there));
    store<i32>(there, row);
    down--;
  }
  return up;
}

/** Nothing is above infinity: from here every walk goes left, to the one place at the bottom that has the length. */
function endAt(into: usize, bottom: usize, place: i32, depth: i32, length: f64): void {
  let node = place;
  for (let level = depth; level < height; level++) {
    store<i32>(into + (<usize>node << 4), 0);
    store<f64>(into + (<usize>node << 4), Infinity, 8);
    node <<= 1;
  }
  put(bottom, node - (1 << height), length);
}
