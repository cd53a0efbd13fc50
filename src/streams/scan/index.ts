export { batchesOfJson } from "./json";
export { batchesOfNdjson } from "./ndjson";
