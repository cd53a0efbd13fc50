import { fitSmoothing } from "../../kernel/ets";
import type { Budget } from "../budget";
import { describe, type EtsModel } from "./model";
import { type EtsSpec, isPossible, shapeOf } from "./spec";

/**
 * `likelihood`: the maximum of the likelihood, as R's `ets` seeks it. `expected`: first states are drawn to those of a
 * decomposition and trends to steadiness, which forecasts better (wasm/kernels/ets/expectation.ts); the likelihood told
 * is a plain one all the same.
 */
export type EtsEstimation = "likelihood" | "expected";

/** Stretches of alpha that are searched. */
const STRETCHES = 4;
/** The kernel counts steps of about a nanosecond, a budget microseconds. */
const STEPS_A_UNIT = 1_000;

/** Fits one model (Hyndman et al. 2008, chapter 5). Null where the series cannot hold it or has a value that is no number. */
export function fitEts(
  values: Float64Array,
  season: number,
  spec: EtsSpec,
  budget: Budget,
  estimation: EtsEstimation = "likelihood",
): EtsModel | null {
  if (!isPossible(spec, values, season)) return null;
  const isExpecting = estimation === "expected";
  const limits = { isExpecting, stretches: STRETCHES, maxWork: budget.left * STEPS_A_UNIT };
  const estimate = fitSmoothing(values, shapeOf(spec, season), { mode: "search" }, limits);
  if (!estimate) return null;
  budget.spend(estimate.work / STEPS_A_UNIT);
  return describe({ values, season, spec, isExpecting, estimate });
}
