import { Head } from "./layout";
import type { Settings } from "./settings";

/** Readings before which every other one is a record. */
const KNOWN_FROM = 60;
/** Tolerances behind which all records are alike. */
const FAR = 20;

/**
 * How surprising it is that a value is clearly beyond all before, by how many were so lately (the estimate of Krichevsky
 * and Trofimov 1981); zero for one within. It is evidence beside the error: the forecast may have been as wrong before,
 * but never out there. While errors are larger than ever, so are records: with an exponential tail, whose scale grows by
 * a factor, the logarithm of the probability is divided by that.
 */
export function recordSurprise(state: Float64Array, scaled: number, settings: Settings): number {
  const { memory, size, weight } = settings.record;
  const beyond = tolerancesBeyond(state, scaled, settings);
  if (beyond <= 1) return 0;
  const share = (state[Head.records]! + 0.5) / (Math.min(state[Head.count]!, memory) + 1);
  const turbulence = state[Head.fast]! > state[Head.whole]! ? state[Head.fast]! / state[Head.whole]! : 1;
  return (weight * (size * Math.log10(Math.min(FAR, beyond)) - Math.log10(share))) / turbulence;
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
