import type { StrategyResult } from "../../../src/analytics/contract";
import { prepareStrategy } from "../../../src/analytics/strategies/registry";
import type { JsonObject } from "../../../src/core/json";
import { seededNormal, seriesOf } from "../../support/series";

export const run = (
  id: string,
  config: unknown,
  values: ArrayLike<number>,
  stepMicros?: number,
): StrategyResult => prepareStrategy(id, config).run(seriesOf(values, stepMicros));

/** What an expected failure says; undefined where there was none. */
export function failureOf(work: () => unknown) {
  try {
    work();
  } catch (error) {
    const { failure } = error as { failure?: { code: string; extra?: JsonObject } };
    if (failure === undefined) throw error;
    return failure;
  }
  return undefined;
}

/** Places of a result that JSON cannot hold. */
export function notFinite(value: unknown, path = ""): string[] {
  if (typeof value === "number") return Number.isFinite(value) ? [] : [path];
  if (typeof value !== "object" || value === null) return value === undefined ? [path] : [];
  return Object.entries(value).flatMap(([key, inner]) => notFinite(inner, `${path}/${key}`));
}

export const list = <T>(length: number, of: (i: number) => T): T[] => Array.from({ length }, (_, i) => of(i));

export function noise(length: number, seed = 1): number[] {
  const normal = seededNormal(seed);
  return list(length, () => normal());
}

export function walk(length: number, seed: number): number[] {
  let value = 100;
  return noise(length, seed).map((step) => {
    value += step;
    return value;
  });
}
