import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { Engine } from "../../../durable-objects/stream/engine/engine";
import { WriteTally } from "../../../durable-objects/stream/engine/write-tally";
import { unwrap } from "../../../src/core/result";
import { encodeFrame } from "../../../src/streams/frame";
import { columnFrame } from "../../support/engine-model";

const DAY_MS = 86_400_000;
const counts = { accepted: 1, updated: 0, duplicates: 0, rejected: 0, bytes: 100 };

it("marks the end of each of the last eight days with writes, and no day goes back", () => {
  const tally = new WriteTally();
  for (let day = 0; day < 10; day++) tally.add(day * DAY_MS, counts);
  tally.add(8 * DAY_MS, counts);
  expect(tally.marks.map(({ day }) => day)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
  expect(tally.marks[0]).toMatchObject({ writes: 3, bytes: 300 });
  expect(tally.marks.at(-1)).toMatchObject({ writes: 11, accepted: 11 });
});

it("is the same when a stream is read again, from its log and from a seal", () =>
  runInDurableObject(env.STREAM.get(env.STREAM.idFromName("tally")), (_, { storage }) => {
    Engine.createTables(storage.sql);
    let engine = new Engine(storage.sql);
    const append = (atMs: number, rejected: number) => {
      const frame = columnFrame("v", [atMs * 1_000, atMs * 1_000 + 1], [1, 2]);
      const author = { atMs, requestId: "r", clientId: "c" };
      unwrap(engine.append({ ...author, frame, bytes: encodeFrame(frame), rejected, idempotency: null }));
    };
    append(10 * DAY_MS, 1);
    append(10 * DAY_MS, 0);
    engine.seal(0);
    append(11 * DAY_MS, 2);
    const written = structuredClone(engine.written);
    expect(written).toMatchObject([
      { day: 10, writes: 2, accepted: 2, duplicates: 2, rejected: 1 },
      { day: 11, writes: 3, accepted: 4, duplicates: 2, rejected: 3 },
    ]);
    expect(written[1]!.bytes).toBeGreaterThan(written[0]!.bytes);
    engine = new Engine(storage.sql);
    expect(engine.written).toEqual(written);
    engine.seal(0);
    engine = new Engine(storage.sql);
    expect(engine.written).toEqual(written);
  }));
