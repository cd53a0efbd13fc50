import { Head } from "./layout";
import type { Settings } from "./settings";

/**
 * The surprise from which this reading is alerted at. After an alert it is that of the incident and more, and falls
 * back to the usual one over the quiet time: one incident is one alert, but a greater one is not kept back. What is
 * beyond all before, and so beyond the incident, is not its echo.
 */
export function alertLevel(block: Float64Array, settings: Settings, isRecord = false): number {
  const { alertSurprise, greatestPeak, escalation } = settings;
  const quiet = block[Head.quiet]!;
  if (quiet <= 1) return alertSurprise;
  if (isSilent(block, settings)) return Number.POSITIVE_INFINITY;
  if (isRecord) return alertSurprise;
  const raised = Math.min(greatestPeak, block[Head.peak]!) + escalation - alertSurprise;
  return alertSurprise + (raised * (quiet - 1)) / block[Head.quietLength]!;
}

export function passQuiet(block: Float64Array, surprise: number): void {
  if (block[Head.quiet]! > 0) block[Head.quiet]!--;
  block[Head.peak] = block[Head.quiet]! > 0 ? Math.max(block[Head.peak]!, surprise) : surprise;
}

/** Readings for which it is quiet after an alert. */
export function quietReadings(block: Float64Array, { quietSeasons, leastSeason }: Settings): number {
  const season = Math.round(block[Head.shortMicros]! / block[Head.step]!);
  return Math.round(quietSeasons * Math.max(leastSeason, season));
}

export function beginQuiet(block: Float64Array, settings: Settings): void {
  block[Head.quietLength] = quietReadings(block, settings);
  block[Head.quiet] = block[Head.quietLength]!;
}

/** Right after an alert. */
export const isSilent = (block: Float64Array, { silence }: Settings): boolean =>
  block[Head.quiet]! > 0 && block[Head.quietLength]! - block[Head.quiet]! < silence;

/** What was alerted at was nothing: after the silence, which holds back its end, all is judged as ever. */
export function endQuiet(block: Float64Array, { silence }: Settings): void {
  const passed = block[Head.quietLength]! - block[Head.quiet]!;
  block[Head.quiet] = Math.min(block[Head.quiet]!, Math.max(0, silence - passed));
  block[Head.quietLength] = block[Head.quiet]! + passed;
}
