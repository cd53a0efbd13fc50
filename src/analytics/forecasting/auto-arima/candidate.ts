import type { ArimaOrder } from "../arima";
import type { FixedOrder, OrderLimits } from "./options";

/** A model that may be fitted. */
export interface Candidate {
  order: ArimaOrder;
  constant: boolean;
}

/** The part of an order that is searched. */
export type Lags = Pick<ArimaOrder, "p" | "q" | "P" | "Q">;

/** What a search may move: everything that is neither fixed nor decided before it. */
export interface Space {
  fixed: FixedOrder;
  limits: OrderLimits;
  d: number;
  D: number;
  m: number;
  /** A constant is tried at all: with two differences it would be a quadratic trend. */
  allowsConstant: boolean;
}

export const keyOf = ({ order: { p, q, P, Q }, constant }: Candidate): string =>
  `${p},${q},${P},${Q},${constant}`;

/** The candidate of these lags, with what is fixed put in place and the rest brought within the limits. */
export function candidateOf(space: Space, lags: Lags, constant: boolean): Candidate {
  const { fixed, limits, d, D, m } = space;
  const within = (name: keyof Lags) => fixed[name] ?? Math.min(lags[name], limits[name]);
  return {
    order: { p: within("p"), d, q: within("q"), P: within("P"), D, Q: within("Q"), m },
    constant: space.allowsConstant && (fixed.constant ?? constant),
  };
}

/** Where the search begins (Hyndman and Khandakar 2008, section 3.2, step 1); the cheapest first, for a small budget. */
export function startsOf(space: Space, isShort: boolean): Candidate[] {
  const none = { p: 0, q: 0, P: 0, Q: 0 };
  const full = isShort ? { ...none, p: 1, q: 1 } : { p: 2, q: 2, P: 1, Q: 1 };
  return [
    candidateOf(space, none, true),
    candidateOf(space, none, false),
    candidateOf(space, { ...none, p: 1, P: 1 }, true),
    candidateOf(space, { ...none, q: 1, Q: 1 }, true),
    candidateOf(space, full, true),
  ];
}

/** One or both orders of a pair by one, in the order in which they are tried. */
const STEPS = [
  [-1, 0],
  [0, -1],
  [1, 0],
  [0, 1],
  [-1, -1],
  [-1, 1],
  [1, -1],
  [1, 1],
] as const;

/** The models one step away: seasonal orders first, then the others, last the constant (step 2). */
export function neighboursOf(space: Space, { order, constant }: Candidate): Candidate[] {
  const { P, Q, p, q } = order;
  const moved = [
    ...STEPS.map(([ar, ma]) => ({ p, q, P: P + ar, Q: Q + ma })),
    ...STEPS.map(([ar, ma]) => ({ p: p + ar, q: q + ma, P, Q })),
  ];
  return [
    ...moved.filter((lags) => isWithin(space, lags)).map((lags) => candidateOf(space, lags, constant)),
    candidateOf(space, order, !constant),
  ];
}

const isWithin = ({ limits }: Space, lags: Lags): boolean =>
  (["p", "q", "P", "Q"] as const).every((name) => lags[name] >= 0 && lags[name] <= limits[name]);

/** Every model within the limits. */
export function allOf(space: Space): Candidate[] {
  const { limits } = space;
  const found = new Map<string, Candidate>();
  for (let p = 0; p <= limits.p; p++) {
    for (let q = 0; q <= limits.q; q++) {
      for (let P = 0; P <= limits.P; P++) {
        for (let Q = 0; Q <= limits.Q; Q++) {
          if (p + q + P + Q > limits.total) continue;
          for (const constant of [true, false]) {
            const candidate = candidateOf(space, { p, q, P, Q }, constant);
            found.set(keyOf(candidate), candidate);
          }
        }
      }
    }
  }
  return [...found.values()];
}
