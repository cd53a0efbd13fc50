export const SEVERITIES = ["INFO", "WARNING", "CRITICAL"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** How far past the alert level a distance must be, in alert levels, to be called this. */
const FROM = { WARNING: 1.4, CRITICAL: 2 };

/** `ratio`: the distance in units of the alert level, so 1 is just an anomaly. */
export function severityOf(ratio: number): Severity {
  if (ratio >= FROM.CRITICAL) return "CRITICAL";
  return ratio >= FROM.WARNING ? "WARNING" : "INFO";
}

export const isAtLeast = (severity: Severity, least: Severity): boolean =>
  SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least);

/** In [0, 1]: 0 at the expected value, 0.5 at the alert level, 0.75 at twice that. */
export const scoreOf = (ratio: number): number => 1 - 2 ** -ratio;
