import { z } from "zod";
import type { JsonObject } from "../../core/json";
import { normalCdf } from "../forecasting/normal";
import { finite } from "./result";

/** Below this probability of its direction a move is no signal. */
const MIN_PROBABILITY = 0.6;
const DEFAULT_MIN_MOVE_PERCENT = 0.5;

/** The knobs of a signal, shared by every strategy that gives one. */
export const signalConfig = {
  min_move: z
    .number()
    .min(0)
    .max(100)
    .default(DEFAULT_MIN_MOVE_PERCENT)
    .describe("Smallest predicted move over the horizon that is a signal, in percent of the current value"),
  signal_style: z
    .enum(["financial", "trend"])
    .default("financial")
    .describe("financial: BUY, SELL, HOLD; trend: UP, DOWN, FLAT"),
};

export interface SignalOptions {
  min_move: number;
  signal_style: "financial" | "trend";
}

export type Direction = "up" | "down" | "flat";

/** A prediction of the value at the horizon's end: normal with this mean and standard error. */
export interface Outlook {
  current: number;
  mean: number;
  standardError: number;
  /** What a move is measured against where the current value is zero. */
  typicalSize: number;
}

export interface Judgement {
  direction: Direction;
  /** The model's probability that the value ends on the stated side, for flat that the move stays below the least. */
  strength: number;
  movePercent: number;
  probabilityUp: number;
  outlook: Outlook;
}

const ACTIONS = {
  financial: { up: "BUY", down: "SELL", flat: "HOLD" },
  trend: { up: "UP", down: "DOWN", flat: "FLAT" },
} as const;

export const actionOf = (direction: Direction, style: SignalOptions["signal_style"]): string =>
  ACTIONS[style][direction];

/** "Definitions" of the API: flat while the move is below `min_move` or its probability under 0.6. */
export function judge(outlook: Outlook, minMovePercent: number): Judgement {
  const { current, mean, standardError } = outlook;
  const size = sizeOf(outlook);
  const move = mean - current;
  const movePercent = size > 0 ? (move / size) * 100 : 0;
  const below = (bound: number): number =>
    standardError > 0 ? normalCdf((bound - mean) / standardError) : mean < bound ? 1 : mean > bound ? 0 : 0.5;
  const probabilityUp = 1 - below(current);
  const stated = move >= 0 ? probabilityUp : 1 - probabilityUp;
  if (move === 0 || Math.abs(movePercent) < minMovePercent || stated < MIN_PROBABILITY) {
    const margin = (minMovePercent / 100) * size;
    const inside =
      standardError > 0 ? below(current + margin) - below(current - margin) : Math.abs(move) <= margin;
    return { direction: "flat", strength: clamp(Number(inside)), movePercent, probabilityUp, outlook };
  }
  return {
    direction: move > 0 ? "up" : "down",
    strength: clamp(stated),
    movePercent,
    probabilityUp,
    outlook,
  };
}

/** The terms of a judgement; `unit`: what the outlook's numbers are to be taken by. */
export const explainSignal = (
  { outlook, probabilityUp, movePercent }: Judgement,
  minMovePercent: number,
  unit = 1,
): JsonObject => ({
  expected: finite(unit * outlook.mean),
  standardError: finite(unit * outlook.standardError),
  probabilityUp,
  movePercent: finite(movePercent),
  minMovePercent,
  minProbability: MIN_PROBABILITY,
});

/** Whether what came agrees with what was stated. */
export function wasRight(
  direction: Direction,
  outlook: Outlook,
  actual: number,
  minMovePercent: number,
): boolean {
  const move = actual - outlook.current;
  if (direction === "up") return move > 0;
  if (direction === "down") return move < 0;
  return Math.abs(move) <= (minMovePercent / 100) * sizeOf(outlook);
}

const sizeOf = ({ current, typicalSize }: Outlook): number =>
  current === 0 ? typicalSize : Math.abs(current);

const clamp = (probability: number): number => Math.min(1, Math.max(0, probability));
