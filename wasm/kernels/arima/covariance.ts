// The covariance of the state, of which a prediction of h steps needs the first h rows and columns: a `block` of
// size x size, row by row. A fit needs none of it.
import { firstColumn } from "./autocovariance";
import { at, offset, put } from "./columns";
import { ar, stateLength, theta } from "./model";

/** Before the first value: P = T P T' + R R' read backwards along each diagonal, from the stationary first column. */
export function fillStationary(block: usize, size: i32): void {
  for (let apart = 0; apart < size; apart++) {
    let value = 0.0;
    for (let i = stateLength - 1 - apart; i >= 0; i--) {
      const j = i + apart;
      value += heads(i, j) + theta(i) * theta(j);
      if (j >= size) continue;
      put(block, i * size + j, value);
      put(block, j * size + i, value);
    }
  }
}

/** What the head of the state contributes to P_ij: T adds ar times the head to every element. */
function heads(i: i32, j: i32): f64 {
  const nextI = i + 1 < stateLength ? at(firstColumn, i + 1) : 0.0;
  const nextJ = j + 1 < stateLength ? at(firstColumn, j + 1) : 0.0;
  return at(ar, i) * at(ar, j) * at(firstColumn, 0) + at(ar, i) * nextJ + at(ar, j) * nextI;
}

/** One step of the filter: P + scale * update update'. */
export function addRankOne(block: usize, size: i32, update: usize, scale: f64): void {
  for (let i = 0; i < size; i++) {
    const row = offset(block, i * size);
    const factor = scale * at(update, i);
    for (let j = 0; j < size; j++) put(row, j, at(row, j) + factor * at(update, j));
  }
}

/** Settled: everything but the next innovation is known. */
export function fillSettled(block: usize, size: i32): void {
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) put(block, i * size + j, theta(i) * theta(j));
  }
}
