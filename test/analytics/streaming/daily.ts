import type { Form, Kind, StreamingDetector } from "../../../src/analytics/detection/streaming/detector";
import { seededNormal } from "../../support/series";

export const HOUR_MICROS = 3_600_000_000;
export const FORMS: Form[] = ["full", "compact"];

/** Hourly values around 100 with a daily cycle of 20 and noise of 1. */
export function dailyCycle(length: number, seed: number): number[] {
  const normal = seededNormal(seed);
  return Array.from({ length }, (_, i) => 100 + 20 * Math.sin((2 * Math.PI * i) / 24) + normal());
}

/** Values with noise of 1 around 100. */
export function noise(length: number, seed: number): number[] {
  const normal = seededNormal(seed);
  return Array.from({ length }, () => 100 + normal());
}

/** Hourly readings from `from` on; the hours and kinds of the alerts. */
export function alertsOf(detector: StreamingDetector, values: readonly number[], from: number, to: number) {
  const alerts: { at: number; kind: Kind; value: number }[] = [];
  for (let i = from; i < to; i++) {
    detector.observe(i * HOUR_MICROS, values[i]!);
    const { verdict } = detector;
    if (verdict) alerts.push({ at: i, kind: verdict.kind, value: verdict.value });
  }
  return alerts;
}
