import { isPeriod } from "./cells";
import { type Columns, columnAt } from "./columns";
import { overlap, type Rule } from "./geometry";
import { type Chunk, chunkOf, type Row, textOf } from "./lines";
import { isRange } from "./number-header";
import { joinRules } from "./rules";

/** A piece of a header's line and the columns it stands over. */
export interface Span {
  text: string;
  from: number;
  to: number;
  chunk: Chunk;
}

/** The columns that each piece of a header's line stands over. */
export function place(row: Row, columns: Columns): Span[] {
  const spans: Span[] = [];
  for (const chunk of row.chunks.flatMap((whole) => splitAtGutters(whole, columns))) {
    const over = columns.extents.flatMap((extent, c) => {
      const shared = overlap(extent, chunk);
      const enough =
        shared > 0.5 * Math.min(extent.x1 - extent.x0, chunk.x1 - chunk.x0) || shared > 2.2 * row.size;
      return shared > 0 && enough ? [c] : [];
    });
    const nearest = nearestColumn(chunk, columns);
    const from = over[0] ?? nearest;
    const to = over.at(-1) ?? nearest;
    // A name that starts over a long label belongs to the numbers beside it.
    const begins = Math.abs(chunk.x0 - columns.extents[0]!.x0) < 3 * row.size;
    const skip = from === 0 && to === 1 && !begins && !columns.numeric[0];
    spans.push({ text: textOf(chunk.words), from: skip ? 1 : from, to, chunk });
  }
  return mergeSame(spans);
}

function mergeSame(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of spans) {
    const open = merged.at(-1);
    if (open && open.to >= span.from && open.from <= span.to && open.from === span.from) {
      open.text = `${open.text} ${span.text}`;
      open.to = Math.max(open.to, span.to);
      open.chunk = chunkOf([...open.chunk.words, ...span.chunk.words]);
    } else if (open && open.to >= span.from) merged.push({ ...span, from: Math.min(open.to + 1, span.to) });
    else merged.push({ ...span });
  }
  return merged;
}

/** Numbers end at the right of their column and text begins at the left: a name over a gutter is of the former. */
function nearestColumn(chunk: Chunk, columns: Columns): number {
  const center = (chunk.x0 + chunk.x1) / 2;
  let best = -1;
  let distance = Number.POSITIVE_INFINITY;
  columns.extents.forEach((extent, c) => {
    const off = Math.abs((extent.x0 + extent.x1) / 2 - center);
    if (overlap(extent, chunk) > 0 && off < distance) {
      best = c;
      distance = off;
    }
  });
  if (best >= 0) return best;
  const right = columns.extents.findIndex((extent) => extent.x0 >= chunk.x1);
  if (right <= 0) return right < 0 ? columns.extents.length - 1 : 0;
  const toLeft = chunk.x0 - columns.extents[right - 1]!.x1;
  const toRight = columns.extents[right]!.x0 - chunk.x1;
  const ruled = columns.ruled[right - 1];
  if (ruled || toRight > Math.max(3 * toLeft, 5 * chunk.size)) return columnAt(columns.bounds, center);
  return columns.numeric[right] ? right : right - 1;
}

/** Names that stand close together are parted where a wider gap lies in a gutter. */
function splitAtGutters(chunk: Chunk, columns: Columns): Chunk[] {
  const parts: Chunk[] = [];
  let open = [chunk.words[0]!];
  for (const word of chunk.words.slice(1)) {
    const before = open.at(-1)!;
    const gap = word.x0 - before.x1;
    const gutter = columns.bounds.some((_, i) => {
      const from = columns.extents[i]!.x1;
      const to = columns.extents[i + 1]!.x0;
      return (
        before.x1 < to + gap &&
        word.x0 > from - gap &&
        Math.min(word.x0, to) - Math.max(before.x1, from) > -gap * 0.2
      );
    });
    if (gutter && gap > 0.42 * word.size) {
      parts.push(chunkOf(open));
      open = [word];
    } else open.push(word);
  }
  parts.push(chunkOf(open));
  return parts;
}

/**
 * A name above several columns is centred over them or ruled off from their names. Ranges of columns are tried around
 * the name; a rule below it decides, else the range in whose middle it stands.
 */
export function widen(
  spans: Span[],
  below: readonly Span[][],
  columns: Columns,
  rules: readonly Rule[],
  row: Row,
  next: Row | undefined,
  above: readonly Span[],
): Span[] {
  if (below.length === 0) return spans;
  const named = columns.extents.map((_, c) =>
    below.some((line) => line.some((s) => s.from <= c && c <= s.to)),
  );
  const first = columns.numeric[0] ? 0 : 1;
  const apart = next !== undefined && next.y - row.y > 1.35 * Math.max(row.size, next.size);
  // What spans in the line above is divided by what stands below it; else the columns of numbers are, as a whole.
  const ranges: [number, number][] = above
    .filter(({ from, to }) => to > from)
    .map(({ from, to }) => [from, to]);
  if (ranges.length === 0)
    ranges.push([Math.max(0, columns.numeric.indexOf(true)), columns.extents.length - 1]);
  let divided: Span[] = spans;
  for (const [low, high] of ranges)
    divided = partition(divided, below, columns, named, low, high, row.size, apart) ?? divided;
  if (divided !== spans) return divided;
  return spans.map((span, i) => {
    if (span.to < first) return span;
    const low = Math.max(first, (spans[i - 1]?.to ?? -1) + 1);
    const high = (spans[i + 1]?.from ?? columns.extents.length) - 1;
    const ruled = ruledRange(span, columns, rules, row, next);
    if (ruled) return { ...span, from: Math.max(low, ruled[0]), to: Math.min(high, ruled[1]) };
    return centredRange(span, low, high, named, below, columns, row.size);
  });
}

/**
 * Names that divide the columns among them, each in the middle of its share. A single name over all of them may as well
 * be the first line of the middle one's: it must stand apart from the line below.
 */
function partition(
  spans: readonly Span[],
  below: readonly Span[][],
  columns: Columns,
  named: readonly boolean[],
  first: number,
  end: number,
  size: number,
  apart: boolean,
): Span[] | null {
  const own = spans.filter(({ from, to }) => to >= first && from <= end);
  if (own.length === 0 || own.length > end - first || (own.length === 1 && !apart)) return null;
  if (!named.slice(first, end + 1).every(Boolean)) return null;
  const boxes = boxesOf(columns, below);
  const shares: Span[] = [];
  const middle = ({ chunk }: Span) => (chunk.x0 + chunk.x1) / 2;
  const offFrom = (span: Span, from: number, to: number) =>
    Math.abs((boxes[from]!.x0 + boxes[to]!.x1) / 2 - middle(span));
  let gained = 0;
  let from = first;
  for (const [i, span] of own.entries()) {
    const last = i === own.length - 1 ? end : own[i + 1]!.from - 1;
    let best = -1;
    let least = 1.3 * size;
    for (let to = Math.max(from, span.to); to <= last; to++) {
      if (i === own.length - 1 && to < last) continue;
      const off = offFrom(span, from, to);
      if (off < least) {
        least = off;
        best = to;
      }
    }
    if (best < 0 || span.from < from) return null;
    shares.push({ ...span, from, to: best });
    gained += offFrom(span, span.from, span.to) - least;
    from = best + 1;
  }
  const sizes = new Set(shares.map((share) => share.to - share.from).filter((more) => more > 0));
  const even = sizes.size === 1;
  if (!even && gained < 0.5 * size * own.length) return null;
  return [...spans.filter(({ to }) => to < first), ...shares, ...spans.filter(({ from }) => from > end)];
}

/** Where the names and numbers of each column lie. */
function boxesOf(columns: Columns, below: readonly Span[][]): { x0: number; x1: number }[] {
  return columns.extents.map((extent, c) => {
    const heads = below.flatMap((line) =>
      line.filter((s) => s.from === c && s.to === c).map(({ chunk }) => chunk),
    );
    return {
      x0: Math.min(extent.x0, ...heads.map(({ x0 }) => x0)),
      x1: Math.max(extent.x1, ...heads.map(({ x1 }) => x1)),
    };
  });
}

function ruledRange(
  { chunk }: Span,
  columns: Columns,
  rules: readonly Rule[],
  row: Row,
  next: Row | undefined,
): [number, number] | null {
  if (!next) return null;
  const center = (chunk.x0 + chunk.x1) / 2;
  const between = rules.filter(({ y0 }) => y0 > row.y && y0 < next.y - next.size * 0.4);
  const joined = joinRules(between, "x").filter(({ x0, x1 }) => x0 <= center && x1 >= center);
  const [rule] = joined.sort((a, b) => a.x1 - a.x0 - (b.x1 - b.x0));
  if (!rule) return null;
  const covered = columns.extents.flatMap((extent, c) => {
    const middle = (extent.x0 + extent.x1) / 2;
    return middle >= rule.x0 - 1 && middle <= rule.x1 + 1 ? [c] : [];
  });
  if (covered.length === 0 || covered.length >= columns.extents.length - 1 || covered[0] === 0) return null;
  return [covered[0]!, covered.at(-1)!];
}

function centredRange(
  span: Span,
  low: number,
  high: number,
  named: readonly boolean[],
  below: readonly Span[][],
  columns: Columns,
  size: number,
): Span {
  const boxes = boxesOf(columns, below);
  const cost = (from: number, to: number): number => {
    const center = (boxes[from]!.x0 + boxes[to]!.x1) / 2;
    const off = Math.abs(center - (span.chunk.x0 + span.chunk.x1) / 2);
    return Math.min(off, Math.abs(boxes[from]!.x0 - span.chunk.x0) + 0.3 * size * (to - from)) / size;
  };
  let best = { from: span.from, to: span.to, cost: cost(span.from, span.to) };
  const single = best.cost;
  for (let from = Math.max(low, 0); from <= span.from; from++) {
    for (let to = span.to; to <= high; to++) {
      if (from === span.from && to === span.to) continue;
      if (!named.slice(from, to + 1).every(Boolean)) continue;
      const alike = areAlike(from, to, below);
      const found = cost(from, to) - (alike ? 0.9 : 0);
      if (found < best.cost - 0.3 && (alike || single > 1)) best = { from, to, cost: found };
    }
  }
  return { ...span, from: best.from, to: best.to };
}

/** Sub-headers of one kind: years, quarters, ranges. */
function areAlike(from: number, to: number, below: readonly Span[][]): boolean {
  const names: string[] = [];
  for (let c = from; c <= to; c++) {
    const own = below.flatMap((line) =>
      line.filter((s) => s.from === c && s.to === c).map(({ text }) => text),
    );
    if (own.length === 0) return false;
    names.push(own.join(" "));
  }
  return names.length > 1 && names.every((name) => isPeriod(name) || isRange(name));
}
