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
  for (let id = 0; id < series; id++) detectors.add("v", String(id));
  for (let i = 0; i < 90; i++) {
    for (let id = 0; id < series; id++) {
      const detector = detectors.at(detectors.ofField("v").get(String(id))!);
      const verdict = observe(detector, i * 1e6, reading(id, i));
      expect(verdict).toEqual(observe(alone[id]!, i * 1e6, reading(id, i)));
      if (verdict) verdicts++;
    }
  }
  expect(verdicts).toBeGreaterThan(100);
});

it("gives the place of a series that is silent to a new one, whose state is a new one's", () => {
  const most = 10_000;
  const detectors = new Detectors();
  for (let id = 0; id < most; id++) observe(detectors.add("old", String(id)), 1e6, 20);
  observe(detectors.add("new", "first"), 1e6, 20);
  const old = detectors.ofField("old");
  expect(old.size).toBe(most - 1);
  // The first round of the hand took every mark of use: from now on only those that speak keep their place.
  for (let id = most / 2; id < most; id++)
    if (old.has(String(id))) observe(detectors.at(old.get(String(id))!), 2e6, 21);
  for (let id = 1; id < most / 2; id++) detectors.add("new", String(id));
  for (let id = most / 2; id < most; id++) expect(old.has(String(id))).toBe(true);
  const added = detectors.at(detectors.ofField("new").get("1")!);
  expect([added.lastTime, added.lastValue, added.levels.length]).toEqual([
    Number.NEGATIVE_INFINITY,
    Number.NaN,
    0,
  ]);
});
