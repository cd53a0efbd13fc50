/**
 * The columns of a frame as bytes (docs/formats/column-frame.md). Every encoding is exact and aligned to bytes: a loop of
 * a few instructions a value, both ways.
 */

/** Writes at `at`; the caller sizes `bytes` by {@link columnBytesAtMost}. */
export class ByteWriter {
  at = 0;
  readonly view: DataView;

  constructor(readonly bytes: Uint8Array<ArrayBuffer>) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(value: number): void {
    this.bytes[this.at++] = value;
  }

  u32(value: number): void {
    this.view.setUint32(this.at, value, true);
    this.at += 4;
  }

  f64(value: number): void {
    this.view.setFloat64(this.at, value, true);
    this.at += 8;
  }

  put(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }
}

/** Thrown by a {@link ByteReader} and the decoders here; decodeFrame makes it a null. */
export class Damaged extends Error {}

export class ByteReader {
  at = 0;
  readonly view: DataView;

  constructor(readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Where the next `length` bytes start; throws {@link Damaged} where they are not there. */
  take(length: number): number {
    const start = this.at;
    if (length > this.bytes.length - start) throw new Damaged("cut off");
    this.at = start + length;
    return start;
  }

  u8(): number {
    return this.bytes[this.take(1)]!;
  }

  u32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  f64(): number {
    return this.view.getFloat64(this.take(8), true);
  }
}

const RAW = 0;
const STRIDE = 1;
const OFFSETS = 2;
const SCALED = 3;
/** Before a column of numbers: whether a bitmap of the rows that have a value follows. */
const DENSE = 0;
const SPARSE = 1;
/** Before a column of integers: its width, or one of these. */
const CONSTANT = 0;
const NO_COLUMN = 0xff;

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

/** Indices and counts; null: no column. */
export function writeIntegers(out: ByteWriter, column: Uint32Array | null): void {
  if (!column) {
    out.u8(NO_COLUMN);
    return;
  }
  const first = column.length > 0 ? column[0]! : 0;
  let most = 0;
  let isSame = true;
  for (let i = 0; i < column.length; i++) {
    const value = column[i]!;
    if (value > most) most = value;
    if (value !== first) isSame = false;
  }
  if (isSame) {
    out.u8(CONSTANT);
    out.u32(first);
  } else writeNarrow(out, column, most);
}

/** The column of {@link writeTimes} or {@link writeValues}. */
export function readNumbers(from: ByteReader, rows: number): Float64Array {
  const presence = from.u8();
  if (presence === DENSE) return readPresent(from, rows);
  if (presence !== SPARSE) throw new Damaged("presence");
  const start = from.take((rows + 7) >> 3);
  const { bytes } = from;
  let count = 0;
  for (let row = 0; row < rows; row++) count += (bytes[start + (row >> 3)]! >> (row & 7)) & 1;
  const present = readPresent(from, count);
  const values = new Float64Array(rows);
  let next = 0;
  for (let row = 0; row < rows; row++)
    values[row] = (bytes[start + (row >> 3)]! >> (row & 7)) & 1 ? present[next++]! : Number.NaN;
  return values;
}

/** The column of {@link writeIntegers}. */
export function readIntegers(from: ByteReader, rows: number): Uint32Array | null {
  const width = from.u8();
  if (width === NO_COLUMN) return null;
  const column = new Uint32Array(rows);
  if (width === CONSTANT) column.fill(from.u32());
  else readNarrow(from, width, column);
  return column;
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

/** Says which rows have a value, and returns those values. */
function writePresence(out: ByteWriter, values: Float64Array): Float64Array {
  const rows = values.length;
  let count = 0;
  for (let row = 0; row < rows; row++) if (!Number.isNaN(values[row]!)) count++;
  if (count === rows) {
    out.u8(DENSE);
    return values;
  }
  out.u8(SPARSE);
  const bitmap = new Uint8Array((rows + 7) >> 3);
  const present = new Float64Array(count);
  let next = 0;
  for (let row = 0; row < rows; row++) {
    if (Number.isNaN(values[row]!)) continue;
    bitmap[row >> 3]! |= 1 << (row & 7);
    present[next++] = values[row]!;
  }
  out.put(bitmap);
  return present;
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

const widthFor = (most: number): number => (most < 0x100 ? 1 : most < 0x1_0000 ? 2 : 4);

// One function for each kind of array: V8 reads elements of one kind several times as fast as those of either.

function writeNarrow(out: ByteWriter, column: Uint32Array, most: number): void {
  const width = widthFor(most);
  out.u8(width);
  const { bytes, view } = out;
  let { at } = out;
  if (width === 1) for (let i = 0; i < column.length; i++) bytes[at++] = column[i]!;
  else if (width === 2) for (let i = 0; i < column.length; i++, at += 2) view.setUint16(at, column[i]!, true);
  else for (let i = 0; i < column.length; i++, at += 4) view.setUint32(at, column[i]!, true);
  out.at = at;
}

/** Integers less `least`; the greatest of these differences is `most`. */
function writeDifferences(out: ByteWriter, column: Float64Array, least: number, most: number): void {
  const width = widthFor(most);
  out.u8(width);
  const { bytes, view } = out;
  let { at } = out;
  if (width === 1) for (let i = 0; i < column.length; i++) bytes[at++] = column[i]! - least;
  else if (width === 2)
    for (let i = 0; i < column.length; i++, at += 2) view.setUint16(at, column[i]! - least, true);
  else for (let i = 0; i < column.length; i++, at += 4) view.setUint32(at, column[i]! - least, true);
  out.at = at;
}

function readNarrow(from: ByteReader, width: number, column: Uint32Array): void {
  const { bytes, view } = from;
  let at = takeNarrow(from, width, column.length);
  if (width === 1) for (let i = 0; i < column.length; i++) column[i] = bytes[at++]!;
  else if (width === 2) for (let i = 0; i < column.length; i++, at += 2) column[i] = view.getUint16(at, true);
  else for (let i = 0; i < column.length; i++, at += 4) column[i] = view.getUint32(at, true);
}

/** (least + integer * unit) / power: a unit or a power of 1 changes nothing. */
function readScaled(
  from: ByteReader,
  values: Float64Array,
  least: number,
  unit: number,
  power: number,
): void {
  const { bytes, view } = from;
  const width = from.u8();
  let at = takeNarrow(from, width, values.length);
  if (width === 1) for (let i = 0; i < values.length; i++) values[i] = (least + bytes[at++]! * unit) / power;
  else if (width === 2)
    for (let i = 0; i < values.length; i++, at += 2)
      values[i] = (least + view.getUint16(at, true) * unit) / power;
  else
    for (let i = 0; i < values.length; i++, at += 4)
      values[i] = (least + view.getUint32(at, true) * unit) / power;
}

function takeNarrow(from: ByteReader, width: number, values: number): number {
  if (width !== 1 && width !== 2 && width !== 4) throw new Damaged("width");
  return from.take(width * values);
}
