import type { Fill } from "./spec";

/**
 * Fills windows without a value, of one line of an answer. `values` has NaN for those, and is changed in place;
 * `edges` has one more than there are windows. Returns 1 for each window that is shown: shown and still NaN is null.
 *
 * A gap is a run of empty windows from the start of its first to the end of its last; one longer than `maxGapMicros`
 * stays as it is, also for `null`. `previous` repeats the value before the gap, so nothing fills what comes before the
 * first value; `linear` runs between the values on both sides by the windows' starts, so it fills neither end.
 */
export function fillGaps(
  values: Float64Array,
  edges: Float64Array,
  fill: Fill,
  maxGapMicros: number | null,
): Uint8Array {
  const shown = Uint8Array.from(values, (value) => (Number.isNaN(value) ? 0 : 1));
  if (fill === "none") return shown;
  for (let from = 0; from < values.length; from++) {
    if (shown[from] === 1) continue;
    let to = from;
    while (to < values.length && shown[to] === 0) to++;
    if (maxGapMicros === null || edges[to]! - edges[from]! <= maxGapMicros) {
      fillGap(values, shown, edges, fill, from, to);
    }
    from = to;
  }
  return shown;
}

/** The empty windows [from, to). */
function fillGap(
  values: Float64Array,
  shown: Uint8Array,
  edges: Float64Array,
  fill: Fill,
  from: number,
  to: number,
): void {
  if (fill === "null") {
    shown.fill(1, from, to);
    return;
  }
  if (from === 0 || (fill === "linear" && to === values.length)) return;
  const before = values[from - 1]!;
  const slope = fill === "linear" ? (values[to]! - before) / (edges[to]! - edges[from - 1]!) : 0;
  for (let i = from; i < to; i++) values[i] = before + slope * (edges[i]! - edges[from - 1]!);
  shown.fill(1, from, to);
}
