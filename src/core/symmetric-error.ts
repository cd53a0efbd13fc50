/** |actual - predicted| / (|actual| + |predicted|), in [0, 1]; 0 where both are zero. What accuracy and sMAPE are made of. */
export function symmetricError(actual: number, predicted: number): number {
  // Halves: the distance of two values, and their sum, may be twice what a double holds.
  const size = Math.abs(actual / 2) + Math.abs(predicted / 2);
  return size === 0 ? 0 : Math.min(1, Math.abs(actual / 2 - predicted / 2) / size);
}
