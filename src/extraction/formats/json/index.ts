import { fail } from "../../../core/errors";
import { EXTRACTION_LIMITS } from "../../limits";
import type { ReadTables, SourceTable } from "../source-table";
import { nestedPast } from "./lines";
import { longTree, parseTree } from "./long-list";
import { NO_CONTEXT } from "./record-sequence";
import { findRecords, holdsRecords } from "./records";
import { TableBuilder, tableOfLanes } from "./table-builder";

/** One JSON text: the records are found wherever they are nested. */
export const readJson: ReadTables = (text) => {
  if (nestedPast(text, EXTRACTION_LIMITS.jsonDepth * 4))
    throw fail("malformed_data", `The JSON is nested deeper than ${EXTRACTION_LIMITS.jsonDepth * 4} levels.`);
  return [longTable(text) ?? tableOf(text)];
};

function tableOf(text: string): SourceTable {
  const list = findRecords(parse(text));
  if (list.lanes && list.lanes.length <= EXTRACTION_LIMITS.columns) return tableOfLanes(list, list.lanes);
  const builder = new TableBuilder(list);
  for (const record of list.records.consumed()) builder.add(record);
  return builder.table();
}

/** The same table where it can be read one part after the other, else null: records that hold others are no rows by themselves. */
function longTable(text: string): SourceTable | null {
  const tree = longTree(text);
  if (!tree) return null;
  const list = findRecords(tree.root);
  if (list.records.items !== tree.items || tree.items.some(holdsRecords)) return null;
  const builder = new TableBuilder(list);
  for (const record of list.records.consumed()) builder.add(record);
  try {
    for (const items of tree.rest()) {
      if (items.some(holdsRecords)) return null;
      for (const value of items) builder.add({ value, context: NO_CONTEXT });
    }
  } catch (error) {
    // What is wrong with the text is said of all of it.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  return builder.table();
}

function parse(text: string): unknown {
  try {
    return parseTree(text);
  } catch (error) {
    throw fail(
      "malformed_data",
      `The data begin like JSON and are not valid: ${(error as Error).message.slice(0, 200)}`,
    );
  }
}
