import { describe, expect, it } from "vitest";
import { FrameBuilder } from "../../../src/streams/frame-builder";
import { FanOut } from "../../../src/streams/live/fan-out";
import type { LiveFilter } from "../../../src/streams/live/filter";
import { LIVE_LIMITS } from "../../../src/streams/live/limits";
import { count, FakeReader, FakeTiming, rows } from "./support";

function room() {
  const timing = new FakeTiming();
  const fanOut = new FanOut(timing);
  const reader = (filter?: LiveFilter) => {
    const made = new FakeReader(timing, filter);
    fanOut.join(made);
    return made;
  };
  return { timing, fanOut, reader };
}

describe("points", () => {
  it("go out at once after a rest, in the form of the stream's data", () => {
    const { timing, fanOut, reader } = room();
    const one = reader();
    fanOut.points(rows([7], { tags: { room: "a" } }));
    timing.pass(0);
    expect(one.told).toEqual([
      {
        type: "points",
        seq: 1,
        points: [{ timestamp: "2025-01-01T00:00:00.000Z", fields: { v: 7 }, tags: { room: "a" } }],
      },
    ]);
  });

  it("come in at most ten frames a second, and none is lost by it", () => {
    const { timing, fanOut, reader } = room();
    const one = reader();
    for (let i = 0; i < 1_000; i++) {
      fanOut.points(rows([i]));
      timing.pass(1);
    }
    timing.pass(1_000);
    expect(one.values()).toEqual(count(1_000));
    expect(one.told.length).toBeLessThanOrEqual(11);
    const steps = one.atMs.slice(1).map((at, i) => at - one.atMs[i]!);
    expect(Math.min(...steps)).toBeGreaterThanOrEqual(LIVE_LIMITS.slotMs);
    expect(one.told.map(({ seq }) => seq)).toEqual(count(one.told.length, 1));
  });

  it("leave no timer behind when nothing comes any more", () => {
    const { timing, fanOut, reader } = room();
    fanOut.points(rows([1]));
    expect(timing.pending).toBe(0);
    reader();
    fanOut.points(rows([1]));
    timing.pass(1_000);
    expect(timing.pending).toBe(0);
  });

  it("are what is new to who joins later", () => {
    const { timing, fanOut, reader } = room();
    const early = reader();
    fanOut.points(rows([1]));
    const late = reader();
    fanOut.points(rows([2]));
    timing.pass(1_000);
    expect([early.values(), late.values()]).toEqual([[1, 2], [2]]);
  });

  it("over a frame's cap are the newest, and the rest is counted", () => {
    const { timing, fanOut, reader } = room();
    const one = reader();
    fanOut.points(rows(count(3_000)));
    timing.pass(1_000);
    expect(one.told).toHaveLength(1);
    expect(one.told[0]).toMatchObject({ dropped: 2_000 });
    expect(one.values()).toEqual(count(1_000, 2_000));
  });

  it("that fell out of the recent rows are a gap with their times", () => {
    const { timing, fanOut, reader } = room();
    const one = reader();
    for (let i = 0; i < 3; i++) fanOut.points(rows(count(4_000), { from: i * 4_000 }));
    timing.pass(0);
    expect(one.told[0]).toEqual({
      type: "gap",
      seq: 1,
      from: "2025-01-01T00:00:00.000Z",
      to: "2025-01-01T02:13:19.000Z",
      dropped: 8_000,
    });
    expect(one.told[1]).toMatchObject({ type: "points", seq: 2, dropped: 3_000 });
  });

  it("longer than a live row are counted and not sent", () => {
    const { timing, fanOut, reader } = room();
    const one = reader();
    const builder = new FrameBuilder();
    builder.add({ timestamp: 1, fields: { v: 1 }, tags: {}, attributes: { text: "x".repeat(16_000) } });
    builder.add({ timestamp: 2, fields: { v: 2 }, tags: {}, attributes: { text: "short" } });
    fanOut.points(builder.take());
    timing.pass(0);
    expect(one.told[0]).toMatchObject({ dropped: 1, points: [{ attributes: { text: "short" } }] });
  });
});

describe("a filter", () => {
  it("shows rows with all its tags, and of them its fields", () => {
    const { timing, fanOut, reader } = room();
    const one = reader({ fields: ["v"], tags: { room: "a" } });
    const builder = new FrameBuilder();
    builder.add({ timestamp: 1, fields: { v: 1, w: 9 }, tags: { room: "a", floor: "1" } });
    builder.add({ timestamp: 2, fields: { v: 2 }, tags: { room: "b" } });
    builder.add({ timestamp: 3, fields: { w: 3 }, tags: { room: "a" } });
    fanOut.points(builder.take());
    timing.pass(0);
    expect(one.told[0]!.points).toEqual([
      {
        timestamp: "1970-01-01T00:00:00.000001Z",
        fields: { v: 1 },
        tags: { room: "a", floor: "1" },
      },
    ]);
  });

  it("counts only rows that it shows as missed", () => {
    const { timing, fanOut, reader } = room();
    const mine = reader({ fields: null, tags: { room: "a" } });
    for (let i = 0; i < 2; i++) {
      fanOut.points(rows(count(10), { from: i * 10, tags: { room: "a" } }));
      fanOut.points(rows(count(4_990), { tags: { room: "b" } }));
    }
    fanOut.points(rows(count(5_000), { tags: { room: "b" } }));
    timing.pass(0);
    expect(mine.told).toMatchObject([{ type: "gap", dropped: 20, to: "2025-01-01T00:00:19.000Z" }]);
    expect(mine.told).toHaveLength(1);
  });

  it("says nothing to whom nothing concerns", () => {
    const { timing, fanOut, reader } = room();
    const other = reader({ fields: ["w"], tags: {} });
    fanOut.points(rows([1]));
    timing.pass(1_000);
    expect(other.told).toEqual([]);
  });
});

describe("an alert", () => {
  const alert = (field: string, tags = {}) =>
    JSON.stringify({ event: "alert", id: "a1", type: "ANOMALY", context: { field, tags } });

  it("goes out at once, between the slots", () => {
    const { timing, fanOut, reader } = room();
    const one = reader();
    fanOut.points(rows([1]));
    timing.pass(10);
    fanOut.alert(alert("v"));
    expect(one.told.at(-1)).toMatchObject({
      type: "alert",
      alert_type: "ANOMALY",
      event: "alert",
      id: "a1",
      seq: 2,
    });
  });

  it("comes to those alone whose filter shows its series", () => {
    const { fanOut, reader } = room();
    const [fits, field, tag] = [
      reader({ fields: ["v"], tags: { room: "a" } }),
      reader({ fields: ["w"], tags: {} }),
      reader({ fields: null, tags: { room: "b" } }),
    ];
    fanOut.alert(alert("v", { room: "a" }));
    expect([fits, field, tag].map(({ told }) => told.length)).toEqual([1, 0, 0]);
  });

  it("is counted in the gap where there is no room for it", () => {
    const { timing, fanOut, reader } = room();
    const one = reader();
    fanOut.acknowledge(one, 0);
    for (let i = 0; i < 70; i++) fanOut.alert(alert("v"));
    expect(one.told).toHaveLength(64);
    timing.pass(1_000);
    fanOut.acknowledge(one, 64);
    timing.pass(1_000);
    expect(one.told.at(-1)).toEqual({ type: "gap", seq: 65, from: null, to: null, dropped: 0, alerts: 6 });
  });
});

describe("a slow reader", () => {
  it("that acknowledges gets nothing past its window, and the rest or a gap with its next acknowledgement", () => {
    const { timing, fanOut, reader } = room();
    const slow = reader();
    const other = reader();
    fanOut.acknowledge(slow, 0);
    for (let i = 0; i < 100; i++) {
      fanOut.points(rows(count(100, i * 100), { from: i * 100 }));
      timing.pass(100);
    }
    timing.pass(1_000);
    expect(slow.told).toHaveLength(64);
    expect(timing.pending).toBe(0);
    expect(other.values()).toEqual(count(10_000));
    fanOut.acknowledge(slow, 64);
    timing.pass(1_000);
    expect(slow.values()).toEqual(count(6_400).concat(count(1_000, 9_000)));
    expect(slow.told[64]).toMatchObject({ dropped: 2_600 });
  });

  it("gets a gap for what has left the recent rows meanwhile", () => {
    const { timing, fanOut, reader } = room();
    const slow = reader();
    fanOut.acknowledge(slow, 0);
    for (let i = 0; i < 100; i++) {
      fanOut.points(rows(count(1_000), { from: i * 1_000 }));
      timing.pass(100);
    }
    const seen = slow.told.filter(({ type }) => type === "points").length;
    fanOut.acknowledge(slow, slow.flow.seq);
    timing.pass(1_000);
    expect(slow.told.slice(seen)).toMatchObject([
      { type: "gap", dropped: (95 - seen) * 1_000 },
      { type: "points", dropped: 4_000 },
    ]);
  });

  it("keeps a gap through an eviction, with the rows that were still recent", () => {
    const { timing, fanOut, reader } = room();
    const slow = reader();
    fanOut.acknowledge(slow, 0);
    for (let i = 0; i < 70; i++) {
      fanOut.points(rows([i], { from: i }));
      timing.pass(100);
    }
    timing.pass(1_000);
    expect(slow.saved).toMatchObject({ rows: 6 });
    const again = new FakeReader(timing);
    again.gap = slow.saved;
    new FanOut(timing).join(again);
    timing.pass(0);
    expect(again.told).toMatchObject([
      { type: "gap", from: "2025-01-01T00:01:04.000Z", to: "2025-01-01T00:01:09.000Z", dropped: 6 },
    ]);
  });

  it("that never acknowledges is sent no more than its allowance, and still the newest", () => {
    const { timing, fanOut, reader } = room();
    const silent = reader();
    for (let i = 0; i < 1_000; i++) {
      fanOut.points(rows(count(1_000, i * 1_000)));
      timing.pass(100);
    }
    timing.pass(5_000);
    const sent = silent.told.reduce((sum, message) => sum + JSON.stringify(message).length, 0);
    const { chars, charsPerSecond } = LIVE_LIMITS.silent;
    expect(sent).toBeLessThanOrEqual(chars + 106 * charsPerSecond);
    expect(sent).toBeGreaterThan(chars + 80 * charsPerSecond);
    expect(silent.values().at(-1)).toBe(999_999);
    const dropped = silent.told.reduce((sum, message) => sum + (message.dropped ?? 0), 0);
    expect(dropped + silent.values().length).toBe(1_000_000);
  });

  it("cannot acknowledge what was not sent", () => {
    const { fanOut, reader } = room();
    expect(fanOut.acknowledge(reader(), 1)).toBe(false);
  });
});
