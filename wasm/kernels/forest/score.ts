// Walks of rows through a tree. Each step waits for two loads: four rows at once keep the machine busy meanwhile.
import { at, put } from "../arima/columns";
import { endsOf, height, nodesOf } from "./tree";

/** From the byte of one node of the walk to that of the next. */
// @ts-ignore: decorator
@inline
function step(nodes: usize, node: usize, row: usize): usize {
  const here = nodes + node;
  return (node << 1) + (<usize>(load<f64>(row + load<u32>(here)) > load<f64>(here, 8)) << 4);
}

// @ts-ignore: decorator
@inline
function add(sums: usize, i: i32, ends: usize, node: usize): void {
  // A node has 16 bytes, an end 8.
  put(sums, i, at(sums, i) + load<f64>(ends + ((node - (<usize>16 << height)) >> 1)));
}

/** Adds to `sums` the lengths of the paths of `count` rows through a tree. */
export function sumPaths(tree: i32, rows: usize, count: i32, features: i32, sums: usize): void {
  const nodes = nodesOf(tree);
  const ends = endsOf(tree);
  const levels = height;
  const stride = <usize>features << 3;
  let row = rows;
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    let a: usize = 16;
    let b: usize = 16;
    let c: usize = 16;
    let d: usize = 16;
    for (let level = 0; level < levels; level++) {
      a = step(nodes, a, row);
      b = step(nodes, b, row + stride);
      c = step(nodes, c, row + 2 * stride);
      d = step(nodes, d, row + 3 * stride);
    }
    add(sums, i, ends, a);
    add(sums, i + 1, ends, b);
    add(sums, i + 2, ends, c);
    add(sums, i + 3, ends, d);
    row += 4 * stride;
  }
  for (; i < count; i++) {
    let a: usize = 16;
    for (let level = 0; level < levels; level++) a = step(nodes, a, row);
    add(sums, i, ends, a);
    row += stride;
  }
}
