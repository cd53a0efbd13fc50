import { seasonalStrength } from "../../forecasting/decompose/seasonal-strength";
import { difference } from "../../forecasting/differencing";
import { kpssTest } from "../../forecasting/kpss";
import { ljungBox, usualLags } from "../../forecasting/ljung-box";
import { findOutliers, type Outlier } from "../../forecasting/outliers";
import { detectPeriods } from "../../forecasting/periods/detect";
import { nominalPeriods } from "../../forecasting/periods/nominal";
import { median, type RegularSeries } from "../../forecasting/regularise";
import { largest } from "../../forecasting/standardise";
import {
  chooseDifferences,
  type StationarityTests,
  testStationarity,
  varies,
} from "../../forecasting/stationarity";

export type Kind = "constant" | "intermittent" | "counts" | "continuous";
export type Trend = "rising" | "falling" | "wandering" | "none";

export interface Season {
  steps: number;
  strength: number;
}

/** What a series is like, before anything is run on it. */
export interface Profile {
  kind: Kind;
  /** Prices, by the field's name and no value below zero. */
  isFinancial: boolean;
  trend: { kind: Trend; perStep: number; tStatistic: number | null };
  /** Ascending, in steps, each with its strength in [0, 1]. */
  seasons: Season[];
  stationarity: StationarityTests;
  /** Differences until KPSS keeps a level. */
  differences: number;
  outliers: Outlier[];
  noise: {
    /** The median size of a change, in percent of the median size of a value; null around zero. */
    typicalChangePercent: number | null;
    /** Whether changes follow from the changes before them: Ljung and Box at 5 %. */
    changesDependOnThePast: boolean | null;
    changesPValue: number | null;
  };
}

const PRICE_NAMES =
  /(?:^|[._ -])(?:adj(?:usted)?[._ -]?close|close|open|high|low|price|bid|ask|last|nav|vwap|rate)(?:$|[._ -])/i;
/** More zeros than this: values come now and then. */
const INTERMITTENT_SHARE = 0.3;
const SIGNIFICANCE = 0.05;
/** Standard errors that a trend must be from none: the tests of stationarity have chosen its form already. */
const TREND_T = 2.5;
/** Below this a line is not believed: few that are there are lost, and a walk has the other test to pass. */
const LEAST_KPSS = 0.025;
/** n (1 - rho) with a line, at 1 % (Fuller 1976, table 8.5.1). */
const DICKEY_FULLER_BIAS = 29.5;
/** A level that wanders slowly may pass for a line: then it has to be a steep one. */
const LINE_T = 5;
/** A detected season that explains less is nothing to speak of. */
const LEAST_STRENGTH = 0.1;
/** As a multiple of another season that is there has to be. */
const STRONGER_BY = 0.02;

export function profileOf(field: string, { values, grid }: RegularSeries): Profile {
  const isConstant = !varies(values);
  const differences = isConstant ? 0 : chooseDifferences(values, 1);
  const seasons = isConstant ? [] : seasonsOf(values, grid.stepMicros);
  return {
    kind: isConstant ? "constant" : kindOf(values),
    isFinancial: PRICE_NAMES.test(field) && values.every((value) => value >= 0),
    trend: isConstant
      ? { kind: "none", perStep: 0, tStatistic: null }
      : trendOf(values, differences, seasons.at(-1)?.steps ?? 1),
    seasons,
    stationarity: testStationarity(values),
    differences,
    outliers: findOutliers(
      values,
      seasons.map(({ steps }) => steps),
    ),
    noise: noiseOf(values),
  };
}

function kindOf(values: Float64Array): Kind {
  const zeros = values.filter((value) => value === 0).length;
  if (zeros > INTERMITTENT_SHARE * values.length) return "intermittent";
  return values.every((value) => value >= 0 && Number.isInteger(value)) ? "counts" : "continuous";
}

function seasonsOf(values: Float64Array, stepMicros: number): Profile["seasons"] {
  const usual = nominalPeriods(stepMicros);
  const found = [
    ...(usual.length > 0 ? detectPeriods(values, { candidates: usual }) : []),
    ...detectPeriods(values),
  ];
  const seasons = [...new Set(found)]
    .sort((a, b) => a - b)
    .map((steps) => ({ steps, strength: seasonalStrength(values, steps) }))
    .filter(({ strength }) => strength > LEAST_STRENGTH);
  return seasons.filter((one) => !seasons.some((other) => repeats(one, other)));
}

/** What is usual at a sampling may be a season twice over. */
const repeats = (one: Season, other: Season): boolean =>
  one.steps > other.steps && one.steps % other.steps === 0 && one.strength < other.strength + STRONGER_BY;

/**
 * Of a wandering series the mean change is judged, of one that keeps a level or a line the slope of the line through it.
 * `lag`: the longest season, over which changes are free of all of them; 1 where there is none.
 */
function trendOf(values: Float64Array, differences: number, lag: number): Profile["trend"] {
  const unit = largest(values) || 1;
  const scaled = values.map((value) => value / unit);
  const wanders = differences > 0 && !(lag === 1 && keepsLine(scaled));
  const { slope, tStatistic } = wanders ? meanChange(scaled, lag) : line(scaled).slope;
  const least = differences > 0 && !wanders ? LINE_T : TREND_T;
  const isClear = tStatistic !== null && Math.abs(tStatistic) >= least;
  const still: Trend = differences > 0 ? "wandering" : "none";
  const kind: Trend = isClear ? (slope > 0 ? "rising" : "falling") : still;
  return { kind, perStep: slope * unit, tStatistic };
}

interface Slope {
  slope: number;
  /** Null where nothing is left to judge it by. */
  tStatistic: number | null;
}

/** Changes over a season share all but one of their steps with the next, so only every lag-th counts as another. */
function meanChange(values: Float64Array, lag: number): Slope {
  const changes = difference(values, lag, 1);
  const n = changes.length;
  const mean = changes.reduce((sum, change) => sum + change, 0) / n;
  const squares = changes.reduce((sum, change) => sum + (change - mean) ** 2, 0);
  const error = Math.sqrt((squares / Math.max(1, n - 1)) * (lag / n));
  return { slope: mean / lag, tStatistic: ratioOf(mean, error) };
}

/** A line with stationary errors: KPSS does not reject it, and Dickey and Fuller's test of the errors' memory does a walk. */
function keepsLine(values: Float64Array): boolean {
  const kpss = kpssTest(values, { around: "trend" });
  if (kpss === null || kpss.pValue < LEAST_KPSS) return false;
  return values.length * (1 - line(values).memory) > DICKEY_FULLER_BIAS;
}

/** Errors that follow each other make a line seem surer: they count for less, as many as a first-order process has. */
function line(values: Float64Array): { slope: Slope; memory: number } {
  const n = values.length;
  const middle = (n - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value / n, 0);
  const spread = (n * (n * n - 1)) / 12;
  const slope = values.reduce((sum, value, t) => sum + (t - middle) * (value - mean), 0) / spread;
  const rest = values.map((value, t) => value - mean - slope * (t - middle));
  let squares = 0;
  let products = 0;
  rest.forEach((one, t) => {
    squares += one * one;
    products += one * (rest[t - 1] ?? 0);
  });
  const memory = squares > 0 ? products / squares : 0;
  const rho = Math.min(0.98, Math.max(0, memory));
  const variance = (squares / Math.max(1, n - 2) / spread) * ((1 + rho) / (1 - rho));
  return { slope: { slope, tStatistic: ratioOf(slope, Math.sqrt(variance)) }, memory };
}

/** No noise at all: as sure as can be told. */
const SUREST = 1e6;

function ratioOf(slope: number, standardError: number): number | null {
  if (slope === 0) return 0;
  if (!(standardError > 0)) return Math.sign(slope) * SUREST;
  return Math.max(-SUREST, Math.min(SUREST, slope / standardError));
}

function noiseOf(values: Float64Array): Profile["noise"] {
  const changes = difference(values, 1, 1);
  const size = median(values.map(Math.abs));
  const typical = size > 0 ? (median(changes.map(Math.abs)) / size) * 100 : null;
  const test = ljungBox(changes, usualLags(changes.length, 1, 0));
  return {
    typicalChangePercent: typical !== null && Number.isFinite(typical) ? typical : null,
    changesDependOnThePast: test === null ? null : test.pValue < SIGNIFICANCE,
    changesPValue: test?.pValue ?? null,
  };
}
