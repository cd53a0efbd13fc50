import { formatMicros, type Micros } from "../../core/timestamps";

/** What a subscriber missed since it was last told: rows, with the first and last of their times, and alerts. */
export interface Gap {
  fromMicros: Micros | null;
  toMicros: Micros | null;
  rows: number;
  alerts: number;
}

export const noGap = (): Gap => ({ fromMicros: null, toMicros: null, rows: 0, alerts: 0 });

/** Either of the two may be null: nothing missed. */
export function joined(one: Gap | null, other: Gap | null): Gap | null {
  if (!one || !other) return one ?? other;
  return {
    fromMicros: leastOf(one.fromMicros, other.fromMicros),
    toMicros: mostOf(one.toMicros, other.toMicros),
    rows: one.rows + other.rows,
    alerts: one.alerts + other.alerts,
  };
}

/** The notice: the rows can be read with GET /data from `from` up to and including `to`, the alerts with GET /api/events. */
export function gapMessage(seq: number, { fromMicros, toMicros, rows, alerts }: Gap): string {
  return JSON.stringify({
    type: "gap",
    seq,
    from: fromMicros === null ? null : formatMicros(fromMicros),
    to: toMicros === null ? null : formatMicros(toMicros),
    dropped: rows,
    ...(alerts > 0 ? { alerts } : {}),
  });
}

const leastOf = (a: Micros | null, b: Micros | null) =>
  a === null || b === null ? (a ?? b) : Math.min(a, b);
const mostOf = (a: Micros | null, b: Micros | null) => (a === null || b === null ? (a ?? b) : Math.max(a, b));
