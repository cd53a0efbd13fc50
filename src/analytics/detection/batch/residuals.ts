/** Further out a value says nothing about how fields usually go together. */
const CUT_AT = 3;
/** Keeps fields apart that are the same to rounding. */
const RIDGE = 1e-3;

/**
 * What of each field the others do not explain, in robust standard deviations of the field: (P z)_f / P_ff with the
 * inverse P of the correlations of the cut values (Rousseeuw and Van den Bossche 2018 look for cells by the same idea).
 * Splits and similarities of single fields hardly see that two which always go together do not.
 */
export function residualsOf(
  fields: readonly Float64Array[],
  centres: readonly number[],
  units: readonly number[],
): (row: readonly number[]) => number[] {
  const rows = fields[0]!.length;
  const cut = fields.map((column, f) =>
    column.map((value) => Math.min(CUT_AT, Math.max(-CUT_AT, (value - centres[f]!) / units[f]!))),
  );
  const products = cut.map((a, i) =>
    cut.map((b, j) => {
      let sum = 0;
      for (let t = 0; t < rows; t++) sum += a[t]! * b[t]!;
      return sum / rows + (i === j ? RIDGE : 0);
    }),
  );
  const precision = inverse(products);
  return (row) => {
    const z = row.map((value, f) => (value - centres[f]!) / units[f]!);
    return precision.map((line, f) => line.reduce((sum, p, j) => sum + p * z[j]!, 0) / line[f]!);
  };
}

/** Of a positive definite matrix, by Gauss and Jordan without pivoting. */
function inverse(matrix: readonly (readonly number[])[]): number[][] {
  const n = matrix.length;
  const work = matrix.map((line, i) => [...line, ...line.map((_, j) => (i === j ? 1 : 0))]);
  for (let k = 0; k < n; k++) {
    const pivot = work[k]![k]!;
    work[k] = work[k]!.map((value) => value / pivot);
    for (let i = 0; i < n; i++) {
      const factor = work[i]![k]!;
      if (i !== k) work[i] = work[i]!.map((value, j) => value - factor * work[k]![j]!);
    }
  }
  return work.map((line) => line.slice(n));
}
