import { describe, expect, it } from "vitest";
import {
  createState,
  expectedFalseAlarmsPerWeek,
  StreamingDetector,
} from "../../../src/analytics/detection/streaming/detector";
import { SETTINGS } from "../../../src/analytics/detection/streaming/settings";
import { seededNormal } from "../../support/series";

const HOUR_MICROS = 3_600_000_000;
const WEEK = 168;
const SERIES = 20;
const LENGTH = 3_000;
/** Readings that tails and profiles are learned from first. */
const LEARNING = 400;
/** As its docstring says. */
const WITHIN = 5;

type Noise = (normal: () => number) => (i: number) => number;

const NOISES: [string, Noise][] = [
  ["normal", (normal) => () => 100 + normal()],
  ["normal around a daily cycle", (normal) => (i) => 100 + 20 * Math.sin((2 * Math.PI * i) / 24) + normal()],
  ["log-normal", (normal) => () => Math.exp(normal())],
  ["Student's with 3 degrees", (normal) => () => normal() / Math.hypot(normal(), normal(), normal())],
  [
    "a walk's",
    (normal) => {
      let value = 0;
      return () => (value += normal());
    },
  ],
];

describe("the expected number of false alarms a week", () => {
  it.each(NOISES)("is within its factor of what is counted, noise %s", (_, noise) => {
    let alarms = 0;
    let expected = 0;
    for (let seed = 1; seed <= SERIES; seed++) {
      const at = noise(seededNormal(seed));
      const detector = new StreamingDetector();
      for (let i = 0; i < LENGTH; i++) {
        detector.observe(i * HOUR_MICROS, at(i));
        if (i >= LEARNING && detector.verdict) alarms++;
      }
      expected += (expectedFalseAlarmsPerWeek(detector.state)! * (LENGTH - LEARNING)) / WEEK;
    }
    expect(alarms).toBeGreaterThan(expected / WITHIN);
    expect(alarms).toBeLessThan(expected * WITHIN);
  });

  const stateAt = (stepMicros: number, level = SETTINGS.alertSurprise) => {
    const detector = new StreamingDetector();
    for (let i = 0; i < 20; i++) detector.observe(i * stepMicros, i % 3);
    return expectedFalseAlarmsPerWeek(detector.state, { ...SETTINGS, alertSurprise: level })!;
  };

  it("grows with the readings in a week, less than they do for the quiet times", () => {
    const ratio = stateAt(HOUR_MICROS / 12) / stateAt(HOUR_MICROS);
    expect(ratio).toBeGreaterThan(8);
    expect(ratio).toBeLessThan(12);
  });

  it("is ten times less one unit of surprise higher", () => {
    const level = SETTINGS.alertSurprise;
    expect(stateAt(HOUR_MICROS, level) / stateAt(HOUR_MICROS, level + 1)).toBeCloseTo(10, 0);
  });

  it("is not known before the step is", () => {
    expect(expectedFalseAlarmsPerWeek(createState())).toBeNull();
  });
});
