import { expect, it } from "vitest";
import { runQuery } from "../../../src/streams/query/run";
import { streamPages } from "../../../src/streams/query/stream-pages";
import { memoryReader } from "../../support/memory-reader";
import { SECOND, specOf, T0 } from "./support";

const points = Array.from({ length: 12_000 }, (_, i) => ({
  time: T0 + i * SECOND,
  field: "v",
  tags: {},
  value: i,
}));
const reader = memoryReader(points);
const first = runQuery(reader, specOf({ limit: 5_000, columns: true }));
const textOf = (stream: ReadableStream<Uint8Array>) => new Response(stream).text();

it("gives every row of all pages, or as many as are asked for", async () => {
  const next = async (cursor: string, limit: number) => runQuery(reader, specOf({ cursor, limit }));
  const csv = (await textOf(streamPages(first, "text/csv", Number.MAX_SAFE_INTEGER, next)))
    .trimEnd()
    .split("\r\n");
  expect(csv[0]).toBe("timestamp,v");
  expect(csv.slice(1).map((line) => Number(line.split(",")[1]))).toEqual(points.map(({ value }) => value));
  const ndjson = (await textOf(streamPages(first, "application/x-ndjson", 7_001, next)))
    .trimEnd()
    .split("\n");
  expect(ndjson).toHaveLength(7_001);
});

it("fetches no page before it is wanted, and none after the reader has gone", async () => {
  let fetched = 0;
  const stream = streamPages(first, "application/x-ndjson", 1e9, async (cursor, limit) => {
    fetched++;
    return runQuery(reader, specOf({ cursor, limit }));
  });
  const chunks = stream.getReader();
  await chunks.read();
  expect(fetched).toBeLessThanOrEqual(1);
  await chunks.cancel();
  const before = fetched;
  await new Promise((done) => setTimeout(done, 10));
  expect(fetched).toBe(before);
});

it("breaks off, and does not end, where a page cannot be had", async () => {
  const stream = streamPages(first, "text/csv", 1e9, async () => {
    throw new Error("the object is gone");
  });
  await expect(textOf(stream)).rejects.toThrow("the object is gone");
});
