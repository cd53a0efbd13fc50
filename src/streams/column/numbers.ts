/**
 * The columns of a frame as bytes (docs/formats/column-frame.md). Every encoding is exact and aligned to bytes: a loop of
 * a few instructions a value, both ways.
 */

import { type ByteReader, type ByteWriter, Damaged } from "./bytes";
import { readScaled, writeDifferences } from "./integers";
import { readPresence, writePresence } from "./presence";

const RAW = 0;
const STRIDE = 1;
const OFFSETS = 2;
const SCALED = 3;

/** A second, a millisecond, a microsecond: most sources write times of one of these. */
const UNITS = [1_000_000, 1_000, 1];
const POWERS = Array.from({ length: 10 }, (_, exponent) => 10 ** exponent);
/** Up to here every integer is a double, and so is its sum with an offset of 32 bits. */
const MAX_INTEGER = 2 ** 53 - 2 ** 32;
const MAX_OFFSET = 0xffff_ffff;
/** Of a frame's column. */
const SCRATCH_VALUES = 5_000;

/** Of a column of `rows` values of 8 bytes: with its bitmap and parameters. */
export const columnBytesAtMost = (rows: number): number => 24 + rows * 8 + ((rows + 7) >> 3);

/** Microseconds; NaN: none. Of a time -0 comes 0. */
export function writeTimes(out: ByteWriter, times: Float64Array): void {
  const present = writePresence(out, times);
  if (!writeStride(out, present) && !writeOffsets(out, present)) writeRaw(out, present);
}

/** Numbers; NaN: absent. */
export function writeValues(out: ByteWriter, values: Float64Array): void {
  const present = writePresence(out, values);
  if (!writeConstant(out, present) && !writeScaled(out, present)) writeRaw(out, present);
}

/** The column of {@link writeTimes} or {@link writeValues}. */
export function readNumbers(from: ByteReader, rows: number): Float64Array {
  return readPresence(from, rows, (present) => readPresent(from, present));
}

function readPresent(from: ByteReader, rows: number): Float64Array {
  const encoding = from.u8();
  const values = new Float64Array(rows);
  if (encoding === STRIDE) {
    const first = from.f64();
    const stride = from.f64();
    if (stride === 0) values.fill(first);
    else for (let i = 0; i < rows; i++) values[i] = first + i * stride;
  } else if (encoding === OFFSETS) {
    const least = from.f64();
    const unit = from.f64();
    readScaled(from, values, least, unit, 1);
  } else if (encoding === SCALED) {
    const power = POWERS[from.u8()];
    if (power === undefined) throw new Damaged("decimals");
    const least = from.f64();
    readScaled(from, values, least, 1, power);
  } else if (encoding === RAW) {
    const start = from.take(rows * 8);
    new Uint8Array(values.buffer).set(from.bytes.subarray(start, start + rows * 8));
  } else throw new Damaged("encoding");
  return values;
}

function writeRaw(out: ByteWriter, values: Float64Array): void {
  out.u8(RAW);
  out.put(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

function writeStride(out: ByteWriter, times: Float64Array): boolean {
  const first = times.length > 0 ? times[0]! : 0;
  const stride = times.length > 1 ? times[1]! - first : 0;
  for (let i = 0; i < times.length; i++) if (first + i * stride !== times[i]!) return false;
  out.u8(STRIDE);
  out.f64(first);
  out.f64(stride);
  return true;
}

function writeConstant(out: ByteWriter, values: Float64Array): boolean {
  const first = values.length > 0 ? values[0]! : 0;
  for (let i = 1; i < values.length; i++) {
    // 0 and -0 are equal to one another, and two values to the reader.
    if (values[i] !== first || (first === 0 && !Object.is(first, values[i]))) return false;
  }
  out.u8(STRIDE);
  out.f64(first);
  out.f64(0);
  return true;
}

/** Times as multiples of a unit after the least of them. */
function writeOffsets(out: ByteWriter, times: Float64Array): boolean {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < times.length; i++) {
    const time = times[i]!;
    if (time < least) least = time;
    if (time > most) most = time;
  }
  const offsets = scratchOf(times.length);
  for (const unit of UNITS) {
    const range = (most - least) / unit;
    if (range > MAX_OFFSET || !fillOffsets(offsets, times, least, unit)) continue;
    out.u8(OFFSETS);
    out.f64(least);
    out.f64(unit);
    writeDifferences(out, offsets, 0, range);
    return true;
  }
  return false;
}

function fillOffsets(offsets: Float64Array, times: Float64Array, least: number, unit: number): boolean {
  for (let i = 0; i < times.length; i++) {
    const offset = Math.floor((times[i]! - least) / unit);
    // The very sum that a reader makes.
    if (least + offset * unit !== times[i]!) return false;
    offsets[i] = offset;
  }
  return true;
}

/** Values with few decimals as integers after the least of them. */
function writeScaled(out: ByteWriter, values: Float64Array): boolean {
  const integers = scratchOf(values.length);
  const decimals = fillIntegers(integers, values);
  if (decimals < 0) return false;
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < integers.length; i++) {
    const integer = integers[i]!;
    if (integer < least) least = integer;
    if (integer > most) most = integer;
  }
  if (least < -MAX_INTEGER || most > MAX_INTEGER || most - least > MAX_OFFSET) return false;
  out.u8(SCALED);
  out.u8(decimals);
  out.f64(least);
  writeDifferences(out, integers, least, most - least);
  return true;
}

/** The values as integers divided by 10 to the number of decimals returned, exactly; -1: they are not so. */
function fillIntegers(integers: Float64Array, values: Float64Array): number {
  let decimals = 0;
  let power = 1;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    const integer = Math.round(value * power);
    if (integer / power === value) {
      if (integer === 0 && Object.is(value, -0)) return -1;
      integers[i] = integer;
      continue;
    }
    if (++decimals === POWERS.length) return -1;
    power = POWERS[decimals]!;
    // From the start again: it is at most nine times, and as a rule within the first few values.
    i = -1;
  }
  return decimals;
}

let scratch = new Float64Array(0);

/** Values that are only needed until the next call: a column is written and forgotten, many times a second. */
function scratchOf(length: number): Float64Array {
  if (length > SCRATCH_VALUES) return new Float64Array(length);
  if (scratch.length === 0) scratch = new Float64Array(SCRATCH_VALUES);
  return scratch.subarray(0, length);
}
