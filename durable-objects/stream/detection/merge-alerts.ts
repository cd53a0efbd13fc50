import type { ToTell } from "./detection";
import type { Found } from "./observe";

/** Series from which what they found together is one incident. */
const LEAST_SERIES = 3;
/** How far apart the readings of one incident are at most. */
const TOGETHER_MICROS = 1_000_000;

/**
 * What one write or one look for silence found, as incidents: where several series are unusual within a second of their
 * time, or silent (a line lost its power), it is one, else each by itself. A series is in an incident once. In the order
 * of time.
 */
export function incidentsOf({ found, isSilence }: Pick<ToTell, "found" | "isSilence">): Found[][] {
  const within = isSilence ? Number.POSITIVE_INFINITY : TOGETHER_MICROS;
  const sorted = found.toSorted((a, b) => a.timeMicros - b.timeMicros);
  const incidents: Found[][] = [];
  for (let from = 0; from < sorted.length; ) {
    const group = together(sorted, from, within);
    if (group.length < LEAST_SERIES) incidents.push(...group.map((one) => [one]));
    else incidents.push(group.sort((a, b) => b.verdict.score - a.verdict.score));
    from += group.length;
  }
  return incidents;
}

function together(sorted: readonly Found[], from: number, withinMicros: number): Found[] {
  const group: Found[] = [];
  const series = new Set<number>();
  for (let i = from; i < sorted.length; i++) {
    const one = sorted[i]!;
    if (one.timeMicros - sorted[from]!.timeMicros > withinMicros || series.has(one.series.id)) break;
    series.add(one.series.id);
    group.push(one);
  }
  return group;
}
