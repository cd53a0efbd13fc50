import type { Severity } from "../severity";

export type Kind = "spike" | "dip" | "level_shift" | "trend_break" | "flat_line" | "variance" | "gap";

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
  gap: "comes after a longer silence than ever",
};

export function messageOf({ kind, value, lower, upper }: Omit<StreamingVerdict, "message">): string {
  const said = `${shown(value)} ${WORDS[kind]}`;
  if (lower === null || upper === null) return said;
  return `${said}: ${value > upper ? `at most ${shown(upper)}` : `at least ${shown(lower)}`} was expected`;
}

const shown = (value: number): string => String(Number(value.toPrecision(6)));
