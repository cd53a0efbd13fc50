import { fitSmoothing } from "../../kernel/ets";
import type { Budget } from "../budget";
import { describe, type EtsModel } from "./model";
import { type EtsSpec, isPossible, shapeOf } from "./spec";

/** Stretches of alpha that are searched. */
const STRETCHES = 3;
/** The kernel counts nanoseconds, a budget microseconds. */
const STEPS_A_UNIT = 1_000;

/**
 * Fits one model by maximum likelihood (Hyndman et al. 2008, chapter 5). Null where the series cannot hold it.
 */
export function fitEts(values: Float64Array, season: number, spec: EtsSpec, budget: Budget): EtsModel | null {
  if (!isPossible(spec, values, season)) return null;
  const limits = { stretches: STRETCHES, maxWork: budget.left * STEPS_A_UNIT };
  const estimate = fitSmoothing(values, shapeOf(spec, season), { mode: "search" }, limits);
  if (estimate) budget.spend(estimate.work / STEPS_A_UNIT);
  return estimate && describe(values, season, spec, estimate);
}
