export { type Appended, type AppendOptions, appendPoints, type ParsedRow } from "./append";
export { reserveArrivals } from "./arrivals";
export type { Batch } from "./batch";
export { learnHistory } from "./learn-history";
export { NumberedUpload, type StoredFrames } from "./numbered-upload";
export { removeStream } from "./remove";
export { streamRoutes } from "./routes";
export {
  type CellMeaning,
  type DelimitedColumn,
  DelimitedScanner,
  type RecordParter,
  type TimeForm,
} from "./scan/delimited";
export {
  type JsonColumn,
  JsonLinesScanner,
  type JsonLinesSpec,
  type JsonScalar,
  type LineForms,
  LinePieces,
  LineReader,
  TIME,
  UNUSED,
} from "./scan/lines";
export type { Schedule } from "./schedule";
export { advanceStreams, type DueStream, dueStreams, findSchedule, noteRun } from "./schedule-store";
export { callShards } from "./shard";
export { findStream, listStreams, type RegisteredStream, unregisterStream } from "./store";
