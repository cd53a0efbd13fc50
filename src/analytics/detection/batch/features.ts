import { medianOf, quantileOfSorted, unitOf } from "./order-statistics";
import { OrderedWindow } from "./ordered-window";
import { residualsOf } from "./residuals";

/** A value that a field of a row might have had. */
export interface Supposed {
  row: number;
  field: number;
  value: number;
}

/** What a method of several dimensions sees of each row, and what it would see of others. */
export interface FeatureSpace {
  columns: Float64Array[];
  /** Of which rows are the same where they are the same to a person. */
  identity: readonly Float64Array[];
  /** The features of rows as they are but for one field. */
  columnsOf(supposed: readonly Supposed[]): Float64Array[];
  /** What the rest of a row, or of the series, lets expect of a field; `isUsual`: rows to learn that from. */
  expected(row: number, field: number, isUsual: (row: number) => boolean): number;
}

/** Several fields are features, each alone and given the others; one is seen as a value, as a peak and as a distance from its recent level. */
export const featureSpaceOf = (fields: readonly Float64Array[], windowSize: number): FeatureSpace =>
  fields.length === 1 ? ofOneField(fields[0]!, windowSize) : ofFields(fields);

function ofOneField(values: Float64Array, windowSize: number): FeatureSpace {
  const level = trailingMedian(values, windowSize);
  const featuresOf = (row: number, value: number) => [
    value,
    peak(value, values[row - 1], values[row + 1]),
    value - level[row]!,
  ];
  const columns = transposed(Array.from(values, (value, row) => featuresOf(row, value)));
  return {
    columns,
    identity: columns.slice(0, 2),
    columnsOf: (supposed) => transposed(supposed.map(({ row, value }) => featuresOf(row, value))),
    expected: (row) => level[row]!,
  };
}

/**
 * How far a value stands out of both its neighbours. A plain change is as large on the way back, and would make the
 * value after a spike an anomaly as well.
 */
function peak(value: number, before = value, after = value): number {
  const up = value - before;
  const down = value - after;
  if (up > 0 && down > 0) return Math.min(up, down);
  return up < 0 && down < 0 ? Math.max(up, down) : 0;
}

/** The median of the values before each; of the first, that of the first few. */
function trailingMedian(values: Float64Array, windowSize: number): Float64Array {
  const window = new OrderedWindow(windowSize);
  const first = medianOf(values.subarray(0, FIRST_VALUES));
  return values.map((value, t) => {
    const median = t < FIRST_VALUES ? first : window.median();
    window.push(value);
    return median;
  });
}

const FIRST_VALUES = 10;

function ofFields(fields: readonly Float64Array[]): FeatureSpace {
  const units = fields.map((column) => unitOf(column));
  const centres = fields.map(medianOf);
  const residuals = residualsOf(fields, centres, units);
  const featuresOf = (row: readonly number[]) => [...row, ...residuals(row)];
  const rowAt = (row: number) => fields.map((column) => column[row]!);
  return {
    columns: transposed(Array.from(fields[0]!, (_, row) => featuresOf(rowAt(row)))),
    identity: fields,
    columnsOf: (supposed) =>
      transposed(supposed.map(({ row, field, value }) => featuresOf(rowAt(row).with(field, value)))),
    expected: (row, field, isUsual) => amongNeighbours(fields, units, row, field, isUsual),
  };
}

/** Rows that are looked at for neighbours, evenly over all. */
const MOST_CANDIDATES = 2_000;
const NEIGHBOURS = 15;

/** The median of a field among the usual rows that are nearest in the other fields. */
function amongNeighbours(
  fields: readonly Float64Array[],
  units: readonly number[],
  row: number,
  field: number,
  isUsual: (row: number) => boolean,
): number {
  const column = fields[field]!;
  const stride = Math.max(1, Math.ceil(column.length / MOST_CANDIDATES));
  const near: { distance: number; value: number }[] = [];
  for (let other = 0; other < column.length; other += stride) {
    if (other === row || !isUsual(other)) continue;
    let distance = 0;
    for (const [f, values] of fields.entries())
      if (f !== field) distance += ((values[other]! - values[row]!) / units[f]!) ** 2;
    near.push({ distance, value: column[other]! });
  }
  if (near.length === 0) return medianOf(column);
  near.sort((a, b) => a.distance - b.distance);
  const values = Float64Array.from(near.slice(0, NEIGHBOURS), ({ value }) => value).sort();
  return quantileOfSorted(values, 0.5);
}

function transposed(rows: readonly (readonly number[])[]): Float64Array[] {
  const width = rows[0]?.length ?? 0;
  return Array.from({ length: width }, (_, f) => Float64Array.from(rows, (features) => features[f]!));
}
