import { isCaption } from "./captions";
import { median, overlap, type PageLayer, type Word } from "./geometry";
import { linesOf } from "./words";

/** Words of a line that stand close together. */
export interface Chunk {
  words: Word[];
  x0: number;
  x1: number;
  y: number;
  size: number;
}

/** Chunks on one baseline, left to right. */
export interface Row {
  chunks: Chunk[];
  x0: number;
  x1: number;
  y: number;
  size: number;
}

export const textOf = (words: readonly Word[]): string => words.map(({ text }) => text).join(" ");

export const chunkOf = (words: Word[]): Chunk => ({
  words,
  x0: words[0]!.x0,
  x1: Math.max(...words.map(({ x1 }) => x1)),
  y: words[0]!.y,
  size: Math.max(...words.map(({ size }) => size)),
});

export const rowOf = (chunks: Chunk[]): Row => {
  const sorted = [...chunks].sort((a, b) => a.x0 - b.x0);
  return {
    chunks: sorted,
    x0: sorted[0]!.x0,
    x1: Math.max(...sorted.map(({ x1 }) => x1)),
    y: median(sorted.map(({ y }) => y)),
    size: Math.max(...sorted.map(({ size }) => size)),
  };
};

/** Digits with at most a unit, a flag or a currency around them: "1 234", "(12.5%)", "€12", "45 p", "2009/10". */
const NUMERIC =
  /^[^\p{L}]*(?:(?:US|AU|CA|NZ|HK|[ACRS])\$|(?:EUR|USD|GBP|CHF|JPY|SEK|NOK|DKK|PLN|CZK|HUF|CAD|AUD|CNY|INR|BRL|Rs\.?)\s)?[^\p{L}]*\d[^\p{L}]*(?:\p{L}{1,2})?[^\p{L}\d]*$/u;
export const isNumeric = (text: string): boolean =>
  text.length <= 32 && /\d/.test(text) && NUMERIC.test(text);

/** What stands in a column of numbers where there is no number. */
const MISSING = /^(?:[-–—−:.…*x]{1,4}|\(?n\/?\.?\s?[ads]\.?\)?|nil|\(?[a-z]\)|\([^\p{L}]?\))$/iu;
export const isMissing = (text: string): boolean => text.length <= 6 && MISSING.test(text);

const GROUP_HEAD = /^[-+(–−$€£]*\d{1,3}$/;
const GROUP_TAIL = /^\d{3}(?:[.,]\d+)?[%)*]*$/;
const BARE_SIGN = /^[-+–−(]$|^[$€£¥]$/;

/** Between two words of a line: do they belong to one cell? `em` is the font size. */
function together(left: Word, right: Word, tail: boolean, em: number): boolean {
  const gap = (right.x0 - left.x1) / em;
  if (gap > 0.95) return BARE_SIGN.test(left.text) && gap < 2.5 && isNumeric(right.text);
  const numbers = isNumeric(left.text) && (isNumeric(right.text) || isMissing(right.text));
  if (!numbers) return true;
  // "1 234 567" is one number, "12 345" may be two columns that stand close: the gap decides.
  return (tail || GROUP_HEAD.test(left.text)) && GROUP_TAIL.test(right.text) && gap < 0.42;
}

export function chunksOf(line: readonly Word[]): Chunk[] {
  const chunks: Chunk[] = [];
  let open: Word[] = [];
  let tail = false;
  for (const word of line) {
    const last = open.at(-1);
    if (last && together(last, word, tail, Math.max(last.size, word.size))) {
      tail = GROUP_TAIL.test(word.text) && (tail || GROUP_HEAD.test(last.text));
      open.push(word);
    } else {
      if (open.length > 0) chunks.push(chunkOf(open));
      open = [word];
      tail = false;
    }
  }
  if (open.length > 0) chunks.push(chunkOf(open));
  return chunks;
}

export interface PageRows {
  rows: Row[];
  /** Running text, taken out of the rows: sentences over several lines. */
  prose: Chunk[];
}

/** Rows of a page without its running text. */
export function rowsOf(layer: PageLayer): PageRows {
  const lines = linesOf(layer.words, 0.2).map((line) => proseChunks(line));
  const prose = findProse(lines.flat(), new Set(lines.flatMap((line) => (line.length > 1 ? line : []))));
  const left = layer.words.filter((word) => !prose.words.has(word));
  return { rows: linesOf(left, 0.42).map((line) => rowOf(chunksOf(line))), prose: prose.chunks };
}

/** For sentences numbers are words like others. */
function proseChunks(line: readonly Word[]): Chunk[] {
  const chunks: Word[][] = [];
  for (const word of line) {
    const last = chunks.at(-1)?.at(-1);
    if (last && word.x0 - last.x1 <= 0.95 * Math.max(last.size, word.size)) chunks.at(-1)!.push(word);
    else chunks.push([word]);
  }
  return chunks.map(chunkOf);
}

/** A line goes on with one of the last blocks: pages have a handful of columns, drawings thousands of scraps. */
const OPEN_BLOCKS = 100;

/**
 * Blocks of lines of one left edge and pitch, wide enough for sentences, of which many lines begin in the middle of one.
 */
function findProse(
  chunks: readonly Chunk[],
  accompanied: ReadonlySet<Chunk>,
): { words: Set<Word>; chunks: Chunk[] } {
  const blocks: Chunk[][] = [];
  for (const chunk of [...chunks].sort((a, b) => a.y - b.y)) {
    const block = blocks.slice(-OPEN_BLOCKS).findLast((candidate) => continues(candidate.at(-1)!, chunk));
    if (block) block.push(chunk);
    else blocks.push([chunk]);
  }
  const words = new Set<Word>();
  const found: Chunk[] = [];
  for (const block of blocks) {
    if (!isProse(block) || isCellColumn(block, accompanied)) continue;
    for (const chunk of block) {
      found.push(chunk);
      for (const word of chunk.words) words.add(word);
    }
  }
  return { words, chunks: found };
}

/**
 * Long text in the cells of a table: the line on which a cell begins has other cells beside it, the lines that go on
 * have none. Beside running text a table's lines stand where they happen to.
 */
function isCellColumn(block: readonly Chunk[], accompanied: ReadonlySet<Chunk>): boolean {
  const begins = block.filter(({ words }, i) => i === 0 || !/^\p{Ll}/u.test(words[0]!.text));
  const goesOn = block.filter((chunk) => !begins.includes(chunk));
  const share = (of: readonly Chunk[]) =>
    of.filter((chunk) => accompanied.has(chunk)).length / Math.max(1, of.length);
  return share(begins) >= 0.8 && share(goesOn) <= 0.25;
}

const continues = (above: Chunk, below: Chunk): boolean =>
  below.y - above.y > 0.5 * above.size &&
  below.y - above.y <= 2.3 * above.size &&
  Math.abs(above.size - below.size) <= 0.12 * above.size &&
  Math.abs(above.x0 - below.x0) <= 3.2 * above.size &&
  overlap(above, below) > 0;

function isProse(block: readonly Chunk[]): boolean {
  const long = block.filter(({ words }) => words.length >= 5);
  if (block.length < 2 || long.length < block.length * 0.6) {
    // A single long sentence: nothing of a table has so many words in a row.
    return block.length === 1 && isSentence(block[0]!);
  }
  const counted = block.flatMap(({ words }) => words.map(({ text }) => text));
  const lettered = counted.filter((text) => /^\p{L}{2,}/u.test(text.replace(/^["“(‘']+/, ""))).length;
  if (lettered < counted.length * 0.55) return false;
  const later = block.slice(1);
  const inside = later.filter(({ words }) => /^[\p{Ll}\d(“"‘]/u.test(words[0]!.text)).length;
  if (block.length >= 3) return inside >= later.length * 0.34 && widthOf(block) >= 12 * block[0]!.size;
  return inside >= 1 && median(block.map(({ words }) => words.length)) >= 8;
}

const widthOf = (block: readonly Chunk[]): number => median(block.map(({ x0, x1 }) => x1 - x0));

const isSentence = ({ words }: Chunk): boolean =>
  words.length >= 12 &&
  !isCaption(textOf(words)) &&
  words.filter(({ text }) => /^\p{Ll}{2,}/u.test(text)).length >= words.length * 0.5;
