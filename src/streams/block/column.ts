import type { BitWriter } from "./bit-writer";
import type { BitReader } from "./bits";
import { addUlps, type Corrections, decimalsOf, POWERS_OF_TEN, toIntegers } from "./decimals";
import { readIntegers, writeIntegers } from "./integers";

/**
 * A column of doubles, bit exact. Its first byte is the form, and in the high half a number that the form uses:
 * - constant: one value; the decimals of its integer, or RAW and the 8 bytes of the double.
 * - copy: the same as an earlier column of the chunk; which.
 * - decimal: integers behind decimals; the decimals. `corrected` adds a list of corrections, `perturbed` a column of
 *   ulps before it.
 * - halves: the high and the low 32 bits as two columns of integers; what no decimals fit.
 */
const FORMS = { constant: 0, copy: 1, decimal: 2, corrected: 3, perturbed: 4, halves: 5 } as const;
const RAW = 15;
/** More corrections than one in so many values cost less as a column of ulps than as a list. */
const SPARSE = 10;
/** Above this size a decimal column is compared with its halves. */
const SUSPECT_BYTES_PER_VALUE = 5;

let integers = new Float64Array(8192);
let others = new Float64Array(8192);

function reserve(count: number): void {
  if (count <= integers.length) return;
  integers = new Float64Array(2 * count);
  others = new Float64Array(2 * count);
}

/** Writes `columns[index][from, to)`; `to > from`. */
export function writeColumn(
  writer: BitWriter,
  columns: readonly Float64Array[],
  index: number,
  from: number,
  to: number,
): void {
  const values = columns[index]!;
  for (let earlier = 0; earlier < index; earlier++) {
    if (same(columns[earlier]!, values, from, to)) {
      writer.byte(FORMS.copy | (earlier << 4));
      return;
    }
  }
  reserve(to - from);
  if (isConstant(values, from, to)) writeConstant(writer, values, from);
  else if (!writeDecimals(writer, values, from, to)) writeHalves(writer, values, from, to);
}

/**
 * Reads `count` values to `out` from `at` on. Of a copy nothing is read and the index of the original is returned;
 * otherwise -1. Where only the first `wanted` (1 or more) are, the others may be left as they are in `out`, and the reader
 * somewhere in the column.
 */
export function readColumn(
  reader: BitReader,
  out: Float64Array,
  at: number,
  count: number,
  wanted = count,
): number {
  const head = reader.byte();
  const form = head & 15;
  const detail = head >> 4;
  reserve(count);
  if (form === FORMS.copy) return detail;
  if (form === FORMS.constant) {
    out.fill(detail === RAW ? reader.float() : reader.signed() / POWERS_OF_TEN[detail]!, at, at + count);
  } else if (form === FORMS.halves) readHalves(reader, out, at, count, wanted);
  else if (form <= FORMS.perturbed) {
    // Ulps and corrections stand behind all of the integers.
    const read = form === FORMS.decimal ? wanted : count;
    readDecimals(reader, form, POWERS_OF_TEN[detail]!, out, at, read);
  } else throw new Error(`a column of unknown form ${form}`);
  return -1;
}

/** Reads a column that stands alone and can be no copy, the first `wanted` values of it at least. */
export function readSingleColumn(
  reader: BitReader,
  out: Float64Array,
  at: number,
  count: number,
  wanted = count,
): void {
  if (readColumn(reader, out, at, count, wanted) >= 0) throw new Error("a single column cannot be a copy");
}

const identical = (a: number, b: number): boolean => a === b && (a !== 0 || 1 / a === 1 / b);

function same(a: Float64Array, b: Float64Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (!identical(a[i]!, b[i]!)) return false;
  return true;
}

function isConstant(values: Float64Array, from: number, to: number): boolean {
  const first = values[from]!;
  for (let i = from + 1; i < to; i++) if (!identical(values[i]!, first)) return false;
  return true;
}

function writeConstant(writer: BitWriter, values: Float64Array, at: number): void {
  const decimals = decimalsOf(values, at, at + 1);
  const corrections = decimals < 0 ? null : toIntegers(values, at, at + 1, decimals, integers);
  if (corrections?.rows.length === 0) {
    writer.byte(FORMS.constant | (decimals << 4));
    writer.signed(integers[0]!);
  } else {
    writer.byte(FORMS.constant | (RAW << 4));
    writer.float(values[at]!);
  }
}

function writeDecimals(writer: BitWriter, values: Float64Array, from: number, to: number): boolean {
  const decimals = decimalsOf(values, from, to);
  if (decimals < 0) return false;
  const corrections = toIntegers(values, from, to, decimals, integers);
  if (!corrections) return false;
  const count = to - from;
  const start = writer.at;
  const { rows, ulps } = corrections;
  const perturbed = ulps.length * SPARSE > count;
  const form = perturbed ? FORMS.perturbed : rows.length > 0 ? FORMS.corrected : FORMS.decimal;
  writer.byte(form | (decimals << 4));
  writeIntegers(writer, integers, count);
  if (perturbed) writePerturbations(writer, corrections, count);
  if (form !== FORMS.decimal) writeCorrections(writer, corrections, values, from, perturbed);
  if (writer.at - start > count * SUSPECT_BYTES_PER_VALUE) {
    // Digits that are no decimals but noise: the bits of the double themselves can be fewer.
    const size = writer.at - start;
    const written = writer.bytes.slice(start, writer.at);
    writer.rewind(start);
    writeHalves(writer, values, from, to);
    if (writer.at - start >= size) {
      writer.rewind(start);
      writer.append(written);
    }
  }
  return true;
}

function writePerturbations(writer: BitWriter, { rows, ulps }: Corrections, count: number): void {
  others.fill(0, 0, count);
  for (let i = 0; i < rows.length; i++) others[rows[i]!] = ulps[i]!;
  writeIntegers(writer, others, count);
}

/** The list: how many, then for each the rows since the one before and its ulps, or 0 and the double. */
function writeCorrections(
  writer: BitWriter,
  { rows, ulps }: Corrections,
  values: Float64Array,
  from: number,
  rawOnly: boolean,
): void {
  let count = 0;
  for (const distance of ulps) if (!rawOnly || distance === 0) count++;
  writer.varint(count);
  let before = 0;
  for (let i = 0; i < rows.length; i++) {
    const distance = ulps[i]!;
    if (rawOnly && distance !== 0) continue;
    writer.varint(rows[i]! - before);
    before = rows[i]!;
    writer.signed(distance);
    if (distance === 0) writer.float(values[from + before]!);
  }
}

function readDecimals(
  reader: BitReader,
  form: number,
  power: number,
  out: Float64Array,
  at: number,
  count: number,
): void {
  readIntegers(reader, out, at, count);
  const end = at + count;
  if (power !== 1) for (let i = at; i < end; i++) out[i] = out[i]! / power;
  if (form === FORMS.decimal) return;
  if (form === FORMS.perturbed) {
    readIntegers(reader, others, 0, count);
    for (let i = 0; i < count; i++) if (others[i] !== 0) out[at + i] = addUlps(out[at + i]!, others[i]!);
  }
  let row = at;
  for (let left = reader.varint(); left > 0; left--) {
    row += reader.varint();
    if (row >= end) throw new Error("a correction behind the end of its column");
    const ulps = reader.signed();
    out[row] = ulps === 0 ? reader.float() : addUlps(out[row]!, ulps);
  }
}

function writeHalves(writer: BitWriter, values: Float64Array, from: number, to: number): void {
  const count = to - from;
  const words = new Uint32Array(values.buffer, values.byteOffset + 8 * from, 2 * count);
  writer.byte(FORMS.halves);
  for (let half = 1; half >= 0; half--) {
    for (let i = 0; i < count; i++) integers[i] = words[2 * i + half]!;
    writeIntegers(writer, integers, count);
  }
}

function readHalves(reader: BitReader, out: Float64Array, at: number, count: number, wanted: number): void {
  const words = new Uint32Array(out.buffer, out.byteOffset + 8 * at, 2 * count);
  for (let half = 1; half >= 0; half--) {
    readIntegers(reader, integers, 0, half === 1 ? count : wanted);
    for (let i = 0; i < wanted; i++) words[2 * i + half] = integers[i]!;
  }
}
