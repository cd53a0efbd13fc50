import { asUnit } from "../../infer/units";
import { isCaption, isNote } from "./captions";
import { cleanLabel, isPeriod, joinLines } from "./cells";
import { type Columns, cellsOf, columnAt } from "./columns";
import { overlap, type Rule } from "./geometry";
import { PDF_LIMITS } from "./limits";
import { type Chunk, chunkOf, isNumeric, type Row, rowOf, textOf } from "./lines";
import type { Between } from "./regions";

export interface Header {
  /** A name for every column, empty where the source has none. */
  names: string[];
  units: (string | null)[];
  /** Lines of the page that are the header. */
  lines: number;
  /** Lines of headings right above the first row, below the names: they belong to the rows. */
  headings: Row[];
  caption: string | null;
}

const RANGE = /^(?:[<>≤≥]\s?)?\d+(?:\s?[-–]\s?\d+|\s?\+)?$|^[<>≤≥]\s?\d+$/;
const BRACED = /^[([]?(\d{1,2})[)\]]?$/;

/** Whether a row whose cells are numbers heads the columns: years, age groups, the columns' own numbering. */
export function isNumberHeader(
  row: Row,
  rest: readonly Row[],
  columns: Columns,
): "names" | "numbering" | null {
  const cells = cellsOf(row, columns.bounds).map(textOf);
  const inNumbers = cells.filter((text, c) => columns.numeric[c] && text !== "");
  const numbers = inNumbers.filter(isNumeric);
  if (numbers.length === 0) return null;
  const below = rest.slice(0, 12).map((other) => cellsOf(other, columns.bounds).map(textOf));
  const like = (test: (text: string) => boolean): boolean => {
    if (!numbers.every(test)) return false;
    const values = below.flatMap((other) =>
      other.filter((text, c) => columns.numeric[c] && cells[c] !== "" && isNumeric(text)),
    );
    return values.length > 0 && values.filter(test).length <= values.length * 0.3;
  };
  const numbered = numbers.map((text) => Number(BRACED.exec(text)?.[1] ?? Number.NaN));
  const counts = numbered.every((value, i) => i === 0 || value === numbered[i - 1]! + 1);
  if (numbers.length >= 3 && counts && numbered[0]! <= 2 && inNumbers.length === numbers.length)
    return "numbering";
  if (like(isPeriod) && areYears(numbers) && (numbers.length > 1 || inNumbers.length > 1 || cells[0] === ""))
    return "names";
  const stub = cells.find((_, c) => !columns.numeric[c]);
  if (
    numbers.length >= 2 &&
    (stub === "" || stub === undefined) &&
    like((text) => RANGE.test(text) && /\D/.test(text))
  )
    return "names";
  return null;
}

/** Years that head columns rise or fall, and are never far apart. Quarters may begin anew. */
function areYears(texts: readonly string[]): boolean {
  const years = texts.map((text) => Number(/\d{4}/.exec(text)?.[0] ?? Number.NaN));
  if (years.some(Number.isNaN)) return true;
  const steps = years.slice(1).map((year, i) => year - years[i]!);
  // Under names that span them the same years come again.
  const again = new Set(years).size < years.length;
  return (
    steps.every((step) => Math.abs(step) <= 25) &&
    (again || steps.every((step) => step > 0) || steps.every((step) => step < 0))
  );
}

/** The header of a table from the rows above its body, which come nearest last. `own` are rows of the region itself. */
export function findHeader(
  above: readonly Row[],
  own: readonly Row[],
  body: readonly Row[],
  columns: Columns,
  rules: readonly Rule[],
  parted: Between,
): Header {
  const left = columns.extents[0]!.x0;
  const right = columns.extents.at(-1)!.x1;
  const { rows, caption } = collect(above, own.length > 0 ? own[0]! : body[0]!, left, right, parted, columns);
  const lines = [...rows, ...own];
  const headings: Row[] = [];
  // A line in the first column only, below the names, heads the rows that follow.
  while (
    lines.length > 1 &&
    onlyStub(lines.at(-1)!, columns) &&
    lines.slice(0, -1).some((row) => !onlyStub(row, columns))
  ) {
    if (isBottomOfStub(lines, columns)) break;
    headings.unshift(lines.pop()!);
  }
  const placed = lines.map((row) => place(row, columns));
  const spans = placed.map((chunks, i) =>
    widen(chunks, placed.slice(i + 1), columns, rules, lines[i]!, lines[i + 1]),
  );
  const units: (string | null)[] = columns.extents.map(() => null);
  const last = spans.at(-1);
  if (spans.length > 1 && last && last.length > 0 && last.every(({ text }) => unitOf(text) !== null)) {
    for (const { from, to, text } of last) for (let c = from; c <= to; c++) units[c] = unitOf(text);
    spans.pop();
  }
  return { names: namesOf(spans, columns), units, lines: lines.length, headings, caption };
}

const unitOf = (text: string): string | null => {
  const bare = text.replace(/^[([]\s*(.*?)\s*[)\]]$/, "$1");
  return (
    asUnit(bare) ??
    (/^(?:%|per ?cent|thousands?|millions?|billions?|(?:EUR|USD|€|\$)\s?(?:million|billion|mn|bn))$/i.test(
      bare,
    )
      ? bare
      : null)
  );
};

const onlyStub = (row: Row, columns: Columns): boolean =>
  columns.bounds.length > 0 && row.x1 <= Math.max(columns.bounds[0]!, columns.extents[0]!.x1 + 2);

/** The stub's own name may stand a little lower than the others, or wrap: then no name of the stub stands above. */
function isBottomOfStub(lines: readonly Row[], columns: Columns): boolean {
  const rest = lines.slice(0, -1);
  const named = rest.some((row) => row.chunks.some((chunk) => chunk.x1 <= columns.bounds[0]!));
  const before = rest.at(-1)!;
  return !named && lines.at(-1)!.y - before.y < 0.8 * before.size;
}

/** Rows upward from the body as long as they are close, belong to the columns and are no title. */
function collect(
  above: readonly Row[],
  top: Row,
  left: number,
  right: number,
  parted: Between,
  columns: Columns,
): { rows: Row[]; caption: string | null } {
  const rows: Row[] = [];
  const titles: string[] = [];
  let below = top;
  const upwards = [...above].reverse();
  const wrapped = captionLines(upwards, top);
  for (const full of upwards) {
    const chunks = full.chunks.filter(
      (chunk) => chunk.x1 > left - 2 * full.size && chunk.x0 < right + 2 * full.size,
    );
    if (chunks.length === 0) continue;
    const row = rowOf(chunks);
    const text = textOf(row.chunks[0]!.words);
    const gap = below.y - row.y;
    const reach = titles.length > 0 ? 1.8 : rows.length === 0 ? 3.4 : 2.5;
    if (isCaption(text) && gap <= 5 * row.size && !parted(row, below)) {
      titles.unshift(row.chunks.map(({ words }) => textOf(words)).join(" "));
      break;
    }
    if (gap > reach * Math.max(row.size, below.size) || parted(row, below) || isNote(text)) break;
    if (titles.length > 0 || wrapped.has(full) || isTitle(row, left, right, columns)) {
      titles.unshift(text);
      if (titles.length > 3) break;
    } else if (rows.length < PDF_LIMITS.headerRows) rows.unshift(row);
    else break;
    below = row;
  }
  return { rows, caption: titles.length > 0 ? joinLines(titles).slice(0, 240) : null };
}

/** The further lines of a caption: each a single piece of text, nearer to the line above it than to the one below. */
function captionLines(upwards: readonly Row[], top: Row): Set<Row> {
  const at = upwards.slice(0, 8).findIndex((row) => isCaption(textOf(row.chunks[0]!.words)));
  const lines = new Set<Row>();
  for (let i = at - 1; i >= 0; i--) {
    const [row, before, next] = [upwards[i]!, upwards[i + 1]!, upwards[i - 1] ?? top];
    const gap = row.y - before.y;
    if (row.chunks.length > 1 || gap > 1.6 * row.size || gap > 0.92 * (next.y - row.y)) break;
    lines.add(row);
  }
  return lines;
}

/** One chunk that runs over the first column and others, or stands before the table, titles it. */
function isTitle(row: Row, left: number, right: number, columns: Columns): boolean {
  if (row.chunks.length > 1) return false;
  const [chunk] = row.chunks as [Chunk];
  if (chunk.words.length >= 2 && (chunk.x0 < left - 2 * row.size || chunk.x1 > right + 3 * row.size))
    return true;
  if (columns.bounds.length === 0) return true;
  const crossed = columns.bounds.filter((bound) => chunk.x0 < bound - 1 && chunk.x1 > bound + 1).length;
  return crossed >= 1 && chunk.x0 < columns.bounds[0]! && chunk.words.length >= 2;
}

interface Span {
  text: string;
  from: number;
  to: number;
  chunk: Chunk;
}

/** The columns that each piece of a header's line stands over. */
function place(row: Row, columns: Columns): Span[] {
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
function widen(
  spans: Span[],
  below: readonly Span[][],
  columns: Columns,
  rules: readonly Rule[],
  row: Row,
  next: Row | undefined,
): Span[] {
  if (below.length === 0) return spans;
  const named = columns.extents.map((_, c) =>
    below.some((line) => line.some((s) => s.from <= c && c <= s.to)),
  );
  const first = columns.numeric[0] ? 0 : 1;
  const apart = next !== undefined && next.y - row.y > 1.35 * Math.max(row.size, next.size);
  const parts = partition(spans, below, columns, named, first, row.size, apart);
  if (parts) return parts;
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
  size: number,
  apart: boolean,
): Span[] | null {
  const count = columns.extents.length;
  const own = spans.filter(({ to }) => to >= first);
  if (own.length === 0 || own.length >= count - first || (own.length === 1 && !apart)) return null;
  if (!named.slice(first).every(Boolean)) return null;
  const boxes = boxesOf(columns, below);
  const shares: Span[] = [];
  const middle = ({ chunk }: Span) => (chunk.x0 + chunk.x1) / 2;
  const offFrom = (span: Span, from: number, to: number) =>
    Math.abs((boxes[from]!.x0 + boxes[to]!.x1) / 2 - middle(span));
  let gained = 0;
  let from = first;
  for (const [i, span] of own.entries()) {
    const last = i === own.length - 1 ? count - 1 : own[i + 1]!.from - 1;
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
  const even = shares.every((share) => share.to - share.from === shares[0]!.to - shares[0]!.from);
  if (!even && gained < 0.5 * size * own.length) return null;
  return [...spans.filter(({ to }) => to < first), ...shares];
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
  const joined = joinRules(between).filter(({ x0, x1 }) => x0 <= center && x1 >= center);
  const [rule] = joined.sort((a, b) => a.x1 - a.x0 - (b.x1 - b.x0));
  if (!rule) return null;
  const covered = columns.extents.flatMap((extent, c) => {
    const middle = (extent.x0 + extent.x1) / 2;
    return middle >= rule.x0 - 1 && middle <= rule.x1 + 1 ? [c] : [];
  });
  if (covered.length === 0 || covered.length >= columns.extents.length - 1 || covered[0] === 0) return null;
  return [covered[0]!, covered.at(-1)!];
}

function joinRules(rules: readonly Rule[]): Rule[] {
  const joined: Rule[] = [];
  for (const rule of [...rules].sort((a, b) => a.y0 - b.y0 || a.x0 - b.x0)) {
    const open = joined.at(-1);
    if (open && Math.abs(open.y0 - rule.y0) < 1.5 && rule.x0 <= open.x1 + 1.5)
      open.x1 = Math.max(open.x1, rule.x1);
    else joined.push({ ...rule });
  }
  return joined;
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
  return names.length > 1 && names.every((name) => isPeriod(name) || RANGE.test(name));
}

/** "2009 / Q1": what stands above several columns, then the column's own name with its lines joined. */
function namesOf(lines: readonly Span[][], columns: Columns): string[] {
  return columns.extents.map((_, c) => {
    const parts: { key: string; texts: string[] }[] = [];
    for (const line of lines) {
      for (const { from, to, text } of line) {
        if (c < from || c > to) continue;
        const key = `${from}-${to}`;
        const open = parts.at(-1);
        if (open?.key === key) open.texts.push(text);
        else parts.push({ key, texts: [text] });
      }
    }
    return parts
      .map(({ texts }) => cleanLabel(joinLines(texts)))
      .filter((text) => text !== "")
      .join(" / ");
  });
}
