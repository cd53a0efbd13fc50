export { type Appended, type AppendOptions, appendPoints, type ParsedRow } from "./append";
export { reserveArrivals } from "./arrivals";
export { removeStream } from "./remove";
export { streamRoutes } from "./routes";
export { callShards } from "./shard";
export { findStream, listStreams, type RegisteredStream, unregisterStream } from "./store";
