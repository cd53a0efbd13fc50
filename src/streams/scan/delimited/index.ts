export { DelimitedScanner, delimitedBatches } from "./scanner";
export type {
  CellMeaning,
  DelimitedColumn,
  DelimitedSpec,
  DelimitedTime,
  RecordParter,
  TimeForm,
} from "./spec";
export { type Marks, RecordSplitter } from "./split-record";
