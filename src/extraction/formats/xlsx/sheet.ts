import type { SheetCells } from "./cells";
import type { Area } from "./reference";

/** A sheet as its file has it: filled cells, and which of them are merged. */
export interface Sheet {
  name: string;
  hidden: boolean;
  cells: SheetCells;
  merges: Area[];
  /** Cells whose value a formula gave. The values are those that were saved; nothing is ever computed. */
  formulas: number;
  /** Of these, cells with which no value was saved: programs that compute nothing write them. */
  unsaved?: number;
}

/** Columns of a sheet that a chart draws, with the chart's title where it has one. */
export interface DrawnRange {
  sheet: string;
  area: Area;
}

export interface Chart {
  title: string;
  ranges: DrawnRange[];
}

export interface Workbook {
  sheets: Sheet[];
  charts: Chart[];
}
