import { isObject } from "../../../core/json";
import type { RejectedRow } from "../../../streams/contract";
import { EXTRACTION_LIMITS } from "../../limits";
import { type Cell, distinctNames, nothingSkipped, type SourceRow, type SourceTable } from "../source-table";
import { flatten, scalarCell } from "./flatten";
import { KeptRows } from "./kept-rows";
import type { JsonRecord, RecordList } from "./record-sequence";
import { SaidOnce } from "./said-once";

/** The table of a list of records, which come one after the other. */
export class TableBuilder {
  private readonly index = new Map<string, number>();
  private readonly rows = new KeptRows();
  private readonly bad: RejectedRow[] = [];
  /** What parents say, and for how many of them. */
  private readonly said = new SaidOnce();
  private dropped = 0;
  private row = 0;

  constructor(private readonly list: RecordList) {
    for (const name of list.columns ?? []) this.columnOf(name);
  }

  add({ value, context }: JsonRecord): void {
    const { list, rows } = this;
    const row = ++this.row;
    if (!(Array.isArray(value) || isObject(value) || list.kind === "values")) {
      this.bad.push({ row, reason: "the item is no record as the others are" });
      return;
    }
    rows.begin(row);
    this.said.note(context, value);
    for (const [name, cell] of Object.entries(context)) this.put(name, scalarCell(cell));
    if (Array.isArray(value))
      for (const [at, cell] of value.entries())
        this.put(list.columns?.[at] ?? `col${at + 1}`, scalarCell(cell));
    else if (isObject(value)) flatten(value, this.put);
    else this.put("value", scalarCell(value));
  }

  table(): SourceTable {
    const { rows, bad, dropped } = this;
    const columns = distinctNames([...this.index.keys()]);
    rows.width = columns.length;
    const notes =
      dropped > 0 ? [`${dropped} cell(s) past ${EXTRACTION_LIMITS.columns} columns were left out.`] : [];
    const hints = this.said.hints(rows.length);
    return {
      ...about(this.list, columns),
      rows,
      rowCount: rows.length,
      bad,
      notes,
      ...(hints ? { hints } : {}),
    };
  }

  private readonly put = (name: string, cell: Cell): void => {
    const at = this.columnOf(name);
    if (at < 0) this.dropped++;
    else this.rows.put(at, cell);
  };

  private columnOf(name: string): number {
    const known = this.index.get(name);
    if (known !== undefined) return known;
    if (this.index.size >= EXTRACTION_LIMITS.columns) return -1;
    this.index.set(name, this.index.size);
    return this.index.size - 1;
  }
}

/** The table of columns that lie there as such: its rows are made when they are asked for. */
export function tableOfLanes(list: RecordList, lanes: readonly (readonly unknown[])[]): SourceTable {
  const rowCount = list.records.length;
  const rows = {
    *[Symbol.iterator](): Generator<SourceRow> {
      for (let i = 0; i < rowCount; i++)
        yield { row: i + 1, cells: lanes.map((lane) => scalarCell(lane[i])) };
    },
  };
  return { ...about(list, distinctNames(list.columns!)), rows, rowCount, bad: [], notes: [] };
}

function about({ path, units, kind, columns: names, timeColumn }: RecordList, columns: string[]) {
  return {
    name: path.split(".").at(-1) || "records",
    columns,
    units: columns.map((name) => (Object.hasOwn(units, name) ? units[name]! : null)),
    skipped: nothingSkipped(),
    certainty: kind === "values" ? 0.85 : kind === "single" ? 0.8 : 0.98,
    headerless: kind === "arrays" && names === null,
    recordPath: path,
    ...(timeColumn === undefined ? {} : { timeColumn }),
  };
}
