import type { Said } from "./rolling-origin";

/** The weighted mean of what was said, bound by bound; those without a word leave their weight to the others. */
export function mix(said: readonly (Said | null)[], weights: readonly number[], steps: number): Said | null {
  const mixed = {
    mean: new Float64Array(steps),
    lower: new Float64Array(steps),
    upper: new Float64Array(steps),
  };
  const total = said.reduce((sum, one, k) => sum + (one ? weights[k]! : 0), 0);
  if (!(total > 0)) return null;
  said.forEach((one, k) => {
    if (one === null || weights[k] === 0) return;
    const share = weights[k]! / total;
    for (let h = 0; h < steps; h++) {
      mixed.mean[h]! += share * one.mean[h]!;
      mixed.lower[h]! += share * one.lower[h]!;
      mixed.upper[h]! += share * one.upper[h]!;
    }
  });
  return mixed;
}

/** The member in the middle at each step, with its bounds: deaf to a single one that is far off. */
export function middle(said: readonly (Said | null)[], steps: number): Said | null {
  const speaking = said.filter((one) => one !== null);
  if (speaking.length === 0) return null;
  const column = (name: keyof Said) =>
    Float64Array.from({ length: steps }, (_, h) => medianOf(speaking.map((one) => one[name][h]!)));
  return { mean: column("mean"), lower: column("lower"), upper: column("upper") };
}

function medianOf(values: number[]): number {
  const sorted = values.sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : sorted[half - 1]! / 2 + sorted[half]! / 2;
}
