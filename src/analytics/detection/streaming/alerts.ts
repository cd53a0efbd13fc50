import { ALERT_NUMBERS, ALERTS, Head, Place } from "./layout";
import type { Kind } from "./verdict";

/** What is alerted at, with its direction where it has one. Zero is nothing. */
export const Thing = {
  up: 1,
  down: 2,
  shiftUp: 3,
  shiftDown: 4,
  driftUp: 5,
  driftDown: 6,
  spread: 7,
  flat: 8,
  phase: 9,
  gap: 10,
} as const;
export type Thing = (typeof Thing)[keyof typeof Thing];

const UP: Record<Kind, Thing> = {
  spike: Thing.up,
  dip: Thing.down,
  level_shift: Thing.shiftUp,
  trend_break: Thing.driftUp,
  variance: Thing.spread,
  flat_line: Thing.flat,
  phase: Thing.phase,
  gap: Thing.gap,
};
const DOWN: Record<Kind, Thing> = { ...UP, level_shift: Thing.shiftDown, trend_break: Thing.driftDown };

export const thingOf = (kind: Kind, isUp: boolean): Thing => (isUp ? UP : DOWN)[kind];

export const isShift = (thing: Thing): boolean => thing === Thing.shiftUp || thing === Thing.shiftDown;

const TIME = 0;
const THING = 1;
const SIZE = 2;

/** Remembers an alert as the newest one; the oldest is forgotten. `size`: its statistic, in deviations or a count. */
export function noteAlert(block: Float64Array, timeMicros: number, thing: Thing, size: number): void {
  const at = Place.alerts;
  block.copyWithin(at + ALERT_NUMBERS, at, at + (ALERTS - 1) * ALERT_NUMBERS);
  block[at + TIME] = timeMicros;
  block[at + THING] = thing;
  block[at + SIZE] = size;
}

/** What went on was as large as its largest reading. */
export function growAlert(block: Float64Array, sizeOf: (thing: number) => number): void {
  const at = Place.alerts;
  const size = sizeOf(block[at + THING]!);
  if (size > block[at + SIZE]!) block[at + SIZE] = size;
}

/** The size of the alert that was about this at this time; null when it is no longer remembered. */
export function alertedSize(block: Float64Array, timeMicros: number, thing: Thing): number | null {
  for (let i = 0, at = Place.alerts; i < ALERTS; i++, at += ALERT_NUMBERS)
    if (block[at + TIME] === timeMicros && block[at + THING] === thing) return block[at + SIZE]!;
  return null;
}

/** Whether the last alert was at this time. */
export const isLastAlert = (block: Float64Array, timeMicros: number): boolean =>
  block[Place.alerts + THING]! > 0 && block[Place.alerts + TIME] === timeMicros;

/** Whether the present run of equal readings was the last alert. */
export const isFlatAlert = (block: Float64Array): boolean =>
  block[Place.alerts + THING] === Thing.flat && block[Head.runDone] === 1;
