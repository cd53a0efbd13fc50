import { type ByteReader, type ByteWriter, Damaged } from "./bytes";

/** Before a column of integers: its width, or one of these. */
const CONSTANT = 0;
const NO_COLUMN = 0xff;

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

/** The column of {@link writeIntegers}. */
export function readIntegers(from: ByteReader, rows: number): Uint32Array | null {
  const width = from.u8();
  if (width === NO_COLUMN) return null;
  const column = new Uint32Array(rows);
  if (width === CONSTANT) column.fill(from.u32());
  else readNarrow(from, width, column);
  return column;
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
export function writeDifferences(out: ByteWriter, column: Float64Array, least: number, most: number): void {
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
export function readScaled(
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
