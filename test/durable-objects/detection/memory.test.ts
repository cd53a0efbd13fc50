import { describe, expect, it } from "vitest";
import { MOST_STATE_BYTES, makeRoom, register } from "../../../durable-objects/stream/detection/budget";
import { DetectorStates } from "../../../durable-objects/stream/detection/states";
import { StreamingDetector } from "../../../src/analytics/detection/streaming/detector";
import { STREAM_LIMITS } from "../../../src/streams/contract";
import { inStorage } from "./world";

/** Of no object: says what it holds, and whether it was asked to leave. */
class Holder {
  isDropped = false;

  constructor(
    public bytes: number,
    readonly usedAt: number,
  ) {
    register(this);
  }

  drop(): void {
    this.isDropped = true;
    this.bytes = 0;
  }
}

describe("the memory of detectors", () => {
  it("holds as many series as a stream may have, each past its beginning, and keeps them in some twenty rows", async () => {
    await inStorage((storage) => {
      DetectorStates.createTables(storage.sql);
      const states = new DetectorStates(storage.sql);
      const detector = new StreamingDetector();
      const fiveMinutes = 300_000_000;
      for (let series = 0; series < STREAM_LIMITS.seriesPerStream; series++) {
        const { page, at } = states.slotOf(series);
        detector.use(page.states[at]!);
        for (let i = 0; i < 13; i++) detector.observe(i * fiveMinutes, Math.sin(series + i));
        page.set(at, detector.state);
        expect(detector.state.byteLength).toBeLessThanOrEqual(65_536);
      }
      expect(states.bytes).toBeLessThan(MOST_STATE_BYTES);
      // What a stored state takes must be what memory takes: nothing is left out of the count.
      storage.transactionSync(() => states.save());
      const { rows, bytes } = storage.sql
        .exec<{ rows: number; bytes: number }>(
          "SELECT COUNT(*) AS rows, SUM(LENGTH(data)) AS bytes FROM detector_states",
        )
        .one();
      expect(rows).toBeLessThan(30);
      expect(Math.abs(states.bytes - bytes)).toBeLessThan(0.02 * bytes);
      const [largest] = storage.sql
        .exec<{ bytes: number }>("SELECT MAX(LENGTH(data)) AS bytes FROM detector_states")
        .toArray();
      expect(largest!.bytes).toBeLessThan(2_000_000);
    });
  });

  it("is taken from those that were used least recently, and never from the one at work", () => {
    const third = MOST_STATE_BYTES / 3;
    const [old, older, recent] = [new Holder(third, 2), new Holder(third, 1), new Holder(third, 3)];
    makeRoom(recent);
    expect([old, older, recent].some(({ isDropped }) => isDropped)).toBe(false);
    recent.bytes = third + 1;
    makeRoom(recent);
    expect([old, older, recent].map(({ isDropped }) => isDropped)).toEqual([false, true, false]);
    recent.bytes = MOST_STATE_BYTES + 1;
    makeRoom(recent);
    expect([old, older, recent].map(({ isDropped }) => isDropped)).toEqual([true, true, false]);
  });
});
