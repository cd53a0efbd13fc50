import type { BitWriter } from "./bit-writer";
import type { BitReader } from "./bits";
import { readSingleColumn, writeColumn } from "./column";
import { MAX_RANGE, readIntegers, writeIntegers } from "./integers";

/**
 * Times of one series, microseconds, ascending:
 * - regular: every step is the same.
 * - gaps: but for a few steps, which are listed.
 * - steps: a column of integers.
 * - free: a column of doubles; where the times span more than MAX_RANGE, 35 years.
 */
export const TIME_FORMS = { regular: 0, gaps: 1, steps: 2, free: 3 } as const;
export type TimeForm = (typeof TIME_FORMS)[keyof typeof TIME_FORMS];

/** With fewer odd steps than one in so many, a list of them is certainly the smallest. */
const RARE = 64;
/** With more, it certainly is not. */
const COMMON = 8;
const FIRST_BYTES = 7;

let steps = new Float64Array(8192);

/** Writes `times[from, to)` and returns the form that they have; `to > from`. */
export function writeTimes(writer: BitWriter, times: Float64Array, from: number, to: number): TimeForm {
  if (times[to - 1]! - times[from]! >= MAX_RANGE) {
    writeColumn(writer, [times], 0, from, to);
    return TIME_FORMS.free;
  }
  writeFirst(writer, times[from]!);
  const count = to - from - 1;
  const stride = usualStep(times, from, to);
  const odd = oddSteps(times, from, to, stride);
  if (odd === 0) {
    if (count > 0) writer.varint(stride);
    return TIME_FORMS.regular;
  }
  const start = writer.at;
  let listed = Number.POSITIVE_INFINITY;
  if (odd * COMMON <= count) {
    writeGaps(writer, times, from, to, stride, odd);
    if (odd * RARE <= count) return TIME_FORMS.gaps;
    listed = writer.at - start;
    writer.rewind(start);
  }
  if (count > steps.length) steps = new Float64Array(2 * count);
  for (let i = 0; i < count; i++) steps[i] = times[from + i + 1]! - times[from + i]!;
  writeIntegers(writer, steps, count);
  if (writer.at - start <= listed) return TIME_FORMS.steps;
  writer.rewind(start);
  writeGaps(writer, times, from, to, stride, odd);
  return TIME_FORMS.gaps;
}

/** Reads `count` times to `out` from `at` on. */
export function readTimes(
  reader: BitReader,
  form: TimeForm,
  out: Float64Array,
  at: number,
  count: number,
): void {
  if (form === TIME_FORMS.free) {
    readSingleColumn(reader, out, at, count);
    return;
  }
  const end = at + count;
  const first = readFirst(reader);
  out[at] = first;
  if (count === 1) return;
  if (form === TIME_FORMS.steps) {
    readIntegers(reader, out, at + 1, count - 1);
    let time = first;
    for (let i = at + 1; i < end; i++) {
      time += out[i]!;
      out[i] = time;
    }
    return;
  }
  const stride = reader.varint();
  if (form === TIME_FORMS.regular) fillRegular(out, at, end, first, stride);
  else readGaps(reader, out, at, end, first, stride);
}

/** The majority of the steps, where there is one (Boyer and Moore, MJRTY). */
function usualStep(times: Float64Array, from: number, to: number): number {
  let candidate = 0;
  let votes = 0;
  for (let i = from + 1; i < to; i++) {
    const step = times[i]! - times[i - 1]!;
    if (step === candidate) votes++;
    else if (votes > 0) votes--;
    else {
      candidate = step;
      votes = 1;
    }
  }
  return candidate;
}

function oddSteps(times: Float64Array, from: number, to: number, stride: number): number {
  let odd = 0;
  for (let i = from + 1; i < to; i++) if (times[i]! - times[i - 1]! !== stride) odd++;
  return odd;
}

function writeGaps(
  writer: BitWriter,
  times: Float64Array,
  from: number,
  to: number,
  stride: number,
  odd: number,
): void {
  writer.varint(stride);
  writer.varint(odd);
  let before = from;
  for (let i = from + 1; i < to; i++) {
    const step = times[i]! - times[i - 1]!;
    if (step === stride) continue;
    writer.varint(i - before);
    writer.signed(step - stride);
    before = i;
  }
}

function readGaps(
  reader: BitReader,
  out: Float64Array,
  at: number,
  end: number,
  first: number,
  stride: number,
): void {
  let from = at;
  let time = first;
  for (let left = reader.varint(); left > 0; left--) {
    const to = from + reader.varint();
    if (to >= end) throw new Error("a gap behind the end of its times");
    fillRegular(out, from, to, time, stride);
    time = out[to - 1]! + stride + reader.signed();
    from = to;
  }
  fillRegular(out, from, end, time, stride);
}

function fillRegular(out: Float64Array, from: number, to: number, first: number, stride: number): void {
  let time = first;
  for (let i = from; i < to; i++) {
    out[i] = time;
    time += stride;
  }
}

/** |time| < 2^53 in 7 bytes, little endian, two's complement; a varint would mostly take 8. */
function writeFirst(writer: BitWriter, time: number): void {
  let rest = time;
  for (let i = 0; i < FIRST_BYTES; i++) {
    const floor = Math.floor(rest / 256);
    writer.byte(rest - floor * 256);
    rest = floor;
  }
}

function readFirst(reader: BitReader): number {
  let low = 0;
  let scale = 1;
  for (let i = 0; i < FIRST_BYTES - 1; i++) {
    low += reader.byte() * scale;
    scale *= 256;
  }
  const top = reader.byte();
  return (top < 128 ? top : top - 256) * scale + low;
}
