import { type BitWriter, widthOf } from "./bit-writer";
import { ESCAPE, ESCAPE_WIDTH_BITS, fold } from "./bits";
import { type Choice, PREDICTORS } from "./predictors";

/** Values that share a predictor and a Rice parameter. */
export const GROUP = 128;
/** In place of a Rice parameter: every residual of the group is 0 and takes no bits. */
export const ALL_ZERO = 63;
export const RICE_BITS = 6;
export const WIDTH_BITS = 6;

const wide = new Float64Array(GROUP);
const small = new Int32Array(GROUP);
const INT32 = 2 ** 31;
const MAX_SMALL_K = 24;

/** Writes the level, the Rice parameter and the residuals of `values[from, to)` under `choice`. */
export function writeResiduals(
  writer: BitWriter,
  values: Float64Array,
  from: number,
  to: number,
  last: number,
  beforeLast: number,
  choice: Choice,
): void {
  const count = to - from;
  if (choice.predictor >= PREDICTORS.centre) writeLevel(writer, choice.level - last);
  predict(values, from, to, last, beforeLast, choice);
  let sum = 0;
  let highest = 0;
  for (let i = 0; i < count; i++) {
    const code = wide[i]!;
    sum += code;
    if (code > highest) highest = code;
  }
  if (highest === 0) {
    writer.bits(ALL_ZERO, RICE_BITS);
    return;
  }
  if (highest < INT32) for (let i = 0; i < count; i++) small[i] = wide[i]!;
  const k =
    highest < INT32
      ? bestParameter(sum / count, count, costSmall)
      : bestParameter(sum / count, count, costWide);
  writer.bits(k, RICE_BITS);
  if (highest < INT32 && k <= MAX_SMALL_K) writer.riceSmall(small, count, k);
  else writer.rice(wide, count, k);
}

function writeLevel(writer: BitWriter, level: number): void {
  const code = fold(level);
  const width = widthOf(code);
  writer.bits(width, WIDTH_BITS);
  writer.bits(code, width);
}

/** Fills `wide` with the residuals, signs folded. */
function predict(
  values: Float64Array,
  from: number,
  to: number,
  last: number,
  beforeLast: number,
  { predictor, level }: Choice,
): void {
  const count = to - from;
  let a = beforeLast;
  let b = last;
  if (predictor === PREDICTORS.floor) {
    for (let i = 0; i < count; i++) wide[i] = values[from + i]! - level;
    return;
  }
  for (let i = 0; i < count; i++) {
    const value = values[from + i]!;
    let expected = level;
    if (predictor === PREDICTORS.last) expected = b;
    else if (predictor === PREDICTORS.line) expected = b + b - a;
    else if (predictor === PREDICTORS.mean) expected = Math.floor((a + b) * 0.5);
    const residual = value - expected;
    wide[i] = residual < 0 ? -2 * residual - 1 : 2 * residual;
    a = b;
    b = value;
  }
}

/** The Rice parameter of least bits near the one that the mean suggests; outliers pull the mean up, so down first. */
function bestParameter(mean: number, count: number, cost: (count: number, k: number) => number): number {
  let k = mean < 1 ? 0 : Math.floor(Math.log2(mean));
  let bits = cost(count, k);
  const above = cost(count, k + 1);
  if (above < bits) return k + 1;
  while (k > 0) {
    const below = cost(count, k - 1);
    if (below >= bits) break;
    bits = below;
    k--;
  }
  return k;
}

function costSmall(count: number, k: number): number {
  if (k > 30) return Number.POSITIVE_INFINITY;
  let bits = count * (1 + k);
  for (let i = 0; i < count; i++) {
    const code = small[i]!;
    const quotient = code >>> k;
    bits += quotient < ESCAPE ? quotient : ESCAPE + ESCAPE_WIDTH_BITS + 31 - Math.clz32(code) - k;
  }
  return bits;
}

function costWide(count: number, k: number): number {
  const scale = 2 ** k;
  let bits = count * (1 + k);
  for (let i = 0; i < count; i++) {
    const code = wide[i]!;
    const quotient = Math.floor(code / scale);
    bits += quotient < ESCAPE ? quotient : ESCAPE + ESCAPE_WIDTH_BITS - 1 + widthOf(code) - k;
  }
  return bits;
}
