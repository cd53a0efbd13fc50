import { furthest } from "./by-field";
import type { FeatureSpace, Supposed } from "./features";
import type { Band } from "./method";
import { medianOf, unitOf } from "./order-statistics";

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

/** From the expected value to the one that was, on either side: near the expected one first, each a root of two further. */
const STEPS = 32;
const REACHES = Array.from({ length: STEPS }, (_, k) => 2 ** ((k + 1 - STEPS) / 2));
/** Within the step that the bound lies in. */
const FINER = 8;

/**
 * Of each row, the values of its field around the expected one with which it would be no anomaly. Neither bound where it
 * would be one even with the expected value; no bound on a side where none is reached.
 */
export function bandsOf(question: Question, rows: readonly number[], field: Uint16Array): Band[] {
  const asked = rows.map((row) => supposeExpected(question, row, field[row]!));
  const isOdd = oddAt(question, asked);
  const far = asked.map(({ row, field: f, value }) => question.values[f]![row]! - value);
  const own = isOdd(asked.map(() => [0]));
  const sides = ([1, -1] as const).map((side) => {
    const first = outermost(isOdd, far, () => REACHES, side);
    const within = ({ inside, outside }: Bracket) =>
      Array.from({ length: FINER }, (_, k) => inside + ((outside - inside) * (k + 1)) / FINER);
    const second = outermost(isOdd, far, (i) => (first[i] ? within(first[i]) : []), side);
    return first.map((bracket, i) => bracket && (second[i]?.inside || bracket.inside) * side);
  });
  return asked.map(({ value: expected }, i) => {
    if (own[i]![0]) return { expected, lower: null, upper: null };
    const ends = sides.map((reached) => (reached[i] === null ? null : expected + reached[i]! * far[i]!));
    const [beyond, before] = ends as [number | null, number | null];
    return far[i]! >= 0
      ? { expected, lower: before, upper: beyond }
      : { expected, lower: beyond, upper: before };
  });
}

/** Shares of the way from the expected value: the last that is no anomaly, and the first that is one. */
interface Bracket {
  inside: number;
  outside: number;
}

/** Of each row, whether it would be an anomaly with the values so far away. */
type IsOdd = (offsets: readonly (readonly number[])[]) => boolean[][];

function oddAt(question: Question, asked: readonly Supposed[]): IsOdd {
  return (offsets) => {
    const supposed = asked.flatMap((at, i) => offsets[i]!.map((by) => ({ ...at, value: at.value + by })));
    const oddities = askAll(question, supposed);
    let next = 0;
    return offsets.map((own) => own.map(() => oddities[next++]! >= question.limit));
  };
}

/** Null where all are inside; `reaches` ascend, in shares of the way. */
function outermost(
  isOdd: IsOdd,
  far: readonly number[],
  reaches: (i: number) => readonly number[],
  side: 1 | -1,
): (Bracket | null)[] {
  const odd = isOdd(far.map((distance, i) => reaches(i).map((reach) => side * reach * distance)));
  return odd.map((own, i) => {
    const k = own.indexOf(true);
    return k < 0 ? null : { inside: reaches(i)[k - 1] ?? 0, outside: reaches(i)[k]! };
  });
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
