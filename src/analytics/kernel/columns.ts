/** Columns of one length, one after the other: as kernels of several fields take them. */
export function joined(columns: readonly Float64Array[]): Float64Array {
  const length = columns[0]?.length ?? 0;
  const all = new Float64Array(length * columns.length);
  for (const [f, column] of columns.entries()) all.set(column, f * length);
  return all;
}
