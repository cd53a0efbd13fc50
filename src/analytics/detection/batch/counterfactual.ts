import { furthest } from "./by-field";
import { type FeatureSpace, type Supposed, unitOf } from "./features";
import type { Band } from "./method";
import { medianOf } from "./order-statistics";

/** What must be known to ask what a row would have been with another value. */
export interface Question {
  values: readonly Float64Array[];
  space: FeatureSpace;
  isUsual(row: number): boolean;
  oddities(query: readonly Float64Array[], rows: readonly number[]): Float64Array;
  /** The oddity that is an anomaly. */
  limit: number;
}

/** Rows whose field is asked for by trying; the others, less far out, get the field that is furthest from its median. */
const MOST_TRIED = 500;

/** The field of each row without whose value, were it the expected one, the row would be least odd. */
export function blamed(question: Question, sigma: Float64Array, level: number): Uint16Array {
  const { values } = question;
  if (values.length === 1) return new Uint16Array(sigma.length);
  const { field } = furthest(
    values.map((column) => {
      const centre = medianOf(column);
      const unit = unitOf(column);
      return column.map((value) => Math.abs(value - centre) / unit);
    }),
  );
  const rows = [...sigma.keys()].filter((row) => sigma[row]! >= level);
  rows.sort((a, b) => sigma[b]! - sigma[a]!);
  const tried = rows.slice(0, MOST_TRIED);
  const left = askAll(
    question,
    tried.flatMap((row) => values.map((_, f) => supposeExpected(question, row, f))),
  );
  for (const [i, row] of tried.entries()) {
    const ofRow = left.subarray(i * values.length, (i + 1) * values.length);
    field[row] = ofRow.indexOf(Math.min(...ofRow));
  }
  return field;
}

/** Steps from the expected value to the one that was, and as many to the other side. */
const STEPS = 32;

/**
 * Of each row, the values of its field around the expected one with which it would be no anomaly. Neither bound where it
 * would be one even with the expected value; no bound on a side where none is reached.
 */
export function bandsOf(question: Question, rows: readonly number[], field: Uint16Array): Band[] {
  const supposed = rows.flatMap((row) => {
    const at = supposeExpected(question, row, field[row]!);
    const step = (question.values[at.field]![row]! - at.value) / STEPS;
    return Array.from({ length: 2 * STEPS + 1 }, (_, k) => ({ ...at, value: at.value + (k - STEPS) * step }));
  });
  const oddities = askAll(question, supposed);
  const width = 2 * STEPS + 1;
  return rows.map((_, i) => {
    const own = supposed.slice(i * width, (i + 1) * width);
    const isOdd = (k: number) => oddities[i * width + k]! >= question.limit;
    const expected = own[STEPS]!.value;
    if (isOdd(STEPS)) return { expected, lower: null, upper: null };
    const ends = [lastInside(isOdd, -1), lastInside(isOdd, 1)].map((k) =>
      k === null ? null : own[k]!.value,
    );
    const [before, beyond] = ends as [number | null, number | null];
    const isUpwards = own[width - 1]!.value > expected;
    return isUpwards
      ? { expected, lower: before, upper: beyond }
      : { expected, lower: beyond, upper: before };
  });
}

/** From the middle in a direction; null where all are inside. */
function lastInside(isOdd: (k: number) => boolean, direction: 1 | -1): number | null {
  for (let step = 1; step <= STEPS; step++)
    if (isOdd(STEPS + direction * step)) return STEPS + direction * (step - 1);
  return null;
}

const supposeExpected = (question: Question, row: number, field: number): Supposed => ({
  row,
  field,
  value: question.space.expected(row, field, question.isUsual),
});

const askAll = ({ space, oddities }: Question, supposed: readonly Supposed[]): Float64Array =>
  supposed.length > 0
    ? oddities(
        space.columnsOf(supposed),
        supposed.map(({ row }) => row),
      )
    : new Float64Array(0);
