import { STREAM_LIMITS } from "../streams/contract";
import type { Ambiguity, DateOrder } from "./contract";
import type { Cell, ReadRow, SourceRow, SourceTable } from "./formats/source-table";
import { readCalendar } from "./infer/calendar";
import { asksYear } from "./infer/decide-year";
import { readYearless } from "./infer/yearless";
import type { UnderstoodHead } from "./job-state";
import { LateColumns } from "./late-columns";
import { EXTRACTION_LIMITS } from "./limits";

/** Rows that say which of day and month comes first: as many as make any doubt small. */
const MOST_DATES = 1_000;

/** The rows of a source, from its beginning. */
export interface Reading {
  rows: AsyncIterable<Iterable<ReadRow>>;
  /** Names by the place of a cell, complete for the rows so far. */
  columns(): readonly string[];
}

/** Whether rows may be left out all of whose columns, by their places, are settled: they have nothing to tell. */
export type IsSettled = (column: number) => boolean;

/**
 * The rows of a whole source that settle what its head leaves open, a bounded number of them. Where dates may be read
 * both ways: rows whose date can be read in one way only. Where times have no year: the first row of each later day.
 * Where categories may have more values than a stream can have series: rows with a combination of them that no row
 * before had. Where rows may bring columns: some rows that do. The head with those rows and columns is given; null, and
 * nothing is read, where the head leaves nothing open. `share` is the share of the source that the head is, and `grows`
 * says that its rows may bring columns.
 */
export async function tellingRows(
  head: SourceTable,
  { table }: UnderstoodHead,
  { share, grows }: { share: number; grows: boolean },
  open: (isSettled: IsSettled | null) => Reading,
): Promise<SourceTable | null> {
  const { plan, ambiguities } = table;
  const categories = placesOf(
    head,
    plan.columns.filter(({ role }) => role === "category").map(({ source }) => source),
  );
  const values = Math.max(1, plan.columns.filter(({ role }) => role === "value").length);
  const mostSets = Math.floor(STREAM_LIMITS.seriesPerStream / values) + 1;
  const asksOrder = (one: Ambiguity) => plan.timestamp?.fields.includes(one.field) && !asksYear(one);
  const asksDates = plan.timestamp?.kind === "calendar" && ambiguities.some(asksOrder);
  const asksDays = plan.timestamp?.yearless !== undefined && head.firstYear === undefined && share < 1;
  const asksSets = share < 1 && categories.length > 0 && mayGrowTo(head, categories, share) >= mostSets;
  const asksColumns = share < 1 && grows;
  if (!asksDates && !asksDays && !asksSets && !asksColumns) return null;
  const [dateAt] = placesOf(head, dateSource(table)) as [number];
  const dates = asksDates ? new OneWayDates(head, dateAt) : null;
  const days = asksDays ? new LaterDays(head, dateAt, plan.timestamp!.order) : null;
  const sets = asksSets ? new NewSets(categories, mostSets) : null;
  const late = asksColumns ? new LateColumns(head.columns.length) : null;
  const telling: SourceRow[] = [];
  const asked = [dates, days, sets, late].filter((one) => one !== null);
  const isSettled = late && asked.length === 1 ? (column: number) => late.isSettled(column) : null;
  const { rows, columns } = open(isSettled);
  for await (const read of rows) {
    for (const row of read) {
      if ("reason" in row) continue;
      // Each is to see the row.
      const told = [dates?.tells(row), days?.tells(row), sets?.tells(row), late?.tells(row)];
      if (told.includes(true)) telling.push(row);
    }
    if (asked.every(({ isDone }) => isDone)) return withRows(head, telling);
  }
  return withRows(late ? late.addTo(head, columns()) : head, telling);
}

const withRows = (head: SourceTable, telling: readonly SourceRow[]): SourceTable | null =>
  telling.length === 0 ? null : { ...head, rows: [...head.rows, ...telling] };

const placesOf = ({ columns }: SourceTable, sources: readonly string[]): number[] =>
  sources.map((source) => columns.indexOf(source)).filter((at) => at >= 0);

function dateSource({ plan }: UnderstoodHead["table"]): string[] {
  const [field] = plan.timestamp?.fields ?? [];
  return plan.columns.filter(({ name }) => name === field).map(({ source }) => source);
}

/** How many combinations of categories there may be in all, going by how many were new in the later half of the head. */
function mayGrowTo(head: SourceTable, places: readonly number[], share: number): number {
  const rows = [...head.rows];
  const seen = new Set<string>();
  let late = 0;
  rows.forEach((row, i) => {
    const key = keyOf(row, places);
    if (seen.has(key)) return;
    seen.add(key);
    if (i >= rows.length / 2) late++;
  });
  return seen.size + (late + 1) * (2 / share);
}

const keyOf = ({ cells }: SourceRow, places: readonly number[]): string =>
  places.map((at) => String(cells[at] ?? "")).join("\u0000");

/** Dates that can be read in some of the orders in which those of the head can, and not in the others. */
class OneWayDates {
  private readonly orders: DateOrder[];
  private found = 0;

  constructor(
    head: SourceTable,
    private readonly place: number,
  ) {
    const dates = [...head.rows].slice(0, HEAD_DATES).flatMap(({ cells }) => dateIn(cells[place]) ?? []);
    this.orders = ORDERS.filter((order) => dates.some((date) => isDate(date, order)));
  }

  get isDone(): boolean {
    return this.found >= MOST_DATES;
  }

  tells({ cells }: SourceRow): boolean {
    const date = this.isDone ? null : dateIn(cells[this.place]);
    if (date === null) return false;
    const readable = this.orders.filter((order) => isDate(date, order));
    if (readable.length === 0 || readable.length === this.orders.length) return false;
    this.found++;
    return true;
  }
}

const isDate = (text: string, order: DateOrder): boolean =>
  readCalendar(text, order) !== null || readYearless(text, order) !== null;

/** Days without a year behind the head, one row each: from them follows which year it may be. */
class LaterDays {
  private readonly lastOfHead: number;
  private last = "";
  private found = 0;

  constructor(
    head: SourceTable,
    private readonly place: number,
    private readonly order: DateOrder,
  ) {
    let last = 0;
    for (const { row } of head.rows) last = row;
    this.lastOfHead = last;
  }

  get isDone(): boolean {
    return this.found >= MOST_DATES;
  }

  tells({ row, cells }: SourceRow): boolean {
    const date = this.isDone || row <= this.lastOfHead ? null : dateIn(cells[this.place]);
    const time = date === null ? null : readYearless(date, this.order);
    const day = time ? `${time.month}-${time.day}` : this.last;
    if (day === this.last) return false;
    this.last = day;
    this.found++;
    return true;
  }
}

const ORDERS = ["dmy", "mdy", "ymd"] as const;
const HEAD_DATES = 1_000;

const dateIn = (cell: Cell | undefined): string | null =>
  typeof cell === "string" && cell.length <= EXTRACTION_LIMITS.parsedCellChars ? cell : null;

class NewSets {
  private readonly seen = new Set<string>();

  constructor(
    private readonly places: readonly number[],
    private readonly most: number,
  ) {}

  get isDone(): boolean {
    return this.seen.size >= this.most;
  }

  tells(row: SourceRow): boolean {
    if (this.isDone) return false;
    const before = this.seen.size;
    this.seen.add(keyOf(row, this.places));
    return this.seen.size > before;
  }
}
