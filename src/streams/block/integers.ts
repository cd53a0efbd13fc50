import type { BitWriter } from "./bit-writer";
import { type BitReader, unfold } from "./bits";
import { choosePredictor, decodePrediction, PREDICTORS, type Predictor } from "./predictors";
import { ALL_ZERO, GROUP, RICE_BITS, WIDTH_BITS, writeResiduals } from "./residuals";

/** Largest minus smallest value of a column stays below this, so that every prediction and its error are exact. */
export const MAX_RANGE = 2 ** 50;
const PREDICTOR_BITS = 3;

/**
 * Writes `values[0, count)`, integers of magnitude below 2^51 with a range below MAX_RANGE, and overwrites them;
 * count >= 1. First the first value and the common unit of the rest, then groups of GROUP values, each with the
 * predictor and the Rice parameter that are cheapest for it.
 */
export function writeIntegers(writer: BitWriter, values: Float64Array, count: number): void {
  const base = values[0]!;
  const unit = toUnits(values, count, base);
  writer.signed(base);
  writer.varint(unit);
  if (unit === 0) return;
  let last = 0;
  let beforeLast = 0;
  for (let from = 1; from < count; from += GROUP) {
    const to = Math.min(from + GROUP, count);
    const choice = choosePredictor(values, from, to, last, beforeLast);
    writer.bits(choice.predictor, PREDICTOR_BITS);
    writeResiduals(writer, values, from, to, last, beforeLast, choice);
    beforeLast = to - from > 1 ? values[to - 2]! : last;
    last = values[to - 1]!;
  }
  writer.align();
}

/** Reads `count` values to `out` from `at` on. */
export function readIntegers(reader: BitReader, out: Float64Array, at: number, count: number): void {
  const base = reader.signed();
  const unit = reader.varint();
  const end = at + count;
  if (unit === 0) {
    out.fill(base, at, end);
    return;
  }
  out[at] = 0;
  for (let from = at + 1; from < end; from += GROUP) {
    const to = Math.min(from + GROUP, end);
    const last = out[from - 1]!;
    const beforeLast = from - 2 >= at ? out[from - 2]! : 0;
    const predictor = reader.bits(PREDICTOR_BITS) as Predictor;
    const level = predictor >= PREDICTORS.centre ? last + readLevel(reader) : 0;
    const k = reader.bits(RICE_BITS);
    if (k === ALL_ZERO) out.fill(0, from, to);
    else reader.rice(out, from, to - from, k, predictor !== PREDICTORS.floor);
    decodePrediction(out, from, to, predictor, last, beforeLast, level);
  }
  reader.align();
  if (unit !== 1) for (let i = at; i < end; i++) out[i] = out[i]! * unit + base;
  else if (base !== 0) for (let i = at; i < end; i++) out[i] = out[i]! + base;
}

const readLevel = (reader: BitReader): number => unfold(reader.bits(reader.bits(WIDTH_BITS)));

/** Replaces each value by its distance from `base` in common units, and returns the unit; 0: all are equal. */
function toUnits(values: Float64Array, count: number, base: number): number {
  let unit = 0;
  for (let i = 0; i < count; i++) {
    const distance = values[i]! - base;
    values[i] = distance;
    // Most columns come down to 1 within a few values; after that the test of `unit` is all this costs.
    if (unit !== 1 && distance !== 0) unit = unit === 0 ? Math.abs(distance) : commonUnit(unit, distance);
  }
  if (unit > 1) for (let i = 0; i < count; i++) values[i] = values[i]! / unit;
  return unit;
}

const INT32 = 2 ** 31;

function commonUnit(unit: number, distance: number): number {
  let a = unit;
  let b = Math.abs(distance);
  // The remainder of two int32 is one instruction, that of two doubles a call.
  if (a < INT32 && b < INT32 && (b | 0) % (a | 0) === 0) return a;
  while (b !== 0) {
    const rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}
