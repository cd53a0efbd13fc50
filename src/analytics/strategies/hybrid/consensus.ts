import type { Direction } from "../signal";
import type { Pair } from "./weights";

export type Consensus = "STRONG" | "MODERATE" | "WEAK" | "CONFLICT";

export interface Directions {
  arima: Direction;
  ma: Direction;
}

const SIDES: Record<Direction, number> = { up: 1, flat: 0, down: -1 };

/** Of a weighted mean: 0.7 · 0.8 + 0.3 · 0.8 is a little less than 0.8. */
const ROUNDING = 1e-9;

/** "Definitions" of the API: members that agree, else how much of the weight is behind the combined direction. */
export function consensusOf(
  { arima, ma }: Directions,
  combined: Direction,
  weights: Pair,
  { score, threshold }: { score: number; threshold: number },
): Consensus {
  if (arima === ma) return score >= threshold - ROUNDING ? "STRONG" : "MODERATE";
  const behind = (arima === combined ? weights.arima : 0) + (ma === combined ? weights.ma : 0);
  return behind > 0.5 ? "WEAK" : "CONFLICT";
}

/** 1: the same direction; 0.5: one of them flat; 0: opposite ones. */
export const alignmentOf = ({ arima, ma }: Directions): number => 1 - Math.abs(SIDES[arima] - SIDES[ma]) / 2;

const TRENDS: Record<Direction, string> = {
  up: "an upward trend",
  down: "a downward trend",
  flat: "no clear move",
};

export function reasonOf({ arima, ma }: Directions, combined: Direction, weights: Pair): string {
  if (arima === ma && ma === combined) return `Both models confirm ${TRENDS[combined]}`;
  const said = `ARIMA sees ${TRENDS[arima]}, the moving average ${TRENDS[ma]}`;
  const share = (weight: number) => `${Math.round(100 * weight)} %`;
  return `${said}: weighed ${share(weights.arima)} to ${share(weights.ma)}, ${TRENDS[combined]}`;
}
