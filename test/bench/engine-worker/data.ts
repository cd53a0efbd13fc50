import { OCCURRENCE } from "../../../src/streams/contract";
import { encodeFrame, type Frame } from "../../../src/streams/frame";
import { seededRandom } from "../../support/series";

const START_MICROS = Date.UTC(2026, 0, 1) * 1_000;
const SECOND = 1_000_000;

export interface Rows {
  /** The number of the first row: rows go round the series, each has one a second. */
  from: number;
  count: number;
  series: number;
  /** Between the rows that are there: no row stands at such a time. */
  between?: boolean;
  /** Other values than before. */
  changed?: boolean;
  /** Each row is any of the first so many, drawn with `seed`, and none follows from another. */
  among?: { rows: number; seed: number };
  /** Values of all 53 bits instead of two decimals. */
  full: boolean;
  /** Each row also has a text of some sixty characters. */
  texts?: boolean;
}

/** Readings of sensors with two decimals, which wander and are noisy. */
export function frameOf({
  from,
  count,
  series,
  between,
  changed,
  among,
  full,
  texts,
}: Rows): Uint8Array<ArrayBuffer> {
  const tagSets: Record<string, string>[] = [];
  const indexOf = new Map<number, number>();
  const frame: Frame = {
    times: new Float64Array(count),
    tagSets,
    tagSetOf: new Uint32Array(count),
    fields: [{ name: "value", values: new Float64Array(count), ordinals: null }],
    attributes: [],
  };
  if (texts) frame.fields.push({ name: OCCURRENCE, values: new Float64Array(count).fill(1), ordinals: null });
  const random = among && seededRandom(among.seed);
  for (let row = 0; row < count; row++) {
    const n = random ? Math.floor(random() * among.rows) : from + row;
    const own = n % series;
    let index = indexOf.get(own);
    if (index === undefined) {
      index = tagSets.push({ sensor: `sensor-${own}` }) - 1;
      indexOf.set(own, index);
    }
    frame.tagSetOf[row] = index;
    if (texts) frame.attributes.push({ row, values: { note: noteOf(n, row, changed === true) } });
    const later = random ? 1 + Math.floor(random() * (SECOND - 1)) : SECOND / 2;
    frame.times[row] = timeOf(n, series) + (between ? later : 0);
    const other = random ? Math.floor(random() * 100) : 1;
    frame.fields[0]!.values[row] = full ? Math.random() : valueAt(n) + (changed ? other : 0);
  }
  return encodeFrame(frame);
}

const noteOf = (n: number, row: number, changed: boolean): string =>
  `reading ${n} of a shift, ${changed ? `as it was corrected by row ${row}` : "as the operator wrote it down"}`;

const timeOf = (n: number, series: number): number => START_MICROS + Math.floor(n / series) * SECOND;

function valueAt(n: number): number {
  const noise = (Math.imul(n ^ 0x5bd1e995, 0x9e3779b1) >>> 22) / 1_024;
  return Math.round(5_000 + 4_000 * Math.sin(n / 5_000) + 40 * noise) / 100;
}
