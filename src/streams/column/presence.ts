import { type ByteReader, type ByteWriter, Damaged } from "./bytes";

/** Before a column of numbers: whether a bitmap of the rows that have a value follows. */
const DENSE = 0;
const SPARSE = 1;

/** Says which rows have a value, and returns those values. */
export function writePresence(out: ByteWriter, values: Float64Array): Float64Array {
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

/** A column of which {@link writePresence} said what is there; `readPresent` reads the values that are. NaN: absent. */
export function readPresence(
  from: ByteReader,
  rows: number,
  readPresent: (rows: number) => Float64Array,
): Float64Array {
  const presence = from.u8();
  if (presence === DENSE) return readPresent(rows);
  if (presence !== SPARSE) throw new Damaged("presence");
  const start = from.take((rows + 7) >> 3);
  const { bytes } = from;
  let count = 0;
  for (let row = 0; row < rows; row++) count += (bytes[start + (row >> 3)]! >> (row & 7)) & 1;
  const present = readPresent(count);
  const values = new Float64Array(rows);
  let next = 0;
  for (let row = 0; row < rows; row++)
    values[row] = (bytes[start + (row >> 3)]! >> (row & 7)) & 1 ? present[next++]! : Number.NaN;
  return values;
}
