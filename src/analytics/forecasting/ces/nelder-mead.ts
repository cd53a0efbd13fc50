export interface Minimum {
  point: number[];
  value: number;
}

/** Reflection, expansion, contraction and shrinking, as their authors chose them. */
const REFLECT = 1;
const EXPAND = 2;
const CONTRACT = 0.5;

/**
 * The simplex of Nelder and Mead (1965) from `start` with edges `step`, until its values differ by less than
 * `tolerance` of the best one, or `evaluations` are used up. `f` may return infinity where a point is not allowed.
 */
export function nelderMead(
  f: (point: readonly number[]) => number,
  start: readonly number[],
  { step, tolerance, evaluations }: { step: number; tolerance: number; evaluations: number },
): Minimum {
  let left = evaluations;
  const at = (point: number[]): Minimum => {
    left--;
    return { point, value: f(point) };
  };
  const simplex = [at([...start])];
  for (const axis of start.keys()) {
    simplex.push(at(start.map((coordinate, i) => (i === axis ? coordinate + step : coordinate))));
  }
  const ascending = () => simplex.sort((a, b) => a.value - b.value);
  ascending();
  const last = start.length;
  while (left > 0) {
    const best = simplex[0]!;
    const worst = simplex[last]!;
    if (worst.value - best.value <= tolerance * Math.abs(best.value)) break;
    const centre = start.map((_, i) =>
      simplex.slice(0, last).reduce((sum, { point }) => sum + point[i]! / last, 0),
    );
    const along = (factor: number) => at(centre.map((c, i) => c + factor * (worst.point[i]! - c)));
    const reflected = along(-REFLECT);
    if (reflected.value < best.value) {
      const expanded = along(-EXPAND);
      simplex[last] = expanded.value < reflected.value ? expanded : reflected;
    } else if (reflected.value < simplex[last - 1]!.value) {
      simplex[last] = reflected;
    } else {
      const contracted = along(reflected.value < worst.value ? -CONTRACT : CONTRACT);
      if (contracted.value < Math.min(reflected.value, worst.value)) simplex[last] = contracted;
      else {
        for (let k = 1; k <= last; k++) {
          simplex[k] = at(simplex[k]!.point.map((c, i) => best.point[i]! + CONTRACT * (c - best.point[i]!)));
        }
      }
    }
    ascending();
  }
  return simplex[0]!;
}
