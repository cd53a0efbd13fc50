import { fail } from "../../../core/errors";
import { type ArimaOrder, fitArima } from "../../forecasting/arima";
import { chooseDifferences } from "../../forecasting/stationarity";

/** What the caller fixed; the rest is chosen. */
export interface OrderRequest {
  p?: number | undefined;
  d?: number | undefined;
  q?: number | undefined;
  seasonal?: { P: number; D: number; Q: number; m: number } | undefined;
}

export interface ChosenOrder {
  order: ArimaOrder;
  /** How it came about, for the answer. */
  reason: string;
  candidates: { p: number; q: number; aicc: number }[];
}

/** p and q are searched up to this: nine fits, (2,d,2) among them. */
const SEARCHED = [0, 1, 2];
export const MAX_CANDIDATES = SEARCHED.length ** 2;
/** A candidate is fitted from few starts within a small budget: the best is then fitted again from more. */
export const CANDIDATE_FIT = { searches: 4, maxEvaluations: 600, standardErrors: false };

/** d by KPSS, then p and q by the smallest AICc; what is given stays as it is. */
export function chooseOrder(values: Float64Array, request: OrderRequest): ChosenOrder {
  const { P, D, Q, m } = request.seasonal ?? { P: 0, D: 0, Q: 0, m: 1 };
  const d = request.d ?? (D > 0 ? 0 : chooseDifferences(values));
  const isGiven = request.p !== undefined && request.q !== undefined;
  if (isGiven) {
    const order = { p: request.p!, d, q: request.q!, P, D, Q, m };
    return {
      order,
      reason: request.d === undefined ? "d by KPSS, the rest as given" : "as given",
      candidates: [],
    };
  }
  const candidates: ChosenOrder["candidates"] = [];
  for (const p of request.p === undefined ? SEARCHED : [request.p]) {
    for (const q of request.q === undefined ? SEARCHED : [request.q]) {
      const aicc = candidateAicc(values, { p, d, q, P, D, Q, m });
      if (aicc !== null) candidates.push({ p, q, aicc });
    }
  }
  const best = candidates.sort((a, b) => a.aicc - b.aicc)[0];
  if (best === undefined) {
    throw fail("not_enough_data", "No model could be estimated on this series.", {
      extra: { available: values.length },
    });
  }
  const choice = request.d === undefined ? "d by KPSS, p and q" : "p and q";
  return {
    order: { p: best.p, d, q: best.q, P, D, Q, m },
    reason: `${choice} by the smallest AICc of ${candidates.length} models`,
    candidates,
  };
}

/** Null where the model cannot be estimated on this series. */
function candidateAicc(values: Float64Array, order: ArimaOrder): number | null {
  try {
    return fitArima(values, order, CANDIDATE_FIT).aicc;
  } catch {
    return null;
  }
}
