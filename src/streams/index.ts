export { type Appended, type AppendOptions, appendPoints, type ParsedRow } from "./append";
export { removeStream } from "./remove";
export { streamRoutes } from "./routes";
export { findStream, listStreams, type RegisteredStream, unregisterStream } from "./store";
