import { asUnit } from "../../infer/units";
import { isCaption, isNote } from "./captions";
import { cleanLabel, isPeriod, joinLines } from "./cells";
import type { Columns } from "./columns";
import { overlap, type PageLayer } from "./geometry";
import { PDF_LIMITS } from "./limits";
import { isNumeric, type Row, rowOf, textOf } from "./lines";
import type { Between } from "./regions";
import { place, type Span, widen } from "./spans";
import { isTitle, withoutNumberGaps } from "./title";

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

/** The header of a table from the rows above its body, which come nearest last. `own` are rows of the region itself. */
export function findHeader(
  above: readonly Row[],
  own: readonly Row[],
  body: readonly Row[],
  columns: Columns,
  { rules, width }: Pick<PageLayer, "rules" | "width">,
  parted: Between,
): Header {
  const { rows, caption } = linesAbove(above, own.length > 0 ? own[0]! : body[0]!, columns, width, parted);
  const lines = [...rows, ...own];
  const headings: Row[] = [];
  // A line in the first column only, below the names, heads the rows that follow.
  while (
    lines.length > 1 &&
    (onlyStub(lines.at(-1)!, columns) || isGroupHeading(lines.at(-1)!, lines.at(-2)!, columns)) &&
    lines.slice(0, -1).some((row) => !onlyStub(row, columns))
  ) {
    if (isBottomOfStub(lines, columns)) break;
    headings.unshift(lines.pop()!);
  }
  const placed = lines.map((row) => place(row, columns));
  const spans: Span[][] = [];
  placed.forEach((chunks, i) => {
    spans.push(
      widen(
        chunks,
        placed.slice(i + 1),
        columns,
        rules.horizontal,
        lines[i]!,
        lines[i + 1],
        spans.at(-1) ?? [],
      ),
    );
  });
  return { ...namesAndUnits(spans, columns.extents.length), lines: lines.length, headings, caption };
}

/** What the lines of a header say of each column. A last line of nothing but units names none. */
export function namesAndUnits(
  lines: readonly PlacedText[][],
  count: number,
): { names: string[]; units: (string | null)[] } {
  const spans = [...lines];
  const units = new Array<string | null>(count).fill(null);
  const last = spans.at(-1);
  if (spans.length > 1 && last && last.length > 0 && last.every(({ text }) => unitOf(text) !== null)) {
    for (const { from, to, text } of last) for (let c = from; c <= to; c++) units[c] = unitOf(text);
    spans.pop();
  }
  return { names: namesOf(spans, count), units };
}

/** Whether a name says that its numbers are shares or errors, which are put in brackets without being negative. */
export const areShares = (name: string): boolean =>
  /%|per ?cent|share|s\.?e\.?\b|error|confidence/i.test(name);

/** A piece of a header and the first and last column that it stands over. */
export type PlacedText = Pick<Span, "text" | "from" | "to">;

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

/** One piece of text that begins where labels do, right below names of most columns: it heads the rows that follow. */
function isGroupHeading(row: Row, names: Row | undefined, columns: Columns): boolean {
  const [chunk] = row.chunks;
  if (names === undefined || row.chunks.length > 1 || columns.bounds.length === 0) return false;
  const left = columns.extents[0]!.x0;
  if (chunk!.x0 > left + 2 * row.size || chunk!.x0 < left - 5 * row.size) return false;
  if (names.y >= row.y || row.y - names.y > 3.4 * row.size) return false;
  const numbers = columns.extents.filter((_, c) => columns.numeric[c] && c > 0);
  const named = numbers.filter((extent) => names.chunks.some((over) => overlap(extent, over) > 0));
  return (
    numbers.length >= 2 && named.length >= numbers.length * 0.6 && names.chunks.length >= named.length * 0.6
  );
}

/** The stub's own name may stand a little lower than the others, or wrap: then no name of the stub stands above. */
function isBottomOfStub(lines: readonly Row[], columns: Columns): boolean {
  const rest = lines.slice(0, -1);
  const named = rest.some((row) => row.chunks.some((chunk) => chunk.x1 <= columns.bounds[0]!));
  const before = rest.at(-1)!;
  return !named && lines.at(-1)!.y - before.y < 0.8 * before.size;
}

/** Rows upward from the body as long as they are close, belong to the columns and are no title; and the title. */
export function linesAbove(
  above: readonly Row[],
  top: Row,
  columns: Columns,
  width: number,
  parted: Between,
): { rows: Row[]; caption: string | null } {
  const rows: Row[] = [];
  const titles: string[] = [];
  const left = columns.extents[0]!.x0;
  const right = columns.extents.at(-1)!.x1;
  let below = top;
  /** A heading stands between the names and the first row. */
  let headed = false;
  const upwards = [...above].reverse();
  const wrapped = captionLines(upwards, top);
  for (const [u, full] of upwards.entries()) {
    const chunks = full.chunks.filter(
      (chunk) => chunk.x1 > left - 2 * full.size && chunk.x0 < right + 2 * full.size,
    );
    if (chunks.length === 0) continue;
    const row = rowOf(chunks);
    const text = textOf(row.chunks[0]!.words);
    const gap = below.y - row.y;
    const apart = rows.length === Number(headed) ? 3.4 : 2.5;
    const reach = wrapped.has(full) ? 5 : titles.length > 0 ? 1.8 : apart;
    if (isCaption(text) && gap <= 5 * row.size && !parted(row, below)) {
      titles.unshift(row.chunks.map(({ words }) => textOf(words)).join(" "));
      break;
    }
    if (gap > reach * Math.max(row.size, below.size) || parted(row, below) || isNote(text) || isRecord(row))
      break;
    if (rows.length === 0 && titles.length === 0 && isGroupHeading(row, upwards[u + 1], columns)) {
      rows.unshift(row);
      headed = true;
      below = row;
      continue;
    }
    const heads = isHeading(row, rows[0], columns);
    if (titles.length > 0 || wrapped.has(full) || heads || isTitle(row, top, columns, width)) {
      titles.unshift(textOf(withoutNumberGaps(row)[0]!.words));
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

/** A label and measures, of another table that ends above: years and small numbers may be names. */
function isRecord({ chunks: [label, ...cells] }: Row): boolean {
  const texts = cells.map(({ words }) => textOf(words));
  const measures = texts.filter((text) => isNumeric(text) && !isPeriod(text) && !/^\d{1,2}$/.test(text));
  return !isNumeric(textOf(label!.words)) && measures.length >= 2 && measures.length >= texts.length * 0.6;
}

/** A line over the stub alone, apart from names of which one is the stub's, says what the whole table is of. */
function isHeading(row: Row, names: Row | undefined, columns: Columns): boolean {
  if (names === undefined || !onlyStub(row, columns) || columns.numeric[0]) return false;
  return names.chunks.length > 1 && names.x0 < columns.bounds[0]! && names.y - row.y > 1.4 * names.size;
}

/** "2009 / Q1": what stands above several columns, then the column's own name with its lines joined. */
function namesOf(lines: readonly PlacedText[][], count: number): string[] {
  return Array.from({ length: count }, (_, c) => {
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
