import type { CsvDialect } from "../../contract";
import { isReading } from "../../infer/reading";
import { EXTRACTION_LIMITS } from "../../limits";
import { filledWidth } from "../row-kinds";
import { detectDialect, type Quote } from "./dialect";
import { findLayout, type Layout } from "./layout";
import { cellsBehindMark } from "./rows";
import { type CsvRecord, RecordSplitter } from "./split";

export interface DecidedDialect {
  /** With all that reading needs. */
  dialect: CsvDialect;
  /** How sure it is, in [0, 1]. */
  certainty: number;
}

/**
 * How delimited text is to be read, from its head. What was asked for holds as it stands; only what it does not say
 * (comments, the number of columns) is found.
 */
export function decideDialect(text: string, asked?: CsvDialect): DecidedDialect {
  const head = headOf(text);
  const found = asked ? null : detectDialect(head);
  const delimiter = asked?.delimiter ?? found?.delimiter ?? "";
  const quote = asked?.quote ?? found?.quote ?? '"';
  const all = recordsOf(head, delimiter, quote);
  const comment = asked?.comment === undefined ? commentMark(all) : asked.comment;
  const isComment = ({ cells }: CsvRecord) => comment !== null && cells[0]!.trimStart().startsWith(comment);
  const dialect = asked
    ? askedFor(asked, comment, all, isComment)
    : layOut({ delimiter, quote, comment }, all, isComment);
  const regular = found ? found.consistency > 0.95 : true;
  return { dialect, certainty: delimiter === "" ? 0.9 : regular ? 0.99 : 0.93 };
}

/** Whole lines of the head; all of the text where it is short. */
function headOf(text: string): string {
  if (text.length <= EXTRACTION_LIMITS.headChars) return text;
  const end = text.lastIndexOf("\n", EXTRACTION_LIMITS.headChars);
  return text.slice(0, end < 0 ? EXTRACTION_LIMITS.headChars : end + 1);
}

function recordsOf(head: string, delimiter: string, quote: Quote): CsvRecord[] {
  const splitter = new RecordSplitter(delimiter, quote);
  return [...splitter.push(head), ...splitter.end()].filter((one) => one.cells !== null);
}

/** `#`, `//` or `%` where some but not most lines begin with it. */
function commentMark(records: readonly CsvRecord[]): NonNullable<CsvDialect["comment"]> | null {
  for (const mark of ["#", "//", "%"] as const) {
    const count = records.filter(({ cells }) => cells[0]!.trimStart().startsWith(mark)).length;
    // A lone "#" at the head of the first cell may be the name of a column: "#,name,price". No header is two.
    const bare = records.filter(({ cells }) => cells[0]!.trim() === mark && cells.length > 1);
    const isName = new Set(bare.map(({ cells }) => cells.join("\n"))).size === 1;
    if (count > (isName ? bare.length : 0) && count <= records.length / 2) return mark;
  }
  return null;
}

function layOut(
  marks: Pick<CsvDialect, "delimiter" | "quote" | "comment">,
  all: readonly CsvRecord[],
  isComment: (record: CsvRecord) => boolean,
): CsvDialect {
  const records = all.filter((record) => !isComment(record));
  const layout = findLayout(records.slice(0, EXTRACTION_LIMITS.dialectLines).map(({ cells }) => cells));
  const first = records[layout.firstData]?.row ?? Number.POSITIVE_INFINITY;
  const above = layout.header < 0 ? all.findLast((one) => one.row < first && isComment(one)) : undefined;
  const short = layout.header < 0 && isOneShort(records, layout) ? records[layout.firstData - 1] : undefined;
  const header =
    records[layout.header] ?? short ?? (namesBehindMark(above, layout.width) ? above : undefined);
  const top = header?.row ?? first;
  const lowest = records[layout.header + layout.headerRows - 1] ?? header;
  const head = header && header === above ? cellsBehindMark(header.cells) : lowest?.cells;
  return {
    ...marks,
    preamble_lines: Number.isFinite(top) ? Math.min(1_000, top - 1) : 0,
    has_header: header !== undefined,
    ...(layout.headerRows > 1 ? { header_rows: layout.headerRows } : {}),
    ...(short ? { row_names: true } : {}),
    units_row: layout.hasUnits,
    ...(layout.descriptions > 0 ? { description_rows: layout.descriptions } : {}),
    columns: countColumns(records, layout, head ?? null),
  };
}

/** "# time,a,b": in science the names often stand in the last comment above the data. */
const namesBehindMark = (comment: CsvRecord | undefined, width: number): boolean =>
  comment !== undefined &&
  width >= 2 &&
  cellsBehindMark(comment.cells).length === width &&
  comment.cells.every((cell) => cell.trim() !== "" && !isReading(cell));

/** Names of all columns but the first, in which each row has another name or number. */
function isOneShort(records: readonly CsvRecord[], { firstData, width }: Layout): boolean {
  const names = records[firstData - 1]?.cells.map((cell) => cell.trim());
  if (!names || width < 3 || names.length !== width - 1 || new Set(names).size < names.length) return false;
  if (!names.every((name) => /\p{L}/u.test(name) && !isReading(name))) return false;
  const rows = records.slice(firstData, firstData + EXTRACTION_LIMITS.dialectLines);
  const firsts = new Set(rows.map(({ cells }) => cells[0]!.trim()));
  return rows.length >= 2 && firsts.size === rows.length && !firsts.has("");
}

function askedFor(
  asked: CsvDialect,
  comment: CsvDialect["comment"],
  all: readonly CsvRecord[],
  isComment: (record: CsvRecord) => boolean,
): CsvDialect {
  if (asked.columns !== undefined) return { ...asked, comment };
  const records = all.filter((one) => one.row > asked.preamble_lines && !isComment(one));
  const filled = records.findIndex(({ cells }) => filledWidth(cells) > 0);
  const header = asked.has_header ? records[filled] : undefined;
  const headerRows = asked.has_header ? (asked.header_rows ?? 1) : 0;
  const descriptions = asked.description_rows ?? 0;
  const firstData = filled + headerRows + Number(asked.units_row) + descriptions;
  const width = records[Math.max(0, filled)]?.cells.length ?? 1;
  const layout = { header: filled, headerRows, firstData, hasUnits: asked.units_row, descriptions, width };
  return { ...asked, comment, columns: countColumns(records, layout, header?.cells ?? null) };
}

/** A delimiter that ends every line makes no column. */
function countColumns(records: readonly CsvRecord[], layout: Layout, head: readonly string[] | null): number {
  const named = head === null ? 0 : filledWidth(head);
  const used = records.slice(layout.firstData, layout.firstData + 500).map(({ cells }) => filledWidth(cells));
  const widths = used.filter((width) => width > 0).sort((a, b) => a - b);
  // A few overlong rows are bad rows, many are columns without a name.
  const common = widths[Math.floor(widths.length * 0.9)] ?? 0;
  const count = Math.max(1, named, Math.min(common, Math.max(named, layout.width)));
  return Math.min(EXTRACTION_LIMITS.columns, count);
}
