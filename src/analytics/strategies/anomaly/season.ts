import { detectPeriods } from "../../forecasting/periods/detect";
import { nominalPeriods } from "../../forecasting/periods/nominal";
import { type RegularSeries, regularise } from "../../forecasting/regularise";
import type { AnomalyConfig } from "./config";

/** The newest steps that seasons are looked for in. */
const LOOKED_AT = 20_000;
/** Regularising and autoregressions, for each step looked at and field. */
const UNITS = 4;
/** The most that one field has. */
const MOST_PERIODS = 2;

export interface Seasons {
  /** In steps. */
  periods: number[];
  /** The step of each row; absent where a row is a step. */
  places?: number[];
  reason: string;
}

export const unitsToFindSeasons = ({ season }: AnomalyConfig, rows: number, fields: number): number =>
  season === "none" ? 0 : Math.min(rows, LOOKED_AT) * fields * UNITS;

/** The seasons of the fields of one series, and where its rows stand in them. `times` ascend. */
export function seasonsOf(
  { season }: AnomalyConfig,
  times: Float64Array,
  columns: readonly Float64Array[],
): Seasons {
  if (season === "none") return { periods: [], reason: "not looked for" };
  const [first, ...others] = columns;
  const regular = regularise(times, first!);
  const { kind } = regular.sampling;
  const places = kind === "gaps_filled" ? { places: placesOf(regular) } : {};
  if (season !== "auto") return { periods: [season], ...places, reason: "was given" };
  if (kind === "averaged" || kind === "irregular")
    return { periods: [], reason: "the readings are not evenly spaced: none was looked for" };
  const all = [regular, ...others.map((column) => regularise(times, column))];
  const periods = [...new Set(all.flatMap(found))].sort((a, b) => a - b);
  const reason = periods.length > 0 ? "found in the series" : "none was found";
  return { periods, ...places, reason };
}

/** Those usual at the sampling are tried first: they need less to be believed. */
function found({ values, grid }: RegularSeries): number[] {
  const newest = values.subarray(Math.max(0, values.length - LOOKED_AT));
  const usual = nominalPeriods(grid.stepMicros);
  const candidates =
    usual.length > 0 ? detectPeriods(newest, { candidates: usual, maxPeriods: MOST_PERIODS }) : [];
  return candidates.length > 0 ? candidates : detectPeriods(newest, { maxPeriods: 1 });
}

const placesOf = ({ observed }: RegularSeries): number[] =>
  [...observed.keys()].filter((place) => !Number.isNaN(observed[place]!));
