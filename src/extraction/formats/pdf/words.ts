import { type Matrix, multiply, upright, type Word } from "./geometry";

/** A run of text as pdf.js gives it (TextItem): the matrix places its start, `width` is in units of the page. */
export interface TextRun {
  str: string;
  transform: readonly number[];
  width: number;
  fontName: string;
}

export interface TurnedWords {
  turns: 0 | 1 | 2 | 3;
  words: Word[];
}

/** A run that leans more than this from a quarter turn is a watermark or part of a drawing. */
const MOST_LEAN = Math.PI / 18;

/**
 * Words with their places, by the direction in which they run. pdf.js tells where a run begins and how wide it is; where
 * its words begin is estimated from how wide characters usually are.
 */
export function wordsOf(
  runs: readonly TextRun[],
  viewport: Matrix,
  size: { width: number; height: number },
  monospaced: (font: string) => boolean,
): TurnedWords[] {
  const byTurns = new Map<number, Word[]>();
  for (const run of runs) {
    if (run.str.trim() === "") continue;
    const m = multiply(viewport, run.transform as unknown as Matrix);
    const angle = Math.atan2(m[1], m[0]);
    const turns = (Math.round(angle / (Math.PI / 2)) + 4) % 4;
    const lean = Math.abs(angle - Math.round(angle / (Math.PI / 2)) * (Math.PI / 2));
    const fontSize = Math.hypot(m[2], m[3]);
    if (!(lean <= MOST_LEAN) || !(fontSize > 1) || fontSize > 400) continue;
    const [x, y] = upright(turns, size.width, size.height, m[4], m[5]);
    const box = turns % 2 === 0 ? size : { width: size.height, height: size.width };
    if (x < -2 || x > box.width + 2 || y < -2 || y > box.height + fontSize) continue;
    const words = byTurns.get(turns) ?? [];
    byTurns.set(turns, words);
    split(run, x, y, fontSize, monospaced(run.fontName), words);
  }
  return [...byTurns].map(([turns, words]) => ({
    turns: turns as 0 | 1 | 2 | 3,
    words: attachMarks(glue(withoutDoubles(words))),
  }));
}

const NARROW = /[iljtfIrJ.,:;'|!()[\]{}\-/\\ ]/;
const WIDE = /[mwMWÆŒ@%—…]/;
const CAPITAL = /[A-Z&ÄÖÜÉÈÀ]/;

function charWidth(char: string, monospaced: boolean): number {
  if (monospaced) return 0.6;
  if (NARROW.test(char)) return 0.3;
  if (WIDE.test(char)) return 0.85;
  return CAPITAL.test(char) ? 0.68 : 0.53;
}

function split(run: TextRun, x: number, y: number, size: number, monospaced: boolean, into: Word[]): void {
  const text = run.str.replaceAll("\u00ad", "");
  let total = 0;
  const starts: number[] = [];
  for (const char of text) {
    for (let unit = 0; unit < char.length; unit++) starts.push(total);
    total += charWidth(char, monospaced);
  }
  starts.push(total);
  const scale = total > 0 ? run.width / total : 0;
  const token = /\S+/g;
  for (let match = token.exec(text); match; match = token.exec(text)) {
    const x0 = x + starts[match.index]! * scale;
    const x1 = x + starts[match.index + match[0].length]! * scale;
    pushWithoutLeaders(
      { text: match[0], x0, x1: Math.max(x1, x0 + size * 0.1), y, size, font: run.fontName },
      into,
    );
  }
}

const LEADER = /[.·…_]{4,}|…{2,}/;

/** Dotted leaders guide the eye from a label to its number: they are a gap. */
function pushWithoutLeaders(word: Word, into: Word[]): void {
  const match = LEADER.exec(word.text);
  if (!match) {
    into.push(word);
    return;
  }
  const per = (word.x1 - word.x0) / word.text.length;
  const end = match.index + match[0].length;
  const before = word.text.slice(0, match.index);
  const after = word.text.slice(end);
  if (before !== "") into.push({ ...word, text: before, x1: word.x0 + per * match.index });
  if (after !== "") pushWithoutLeaders({ ...word, text: after, x0: word.x0 + per * end }, into);
}

/** Bold type is often feigned by drawing the same word twice with a small shift. */
function withoutDoubles(words: readonly Word[]): Word[] {
  const seen = new Map<string, Word[]>();
  return words.filter((word) => {
    const same = seen.get(word.text);
    const near = (other: Word) =>
      Math.abs(other.x0 - word.x0) < word.size * 0.15 && Math.abs(other.y - word.y) < word.size * 0.15;
    if (same?.slice(-40).some(near)) return false;
    if (same) same.push(word);
    else seen.set(word.text, [word]);
    return true;
  });
}

export const byLine = (a: Word, b: Word): number => a.y - b.y || a.x0 - b.x0;

/** Groups words whose baselines differ by less than `tolerance` of the font size, top to bottom, left to right. */
export function linesOf<T extends Word>(words: readonly T[], tolerance: number): T[][] {
  const lines: T[][] = [];
  for (const word of [...words].sort(byLine)) {
    const line = lines.at(-1);
    const head = line?.[0];
    if (line && head && word.y - head.y <= tolerance * Math.min(word.size, head.size)) line.push(word);
    else lines.push([word]);
  }
  for (const line of lines) line.sort((a, b) => a.x0 - b.x0 || a.y - b.y);
  return lines;
}

/** Runs break inside of words where the font or the spacing changes. */
function glue(words: readonly Word[]): Word[] {
  const glued: Word[] = [];
  let dots: Word[] = [];
  const flush = () => {
    // ". . . ." is a leader as well; one or two dots mean a missing value.
    if (dots.length < 3) glued.push(...dots);
    dots = [];
  };
  for (const line of linesOf(words, 0.12)) {
    let open: Word | null = null;
    for (const word of line) {
      if (word.text === ".") {
        dots.push(word);
        open = null;
        continue;
      }
      flush();
      const gap = open ? word.x0 - open.x1 : Number.POSITIVE_INFINITY;
      if (open && gap < 0.1 * word.size && gap > -0.5 * word.size && Math.abs(open.size - word.size) < 0.1) {
        open.text += word.text;
        open.x1 = Math.max(open.x1, word.x1);
      } else {
        open = { ...word };
        glued.push(open);
      }
    }
    flush();
  }
  return glued;
}

const MARK = /^[([]?(?:\d{1,2}|[a-z]{1,2}|[*†‡§¶#]{1,4})(?:[,;](?:\d{1,2}|[a-z]|[*†‡§¶]))*[)\]]?$/i;
const ORDINAL = /^(?:st|nd|rd|th|e|er|re|o|a)$/;
const POWERS: Readonly<Record<string, string>> = { "2": "²", "3": "³" };

/**
 * A small raised word right behind another is a footnote's mark and is left out, a power of a unit (m²) or the end of an
 * ordinal (1st), which are kept.
 */
function attachMarks(words: readonly Word[]): Word[] {
  const sizes = words.map(({ size }) => size);
  const largest = Math.max(0, ...sizes);
  const kept: Word[] = [];
  const raised = new Set<Word>();
  const sorted = [...words].sort((a, b) => a.x1 - b.x1);
  for (const word of words) {
    if (word.size > largest * 0.85 || word.text.length > 6 || !MARK.test(word.text)) continue;
    const base = baseOf(word, sorted);
    if (!base) continue;
    raised.add(word);
    if (/(?:^|[\s(/])[kcdmµ]?m$/.test(base.text) && POWERS[word.text]) base.text += POWERS[word.text];
    else if (/\d$/.test(base.text) && ORDINAL.test(word.text)) base.text += word.text;
    else continue;
    base.x1 = word.x1;
  }
  for (const word of words) if (!raised.has(word)) kept.push(word);
  return kept;
}

function baseOf(mark: Word, sorted: readonly Word[]): Word | null {
  let low = 0;
  let high = sorted.length;
  const from = mark.x0 - mark.size * 0.5;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]!.x1 < from) low = middle + 1;
    else high = middle;
  }
  for (let i = low; i < sorted.length && sorted[i]!.x1 <= mark.x0 + mark.size * 0.3; i++) {
    const base = sorted[i]!;
    const lift = base.y - mark.y;
    if (mark.size < base.size * 0.86 && lift > base.size * 0.12 && lift < base.size * 0.75) return base;
  }
  return null;
}
