export { DelimitedScanner, delimitedBatches } from "./scanner";
export type { CellMeaning, DelimitedColumn, DelimitedSpec, DelimitedTime, TimeForm } from "./spec";
export { type Marks, RecordSplitter } from "./split-record";
