export { batchesOfCsv } from "./csv";
export {
  type CellMeaning,
  type DelimitedColumn,
  DelimitedScanner,
  type DelimitedSpec,
  type DelimitedTime,
  delimitedBatches,
  type TimeForm,
} from "./delimited";
export { batchesOfJson } from "./json";
export { ScanMemories } from "./memory";
export { batchesOfNdjson } from "./ndjson";
