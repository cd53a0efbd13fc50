import { fail } from "../../../core/errors";
import { isObject } from "../../../core/json";
import type { RejectedRow } from "../../../streams/contract";
import { EXTRACTION_LIMITS } from "../../limits";
import {
  type Cell,
  distinctNames,
  nothingSkipped,
  type ReadTables,
  type SourceRow,
  type SourceTable,
} from "../source-table";
import { quoteBigIntegers } from "./big-integers";
import { flatten, scalarCell } from "./flatten";
import { nestedPast } from "./lines";
import { findRecords } from "./records";
import type { JsonRecord, RecordList } from "./shapes";

/** One JSON text: the records are found wherever they are nested. */
export const readJson: ReadTables = (text) => [tableOf(findRecords(parse(text)))];

function parse(text: string): unknown {
  if (nestedPast(text, EXTRACTION_LIMITS.jsonDepth * 4))
    throw fail("malformed_data", `The JSON is nested deeper than ${EXTRACTION_LIMITS.jsonDepth * 4} levels.`);
  try {
    return JSON.parse(quoteBigIntegers(text)) as unknown;
  } catch (error) {
    throw fail(
      "malformed_data",
      `The data begin like JSON and are not valid: ${(error as Error).message.slice(0, 200)}`,
    );
  }
}

const DONE: JsonRecord = { value: null, context: {} };

function tableOf(list: RecordList): SourceTable {
  const index = new Map<string, number>();
  const rows: SourceRow[] = [];
  const bad: RejectedRow[] = [];
  let dropped = 0;
  const columnOf = (name: string): number => {
    const known = index.get(name);
    if (known !== undefined) return known;
    if (index.size >= EXTRACTION_LIMITS.columns) return -1;
    index.set(name, index.size);
    return index.size - 1;
  };
  if (list.columns) for (const name of list.columns) columnOf(name);
  list.records.forEach(({ value, context }, i) => {
    const row = i + 1;
    // What a row is made of is let go of with it: the tree and the table are not held at once.
    list.records[i] = DONE;
    // As wide as it will be: an array that grows takes room for more than most records have.
    const cells: Cell[] = new Array<Cell>(index.size).fill(null);
    const put = (name: string, cell: Cell) => {
      const at = columnOf(name);
      if (at < 0) dropped++;
      else cells[at] = cell;
    };
    for (const [name, cell] of Object.entries(context)) put(name, scalarCell(cell));
    if (Array.isArray(value))
      for (const [at, cell] of value.entries()) put(list.columns?.[at] ?? `col${at + 1}`, scalarCell(cell));
    else if (isObject(value)) flatten(value, put);
    else if (list.kind === "values") put("value", scalarCell(value));
    else {
      bad.push({ row, reason: "the item is no record as the others are" });
      return;
    }
    rows.push({ row, cells });
  });
  const columns = distinctNames([...index.keys()]);
  for (const row of rows) for (let at = 0; at < columns.length; at++) row.cells[at] ??= null;
  return {
    name: list.path.split(".").at(-1) || "records",
    columns,
    units: columns.map((name) => (Object.hasOwn(list.units, name) ? list.units[name]! : null)),
    rows,
    rowCount: rows.length,
    bad,
    skipped: nothingSkipped(),
    notes: dropped > 0 ? [`${dropped} cell(s) past ${EXTRACTION_LIMITS.columns} columns were left out.`] : [],
    certainty: list.kind === "values" ? 0.85 : list.kind === "single" ? 0.8 : 0.98,
    headerless: list.kind === "arrays" && list.columns === null,
    recordPath: list.path,
  };
}
