import { CHUNK_KINDS } from "../../../../src/streams/block/block";
import { decodeChunk } from "../../../../src/streams/block/chunk";
import { decodeTexts } from "../../../../src/streams/block/texts";
import { firstFrom, type Part, type Range } from "../../../../src/streams/engine/merge";
import { ROLLUP_TIERS, type RowTexts } from "../../../../src/streams/reader";

/** The points of a chunk of `width` columns, those before `end`; 0: their places alone. */
export function partOf(chunk: Uint8Array, width: number, end = Number.POSITIVE_INFINITY): Part {
  let to = 0;
  const { times, ordinals, columns } = decodeChunk(chunk, width, (times, count) => {
    to = firstFrom(times, 0, count, end);
    return width === 0 ? 0 : to;
  });
  return { times, ordinals, columns, from: 0, to };
}

/** Rows of texts as a part: `rows` stands beside the times. */
export interface TextPart extends Part {
  rows: RowTexts[];
}

export function textPartOf(chunk: Uint8Array): TextPart {
  const rows = decodeTexts(chunk);
  return textPart(rows);
}

export function textPart(rows: RowTexts[]): TextPart {
  return {
    times: Float64Array.from(rows, ({ timeMicros }) => timeMicros),
    ordinals: Uint32Array.from(rows, ({ ordinal }) => ordinal),
    columns: [],
    from: 0,
    to: rows.length,
    rows,
  };
}

/** A range grown to whole buckets, for chunks of a rollup tier. */
export function widened(range: Range, kind: number): Range {
  const width = TIER_OF_KIND[kind];
  if (width === undefined) return range;
  return { start: Math.floor(range.start / width) * width, end: Math.ceil(range.end / width) * width };
}

const TIER_OF_KIND: Record<number, number> = {
  [CHUNK_KINDS.minute]: ROLLUP_TIERS[0],
  [CHUNK_KINDS.hour]: ROLLUP_TIERS[1],
  [CHUNK_KINDS.day]: ROLLUP_TIERS[2],
};
