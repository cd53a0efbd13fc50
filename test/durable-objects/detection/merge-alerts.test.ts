import { describe, expect, it } from "vitest";
import { incidentsOf } from "../../../durable-objects/stream/detection/merge-alerts";
import type { Found } from "../../../durable-objects/stream/detection/observe";
import type { Series } from "../../../durable-objects/stream/engine/catalog";

const series = Array.from(
  { length: 10 },
  (_, id): Series => ({
    id,
    tagSet: { id, tags: {}, series: [], lastTime: 0, lastOrdinal: 0 },
    field: "v",
    count: 1,
    first: 0,
    last: 0,
    sealedLast: 0,
    tiers: 0,
  }),
);
const found = (id: number, seconds: number, score = 0.6): Found => ({
  series: series[id]!,
  timeMicros: seconds * 1_000_000,
  verdict: {
    kind: "spike",
    value: 1,
    expected: 0,
    lower: -1,
    upper: 0.5,
    score,
    severity: "INFO",
    message: "",
  },
});
const shown = (found: Found[], isSilence = false) =>
  incidentsOf({ found, isSilence }).map((one) =>
    one.map(({ series, timeMicros }) => `${series.id}@${timeMicros / 1_000_000}`),
  );

describe("what one write found", () => {
  it("is one incident where three series or more are unusual within a second, the most unusual first", () => {
    const at = [found(1, 10, 0.6), found(3, 10.4, 0.9), found(2, 11, 0.7), found(4, 11.5, 0.8)];
    expect(shown(at)).toEqual([["3@10.4", "2@11", "1@10"], ["4@11.5"]]);
  });

  it("is told each by itself where they are few, or apart, in the order of time", () => {
    expect(shown([found(2, 10), found(1, 10)])).toEqual([["2@10"], ["1@10"]]);
    expect(shown([found(3, 30), found(1, 10), found(2, 20)])).toEqual([["1@10"], ["2@20"], ["3@30"]]);
  });

  it("is one incident where it is silence, whenever each of them spoke last", () => {
    const silent = [found(1, 10), found(2, 400), found(3, 20)];
    expect(shown(silent, true)).toEqual([["1@10", "3@20", "2@400"]]);
    expect(shown(silent.slice(1), true)).toEqual([["3@20"], ["2@400"]]);
  });

  it("names no series twice in an incident, and loses nothing", () => {
    const twice = [found(1, 10), found(2, 10), found(3, 10), found(1, 10.5)];
    expect(shown(twice)).toEqual([["1@10", "2@10", "3@10"], ["1@10.5"]]);
  });
});
