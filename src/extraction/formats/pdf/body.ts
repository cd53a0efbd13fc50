import { cleanLabel, cleanValue, joinLines, unwrapColumn } from "./cells";
import { type Columns, cellsOf } from "./columns";
import { fillDown } from "./fill-down";
import { isNumeric, type Row, textOf } from "./lines";
import { isDataRow } from "./regions";

export interface BodyRow {
  page: number;
  y: number;
  cells: (string | null)[];
  /** The heading under which the row stands, where the table has such. */
  section: string | null;
}

interface Draft {
  y: number;
  /** The baseline of its last line. */
  end: number;
  size: number;
  indent: number;
  lines: string[][];
  data: boolean;
}

/** The rows of a body: wrapped cells merged into their row, headings between the rows given to the rows below them. */
export function readBody(
  rows: readonly Row[],
  columns: Columns,
  page: number,
  shares: readonly boolean[],
): BodyRow[] {
  const { drafts, spanning } = takeSpanning(
    rows.map((row) => draftOf(row, columns)),
    columns,
  );
  const body: BodyRow[] = [];
  let section: string | null = null;
  let headIndent = 0;
  let rowIndent: number | null = null;
  let fresh = false;
  for (const draft of mergeWrapped(mergeHalfLines(drafts, columns), columns)) {
    const cells = draft.lines.map((lines, c) => {
      const text = joinLines(lines);
      if (text === "") return null;
      return columns.numeric[c] || isNumeric(text) ? cleanValue(text) : cleanLabel(text) || null;
    });
    if (!draft.data) {
      const text = cells.filter((cell) => cell !== null).join(" ");
      section = fresh && section !== null ? `${section} / ${text}` : text;
      if (!fresh) headIndent = draft.indent;
      fresh = true;
      rowIndent = null;
      continue;
    }
    fresh = false;
    // Rows are set in under their heading: one that is not, a total, stands under none.
    rowIndent ??= draft.indent;
    const setOut =
      rowIndent > headIndent + 0.4 * draft.size &&
      draft.indent < Math.min(rowIndent - 0.4 * draft.size, headIndent + 0.6 * draft.size);
    if (section !== null && setOut && !columns.numeric[0]) section = null;
    body.push({ page, y: draft.y, cells, section });
  }
  fillSpanning(body, spanning);
  fillDown(body, columns);
  columns.numeric.forEach((numeric, c) => {
    if (!numeric) return;
    const unwrapped = unwrapColumn(
      body.map(({ cells }) => cells[c]!),
      shares[c]!,
    );
    body.forEach((row, r) => {
      row.cells[c] = unwrapped[r]!;
    });
  });
  return body;
}

/** Labels of several rows that stand in the middle of them: alone in a first column that the rows leave empty. */
function takeSpanning(all: readonly Draft[], columns: Columns): { drafts: Draft[]; spanning: Draft[] } {
  const rows = all.filter(({ data }) => data);
  const empty = columns.extents.length > 2 && rows.filter(({ lines }) => lines[0]!.length === 0).length;
  const spanning = all.filter((draft) => !draft.data && stubOnly(draft));
  const inner = rows.every(({ lines }) => lines[1]?.length !== 0);
  if (!empty || empty < rows.length * 0.6 || spanning.length === 0 || !inner || spanning.length * 1.5 > empty)
    return { drafts: [...all], spanning: [] };
  const labelled = rows.filter(({ lines }) => lines[0]!.length > 0);
  return {
    drafts: all
      .filter((draft) => !spanning.includes(draft))
      .map((draft) => ({ ...draft, lines: [[], ...draft.lines.slice(1)] })),
    spanning: [...spanning, ...labelled].sort((a, b) => a.y - b.y),
  };
}

/** A label belongs to the rows in whose middle it stands. */
function fillSpanning(body: BodyRow[], spanning: readonly Draft[]): void {
  let first = 0;
  spanning.forEach((draft, i) => {
    let best = first;
    let least = Number.POSITIVE_INFINITY;
    for (let last = first; last < body.length; last++) {
      const off = Math.abs((body[first]!.y + body[last]!.y) / 2 - draft.y);
      if (off < least) {
        least = off;
        best = last;
      }
    }
    if (first >= body.length) return;
    if (i === spanning.length - 1) best = body.length - 1;
    for (let r = first; r <= best; r++) body[r]!.cells[0] = cleanLabel(label(draft)) || null;
    first = best + 1;
  });
}

function draftOf(row: Row, columns: Columns): Draft {
  const draft = { y: row.y, end: row.y, size: row.size, indent: row.x0 };
  const linesOf = (texts: readonly string[]) => texts.map((text) => (text === "" ? [] : [text]));
  // "Engines of size 4": one piece of text, however far it reaches into the numbers.
  const whole = row.chunks.length === 1 && row.x0 < (columns.bounds[0] ?? 0) && !columns.numeric[0];
  if (whole && !isDataRow(row)) {
    const texts = columns.extents.map((_, c) => (c === 0 ? textOf(row.chunks[0]!.words) : ""));
    return { ...draft, lines: linesOf(texts), data: false };
  }
  const texts = cellsOf(row, columns.bounds).map(textOf);
  const data = isDataRow(row) || texts.some((text, c) => columns.numeric[c] && c > 0 && isNumeric(text));
  return { ...draft, lines: linesOf(texts), data };
}

/**
 * Cells of one, two or three lines, centred in their row, put their lines half a line apart: lines so close cannot be of
 * one column. Lines in other columns that stand closer than a line are one row.
 */
function mergeHalfLines(drafts: readonly Draft[], columns: Columns): Draft[] {
  const merged: Draft[] = [];
  let before: Draft | null = null;
  for (const draft of drafts) {
    const open = merged.at(-1);
    const close = before !== null && draft.y - before.y < 0.9 * Math.min(draft.size, before.size);
    const apart =
      close && draft.lines.every((lines, c) => lines.length === 0 || before!.lines[c]!.length === 0);
    if (open && apart && !clash(open, draft, columns)) {
      append(open, draft);
      open.data ||= draft.data;
      open.indent = Math.min(open.indent, draft.indent);
    } else merged.push({ ...draft, lines: draft.lines.map((lines) => [...lines]) });
    before = draft;
  }
  return merged;
}

/** A cell has one number; a second line of it is in brackets. */
function clash(open: Draft, draft: Draft, columns: Columns): boolean {
  return draft.lines.some(
    (lines, c) =>
      columns.numeric[c] &&
      open.lines[c]!.some(isNumeric) &&
      lines.some((text) => isNumeric(text) && !/^[([].*[)\]]$/.test(text)),
  );
}

const OPEN_END =
  /(?:[,(–-]|\b(?:and|or|of|the|in|for|to|with|by|from|on|as|at|und|et|de|des|du|per|than|less|not)|&)$/i;

/**
 * A line without numbers is the rest of a label, its beginning, or a heading. Lower case, an open bracket, a word that
 * cannot end a label and lines set closer than rows are make it a part; else it is a heading.
 */
function mergeWrapped(drafts: readonly Draft[], columns: Columns): Draft[] {
  const pitch = pitchOf(drafts);
  const merged: Draft[] = [];
  let start: Draft | null = null;
  drafts.forEach((draft, i) => {
    const before = merged.at(-1);
    if (draft.data) {
      const whole = start && belongs(start, draft, pitch, columns) ? prepend(start, draft) : draft;
      if (start && whole === draft) merged.push(start);
      start = null;
      merged.push(whole);
      return;
    }
    const next = drafts[i + 1];
    if (!start && before?.data && continuesLabel(before, draft, next, pitch, columns)) append(before, draft);
    else if (start && partOfOne(start, draft, columns)) append(start, draft);
    else {
      if (start) merged.push(start);
      start = { ...draft, lines: draft.lines.map((lines) => [...lines]) };
    }
  });
  if (start) merged.push(start);
  return merged;
}

/** The usual distance between rows with numbers that follow each other. */
function pitchOf(drafts: readonly Draft[]): number {
  const gaps: number[] = [];
  drafts.forEach((draft, i) => {
    const next = drafts[i + 1];
    if (draft.data && next?.data) gaps.push(next.y - draft.y);
  });
  gaps.sort((a, b) => a - b);
  return gaps[gaps.length >> 1] ?? 0;
}

const label = (draft: Draft): string => joinLines(draft.lines[0] ?? []);
const stubOnly = (draft: Draft): boolean => draft.lines.every((lines, c) => c === 0 || lines.length === 0);

function append(to: Draft, draft: Draft): void {
  to.end = draft.end;
  draft.lines.forEach((lines, c) => {
    to.lines[c]!.push(...lines);
  });
}

function prepend(start: Draft, draft: Draft): Draft {
  return {
    ...draft,
    indent: start.indent,
    lines: draft.lines.map((lines, c) => [...start.lines[c]!, ...lines]),
  };
}

function partOfOne(above: Draft, below: Draft, columns: Columns): boolean {
  const text = label(below);
  if (!stubOnly(below) && !columns.numeric[0]) return true;
  return OPEN_END.test(label(above)) || /^[\p{Ll}(&]/u.test(text);
}

/** Does a line without numbers go on with the row above it? */
function continuesLabel(
  above: Draft,
  draft: Draft,
  next: Draft | undefined,
  pitch: number,
  columns: Columns,
): boolean {
  const gap = draft.y - above.end;
  const close = gap < 1.6 * draft.size;
  // Text in other columns than the first is the rest of a wrapped cell.
  if (!stubOnly(draft)) return close || (pitch > 0 && gap < pitch * 0.9);
  if (columns.numeric[0]) return false;
  const text = label(draft);
  const head = label(above);
  if (head === "") return gap < 0.75 * draft.size;
  if (OPEN_END.test(head) || /^[\p{Ll}&]/u.test(text)) return close || gap <= 1.1 * pitch;
  const nearer = next === undefined || gap < (next.y - draft.y) * 0.8;
  const tighter = pitch > 0 && gap < pitch * 0.8;
  return (
    nearer && (tighter || (draft.indent > above.indent + 0.5 * draft.size && close && next === undefined))
  );
}

/** Does a row go on with the label that began on the lines above it? */
function belongs(start: Draft, draft: Draft, pitch: number, columns: Columns): boolean {
  if (columns.numeric[0]) return false;
  const head = label(start);
  const text = label(draft);
  const gap = draft.y - start.y;
  if (text === "") return gap < 1.7 * draft.size;
  if (/:$/.test(head)) return false;
  if (OPEN_END.test(head) || /^[\p{Ll}&(]/u.test(text)) return true;
  return !stubOnly(start) && gap < 1.5 * draft.size && (pitch === 0 || gap < pitch * 0.9);
}
