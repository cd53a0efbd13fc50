import { Head } from "./layout";
import type { Settings } from "./settings";

/** Readings before which every other one is a record. */
const KNOWN_FROM = 60;
/** Tolerances behind which all records are alike. */
const FAR = 20;

/**
 * How surprising it is that a value is clearly beyond all before, by how many were so lately (rule of succession); zero
 * for one within. It is evidence beside the error: the forecast may have been as wrong before, but never out there.
 */
export function recordSurprise(state: Float64Array, scaled: number, settings: Settings): number {
  const { memory, prior, size, weight } = settings.record;
  const beyond = tolerancesBeyond(state, scaled, settings);
  if (beyond <= 1) return 0;
  const share = (state[Head.records]! + prior) / (Math.min(state[Head.count]!, memory) + 10 * prior);
  return weight * (size * Math.log10(Math.min(FAR, beyond)) - Math.log10(share));
}

export function countRecord(state: Float64Array, scaled: number, settings: Settings): void {
  state[Head.records]! *= 1 - 1 / settings.record.memory;
  if (tolerancesBeyond(state, scaled, settings) > 1) state[Head.records]!++;
  const isFirst = state[Head.count] === 0;
  state[Head.least] = isFirst ? scaled : Math.min(state[Head.least]!, scaled);
  state[Head.greatest] = isFirst ? scaled : Math.max(state[Head.greatest]!, scaled);
}

/** Beyond these a value is a record. */
export function edges(state: Float64Array, { record }: Settings): { lower: number; upper: number } {
  const [least, greatest] = [state[Head.least]!, state[Head.greatest]!];
  const tolerance = record.tolerance * (greatest - least);
  return { lower: least - tolerance, upper: greatest + tolerance };
}

function tolerancesBeyond(state: Float64Array, scaled: number, { record }: Settings): number {
  const [least, greatest] = [state[Head.least]!, state[Head.greatest]!];
  if (state[Head.count]! < KNOWN_FROM || !(greatest > least)) return 0;
  return Math.max(scaled - greatest, least - scaled) / (record.tolerance * (greatest - least));
}
