import { normalQuantile } from "../normal";
import { isConstant } from "../seasonal-adjustment";
import { standardised } from "../standardise";
import { burg, innovations } from "./autoregression";
import { CYCLES, givenCandidates, likelyCandidates, USUAL } from "./candidates";
import { replication, testProfile, withoutSeason } from "./profile";

export interface DetectOptions {
  /** Periods to choose from, e.g. those usual at the sampling step; by default any. */
  candidates?: readonly number[];
  maxPeriods?: number;
}

/** Probability of finding a period in noise, over all candidates of one round: given ones, and any. */
const FALSE_ALARM = { given: 0.01, any: 0.002 };

/** Each costs an autoregression, 4 ms at 10,000 values. */
const MOST_CONFIRMATIONS = 10;

/** Quantile of the plain test from which a season is looked into. */
const SUSPICION = 1.645;

/** Standard errors by which the halves of a series must agree on the profile of a season with at least so many phases. */
const REPLICATION = 1;
const SHORTEST_REPLICATED = 6;

/** Between Akaike's 2, by which twice a season would sometimes pass for one, and Schwarz's, by which no week ever would. */
const PHASE_PENALTY = 3;

/** Of the autoregression that is fitted without the season. */
const OWN_ORDER = 6;

/**
 * The periods of a series' seasons, ascending; none where nothing recurs at a fixed distance. Each round takes
 * candidates from the autocorrelations, tests whether phases differ in the mean (F test) in what an autoregression
 * leaves, and takes the season that explains most for its length out before the next. A cycle without a fixed length, as that of an autoregression with complex roots, is no season, and neither is a trend.
 */
export function detectPeriods(values: Float64Array, options: DetectOptions = {}): number[] {
  const { maxPeriods = 2 } = options;
  if (isConstant(values)) return [];
  const found: number[] = [];
  let current = withoutLine(standardised(values));
  while (found.length < maxPeriods && varies(current)) {
    const period = strongestPeriod(current, options.candidates, found);
    if (period === null) break;
    found.push(period.period);
    if (period.inner !== null && found.length < maxPeriods) found.push(period.inner);
    current = withoutSeason(current, period.period);
  }
  return [...new Set(found)].sort((a, b) => a - b);
}

interface Candidate {
  period: number;
  /** Of the F test, as a standard normal quantile. */
  z: number;
  /** Sum of squares that the season explains. */
  explained: number;
  /** Information lost, the smaller the better. */
  criterion: number;
}

interface Season {
  period: number;
  /** A shorter season that makes up most of this one. */
  inner: number | null;
}

function strongestPeriod(
  values: Float64Array,
  given: readonly number[] | undefined,
  found: readonly number[],
): Season | null {
  const noises = [1, 2].map((order) => clipped(innovations(values, burg(values, order)))) as Noises;
  const periods = given
    ? givenCandidates(given, values.length)
    : likelyCandidates(noises[1], values.length, found);
  const tried = given ? periods.length : Math.floor(values.length / CYCLES);
  const threshold = normalQuantile(1 - FALSE_ALARM[given ? "given" : "any"] / Math.max(1, tried));
  const candidates = periods
    .filter((period) => !found.includes(period))
    .map((period) => candidate(noises[period > 4 ? 1 : 0], period, knownPhases(period, found)))
    .filter(({ z }) => z > SUSPICION)
    .sort((a, b) => a.criterion - b.criterion)
    .slice(0, MOST_CONFIRMATIONS);
  const holds = ({ period }: Candidate) =>
    confirmation(values, period, knownPhases(period, found)) > threshold;
  const strongest = candidates.find(holds);
  if (!strongest) return null;
  const best = usualInstead(strongest, candidates).find(holds) ?? strongest;
  return { period: best.period, inner: innerPeriods(best, candidates).find(holds)?.period ?? null };
}

/** What autoregressions of order one and two leave: the latter foresees all of a season of four, which is one wave. */
type Noises = [Float64Array, Float64Array];

const knownPhases = (period: number, found: readonly number[]): number =>
  Math.max(1, ...found.map((other) => greatestCommonDivisor(period, other)));

function candidate(noise: Float64Array, period: number, known: number): Candidate {
  const n = noise.length;
  const { z, explained, left } = testProfile(noise, period, known);
  return {
    period,
    z,
    explained,
    criterion: n * Math.log(left / (explained + left) + 1e-12) + PHASE_PENALTY * (period - known),
  };
}

/**
 * The same test on what an autoregression leaves that was fitted without the season: one fitted with it foresees a part
 * of it, or, with a strong one, little else.
 */
function confirmation(values: Float64Array, period: number, known: number): number {
  const coefficients = burg(withoutSeason(values, period), OWN_ORDER);
  const noise = clipped(innovations(values, coefficients));
  if (period >= SHORTEST_REPLICATED && replication(noise, period) < REPLICATION)
    return Number.NEGATIVE_INFINITY;
  return testProfile(noise, period, known).z;
}

/** The year of weeks has a part of one too many: six of them come nearer to a whole number, but nobody means those. */
const usualInstead = (strongest: Candidate, candidates: readonly Candidate[]): Candidate[] =>
  USUAL.includes(strongest.period)
    ? []
    : candidates.filter(
        ({ period, explained }) =>
          USUAL.includes(period) &&
          period % strongest.period !== 0 &&
          strongest.period % period !== 0 &&
          explained > 0.4 * strongest.explained,
      );

/** As days inside of a week: they explain most of what the longer one does, which holds them several times. */
const innerPeriods = (outer: Candidate, candidates: readonly Candidate[]): Candidate[] =>
  candidates.filter(
    ({ period, explained }) =>
      outer.period % period === 0 && outer.period >= 4 * period && explained > 0.5 * outer.explained,
  );

function withoutLine(values: Float64Array): Float64Array {
  const middle = (values.length - 1) / 2;
  let products = 0;
  let squares = 0;
  for (const [t, value] of values.entries()) {
    products += (t - middle) * value;
    squares += (t - middle) ** 2;
  }
  const slope = squares > 0 ? products / squares : 0;
  return values.map((value, t) => value - slope * (t - middle));
}

/** In units of the series' standard deviation; below is rounding. */
const varies = (values: Float64Array): boolean =>
  values.length >= 8 && values.some((value) => Math.abs(value) > 1e-9);

/** So that a few outliers do not make a season, and do not hide one either. */
function clipped(noise: Float64Array): Float64Array {
  const sizes = noise.map(Math.abs).sort();
  const limit = 7.5 * (sizes[Math.floor(sizes.length / 2)] ?? 0);
  return limit > 0 ? noise.map((value) => Math.max(-limit, Math.min(limit, value))) : noise;
}

const greatestCommonDivisor = (a: number, b: number): number =>
  b === 0 ? a : greatestCommonDivisor(b, a % b);
