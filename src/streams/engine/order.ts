/** The rows by time, those of one time in their order; null where they stand so. A file may begin with its newest row. */
export function orderInTime(times: Float64Array): Uint32Array | null {
  let isSorted = true;
  for (let i = 1; i < times.length && isSorted; i++) isSorted = times[i]! >= times[i - 1]!;
  if (isSorted) return null;
  return Uint32Array.from(times, (_, row) => row).sort((a, b) => times[a]! - times[b]! || a - b);
}
