export { batchesOfJson } from "./json";
export { ScanMemories } from "./memory";
export { batchesOfNdjson } from "./ndjson";
