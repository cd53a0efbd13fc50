import { expect, it } from "vitest";
import { Detectors } from "../../durable-objects/stream/detectors";
import { createDetector, type Detector, observe } from "../../src/analytics/detection/online";

/** Readings of a series: noise around its own level, and a spike where it is told. */
const reading = (series: number, i: number): number =>
  series * 10 + Math.sin(i * 12.9898 + series) + (series % 7 === 0 && i % 41 === 40 ? 50 : 0);

it("gives every series the verdicts that it would have alone, however many others spoke in between", () => {
  const series = 3_000;
  const detectors = new Detectors();
  const alone: Detector[] = Array.from({ length: series }, createDetector);
  let verdicts = 0;
  for (let i = 0; i < 90; i++) {
    for (let from = 0; from < series; from += 500) {
      for (let id = from; id < from + 500; id++) {
        const key = `v\n${id}`;
        if (!detectors.has(key)) detectors.add(key);
      }
      for (let id = from; id < from + 500; id++) {
        const verdict = observe(detectors.get(`v\n${id}`)!, i * 1e6, reading(id, i));
        expect(verdict).toEqual(observe(alone[id]!, i * 1e6, reading(id, i)));
        if (verdict) verdicts++;
      }
      detectors.trim();
    }
  }
  expect(verdicts).toBeGreaterThan(100);
});
