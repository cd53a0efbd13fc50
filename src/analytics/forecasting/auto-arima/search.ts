import { type Candidate, keyOf, neighboursOf, type Space, startsOf } from "./candidate";
import { byMerit, type Estimate } from "./estimate";

/** Estimates a candidate; null where there is no such model on the series, and where the budget is spent. */
export type Attempt = (candidate: Candidate) => Estimate | null;

/**
 * Moves to the first better neighbour until there is none (Hyndman and Khandakar 2008, "Automatic time series
 * forecasting: the forecast package for R", section 3.2). Everything that could be estimated, best first.
 */
export function searchStepwise(
  space: Space,
  { isShort, maxModels }: { isShort: boolean; maxModels: number },
  attempt: Attempt,
): Estimate[] {
  const tried = new Map<string, Estimate | null>();
  const tryOnce = (candidate: Candidate): Estimate | null => {
    const key = keyOf(candidate);
    if (tried.has(key) || tried.size >= maxModels) return null;
    const estimate = attempt(candidate);
    tried.set(key, estimate);
    return estimate;
  };
  let best: Estimate | null = null;
  for (const start of startsOf(space, isShort)) best = better(best, tryOnce(start));
  for (let from: Estimate | null = null; best !== null && best !== from; ) {
    from = best;
    for (const neighbour of neighboursOf(space, from)) {
      best = better(best, tryOnce(neighbour));
      if (best !== from) break;
    }
  }
  return ranked(tried.values());
}

/** All of them, best first. */
export function searchAll(candidates: Candidate[], attempt: Attempt): Estimate[] {
  return ranked(candidates.map(attempt));
}

function better(best: Estimate | null, other: Estimate | null): Estimate | null {
  if (best === null || other === null) return best ?? other;
  return byMerit(other, best) < 0 ? other : best;
}

const ranked = (estimates: Iterable<Estimate | null>): Estimate[] =>
  [...estimates].filter((estimate) => estimate !== null).sort(byMerit);
