import type { StreamKind } from "../kinds";
import type { Severity } from "../severity";

export type Kind = StreamKind;

/** An anomaly, for a person: what was there, what was expected, and by how much it is beyond that. */
export interface StreamingVerdict {
  kind: Kind;
  value: number;
  expected: number;
  /** Between these the reading would have been no anomaly; null where it is not the value that is judged. */
  lower: number | null;
  upper: number | null;
  /** In [0.5, 1]. */
  score: number;
  severity: Severity;
  message: string;
}

const WORDS: Record<Kind, string> = {
  spike: "is a spike",
  dip: "is a dip",
  level_shift: "and those before are at another level",
  trend_break: "and those before are off their course",
  flat_line: "has not changed for longer than ever",
  variance: "and those before vary more than ever",
  phase: "and those before are out of step with the season",
  gap: "comes after a longer silence than ever",
};

export function messageOf({ kind, value, lower, upper }: Omit<StreamingVerdict, "message">): string {
  const said = `${shown(value)} ${WORDS[kind]}`;
  if (lower === null || upper === null) return said;
  return `${said}: ${value > upper ? `at most ${shown(upper)}` : `at least ${shown(lower)}`} was expected`;
}

const UNITS = [
  ["day", 86_400_000_000],
  ["hour", 3_600_000_000],
  ["minute", 60_000_000],
  ["second", 1_000_000],
  ["millisecond", 1_000],
  ["microsecond", 1],
] as const;

/** Of a silence that still goes on. */
export const silenceMessage = (silentMicros: number, stepMicros: number): string =>
  `no reading for ${duration(silentMicros)} where one comes each ${duration(stepMicros).replace(/^1 /, "")}`;

/** In the largest unit of which it is one or at least two: "90 seconds", not "1.5 minutes". */
function duration(micros: number): string {
  for (const [unit, length] of UNITS) {
    const count = micros / length;
    const rounded = count < 10 ? Math.round(count * 10) / 10 : Math.round(count);
    if (Math.abs(count - 1) < 0.01) return `1 ${unit}`;
    if (rounded >= 2) return `${rounded} ${unit}s`;
  }
  return "no time";
}

const shown = (value: number): string => String(Number(value.toPrecision(6)));
