import { intervalScales, type Outcome, widened } from "../../forecasting/combination/calibration";
import { withinBounds } from "../../forecasting/combination/combine";
import { mix } from "../../forecasting/combination/mixture";
import type { Said } from "../../forecasting/combination/rolling-origin";
import { outlookOf } from "../arima/answer";
import type { Calibration } from "../calibrations";
import { type Confidence, calibrate, type Trial } from "../confidence";
import { type Judgement, judge, wasRight } from "../signal";
import type { HybridTrial, Stated } from "./rolling-origins";
import type { Pair } from "./weights";

/** A forecast from an origin of the past. */
interface Past {
  origin: number;
  stated: Stated;
  actual: Float64Array;
}

/** What is said now by a member or by both, its intervals widened by its own errors, and what follows from it. */
export interface View {
  said: Said;
  scales: Float64Array;
  judgement: Judgement;
  confidence: Confidence;
  outcomes: Outcome[];
}

export interface ViewOptions {
  level: number;
  min_move: number;
  /** False: intervals as the models state them. */
  isCalibrated: boolean;
  calibration: Calibration;
  /** The most confidence that may be had. */
  ceiling: number;
}

/** A series without noise shows no error, and nothing about the day it will change. */
export const REGULAR_CEILING = 0.8;

export function viewOf(
  values: Float64Array,
  now: Stated,
  past: readonly Past[],
  { level, min_move, isCalibrated, calibration, ceiling }: ViewOptions,
): View {
  const horizon = now.mean.length;
  const outcomes = past.map(({ stated, actual }) => ({ said: stated, actual }));
  const scales = isCalibrated
    ? intervalScales(outcomes, { n: values.length, horizon, level })
    : new Float64Array(horizon).fill(1);
  const widening = scales.at(-1)!;
  const said = withinBounds(widened(now, scales), values);
  const judgement = judge(outlookOf(values, said.mean.at(-1)!, widening * now.standardError), min_move);
  const trials = past.map(({ origin, stated, actual }): Trial => {
    const outlook = outlookOf(
      values.subarray(0, origin),
      stated.mean.at(-1)!,
      widening * stated.standardError,
    );
    const { direction, strength } = judge(outlook, min_move);
    return { direction, strength, right: wasRight(direction, outlook, actual.at(-1)!, min_move) };
  });
  const confidence = calibrate(judgement, trials, { calibration, horizon });
  const value = Math.min(ceiling, confidence.value);
  return { said, scales, judgement, confidence: { ...confidence, value }, outcomes };
}

export const pastOf = (trials: readonly HybridTrial[], member: "arima" | "ma"): Past[] =>
  trials.map((trial) => ({ origin: trial.origin, stated: trial[member], actual: trial.actual }));

/** Each origin's forecast by the weights that were in force there. */
export const combinedPastOf = (trials: readonly HybridTrial[], inForce: readonly Pair[]): Past[] =>
  trials.map(({ origin, arima, ma, actual }, k) => ({
    origin,
    stated: mixed(arima, ma, inForce[k]!),
    actual,
  }));

/** The weighted mean of both; standard errors are mixed as if the members always erred together, which they mostly do. */
export function mixed(arima: Stated, ma: Stated, weights: Pair): Stated {
  const shares = [weights.arima, weights.ma];
  const said = mix([arima, ma], shares, arima.mean.length)!;
  return {
    ...said,
    standardError: weights.arima * arima.standardError + weights.ma * ma.standardError,
  };
}
