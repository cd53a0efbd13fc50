import type { Columns } from "./columns";
import { type Chunk, chunkOf, type Row } from "./lines";

/** Letters so much larger than those of the rows are of a title. */
const LARGER = 1.4;

/** One piece of text that runs over the first column and others, stands before the table or is set large, titles it. */
export function isTitle(row: Row, top: Row, columns: Columns, width: number): boolean {
  const left = columns.extents[0]!.x0;
  const right = columns.extents.at(-1)!.x1;
  const [chunk, ...others] = withoutNumberGaps(row) as [Chunk, ...Chunk[]];
  if (others.length > 0) return false;
  if (row.size >= LARGER * top.size) return true;
  if (chunk.words.length >= 2 && (chunk.x0 < left - 2 * row.size || chunk.x1 > right + 3 * row.size))
    return true;
  if (columns.bounds.length === 0 || isCentred(chunk, columns, width)) return true;
  const crossed = columns.bounds.filter(
    (bound) => chunk.x0 < bound - 1 && chunk.x1 > bound + 1 && !isParted(chunk, bound),
  ).length;
  return crossed >= 1 && chunk.x0 < columns.bounds[0]! && chunk.words.length >= 2;
}

/** Numbers in a sentence part it as they part cells, though there is no more than a blank beside them. */
export function withoutNumberGaps({ chunks, size }: Row): Chunk[] {
  const joined: Chunk[] = [];
  for (const chunk of chunks) {
    const last = joined.at(-1);
    if (last && chunk.x0 - last.x1 < 0.4 * size)
      joined.push(chunkOf([...joined.pop()!.words, ...chunk.words]));
    else joined.push(chunk);
  }
  return joined;
}

/** Names that stand close together have wider gaps in the gutters than the words of a text. */
const isParted = ({ words, size }: Chunk, bound: number): boolean =>
  words.some((word, i) => {
    const before = words[i - 1];
    if (before === undefined || word.x0 - before.x1 < 0.5 * size) return false;
    return before.x1 < bound + 0.5 * size && word.x0 > bound - 0.5 * size;
  });

/** A line in the middle of the page or of the whole table, not of its numbers, over which a common name stands. */
function isCentred(chunk: Chunk, { extents, numeric }: Columns, width: number): boolean {
  const first = numeric.indexOf(true);
  if (first <= 0 || chunk.words.length < 3) return false;
  const right = extents.at(-1)!.x1;
  const off = (middle: number) => Math.abs((chunk.x0 + chunk.x1) / 2 - middle);
  const offWhole = Math.min(off(width / 2), off((extents[0]!.x0 + right) / 2));
  return offWhole < chunk.size && off((extents[first]!.x0 + right) / 2) > Math.max(2 * offWhole, chunk.size);
}
