/** Thirty bits of an integer or of the upper half of a double, and whether to divide by 100 ([MS-XLS] 2.5.217). */
export function rkNumber(rk: number): number {
  const value = new DataView(new ArrayBuffer(8));
  value.setInt32(0, rk & ~3);
  const number = (rk & 2) === 0 ? value.getFloat64(0) : rk >> 2;
  return (rk & 1) === 0 ? number : number / 100;
}
