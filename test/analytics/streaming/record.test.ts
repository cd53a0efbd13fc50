import { describe, expect, it } from "vitest";
import { Channels } from "../../../src/analytics/detection/streaming/channels";
import { createState, StreamingDetector } from "../../../src/analytics/detection/streaming/detector";
import { Head, layoutOf, RECENT, statisticsOf } from "../../../src/analytics/detection/streaming/layout";
import { recordSurprise } from "../../../src/analytics/detection/streaming/record";
import { SETTINGS } from "../../../src/analytics/detection/streaming/settings";
import { FORMS, HOUR_MICROS, noise } from "./daily";

/** The state of a series of noise after so many readings. */
function stateAfter(length: number, form: (typeof FORMS)[number]): Float64Array {
  const detector = new StreamingDetector(createState(form));
  for (const [i, value] of noise(length, 1).entries()) detector.observe(i * HOUR_MICROS, value);
  return detector.state;
}

describe.each(FORMS)("a record, %s form", (form) => {
  const state = stateAfter(700, form);
  const range = state[Head.greatest]! - state[Head.least]!;
  const above = (share: number): number => state[Head.greatest]! + share * range;
  const surpriseWith = (change: Partial<Record<keyof typeof Head, number>>): number => {
    const changed = state.slice();
    for (const [name, value] of Object.entries(change)) changed[Head[name as keyof typeof Head]] = value;
    return recordSurprise(changed, above(0.2), SETTINGS);
  };
  const calm = surpriseWith({ fast: state[Head.whole]! });

  it("is a value clearly beyond all before, in either direction", () => {
    expect(recordSurprise(state, above(0.9 * SETTINGS.record.tolerance), SETTINGS)).toBe(0);
    expect(recordSurprise(state, above(1.1 * SETTINGS.record.tolerance), SETTINGS)).toBeGreaterThan(0);
    const below = state[Head.least]! - 1.1 * SETTINGS.record.tolerance * range;
    expect(recordSurprise(state, below, SETTINGS)).toBeGreaterThan(0);
  });

  it("is the more surprising the further it is, the longer none was, and the fewer there were lately", () => {
    expect(recordSurprise(state, above(0.4), SETTINGS)).toBeGreaterThan(
      recordSurprise(state, above(0.2), SETTINGS),
    );
    expect(surpriseWith({ count: 100 })).toBeLessThan(surpriseWith({}));
    expect(surpriseWith({ records: 5 })).toBeLessThan(surpriseWith({ records: 1 }));
  });

  it("is half as surprising while errors are twice as large as ever, and no more while they are small", () => {
    expect(surpriseWith({ fast: 2 * state[Head.whole]! })).toBeCloseTo(calm / 2, 12);
    expect(surpriseWith({ fast: 0 })).toBe(calm);
    expect(surpriseWith({ fast: 0, whole: 0 })).toBe(calm);
  });

  it("is evidence of what an error is, and none of errors that vary", () => {
    const surpriseOf = (recent: (i: number) => number, error: number, beyond: number): number => {
      const copy = state.slice();
      const layout = layoutOf(copy);
      const errors = statisticsOf(copy, layout);
      for (let i = 0; i < RECENT; i++) errors[layout.recent + i] = recent(i);
      const channels = new Channels(SETTINGS);
      channels.use(copy);
      return channels.surpriseOf({ here: error, whole: error }, beyond);
    };
    const calmErrors = () => 0;
    expect(surpriseOf(calmErrors, 4, 1)).toBeCloseTo(surpriseOf(calmErrors, 4, 0) + 1, 12);
    const wildErrors = (i: number) => (i % 2 === 0 ? 4 : -4);
    expect(surpriseOf(wildErrors, 0, 0)).toBeGreaterThan(2);
    expect(surpriseOf(wildErrors, 0, 1)).toBe(surpriseOf(wildErrors, 0, 0));
  });
});
