/**
 * Complex exponential smoothing (Svetunkov, Kourentzes and Ord 2022). A level and its "information potential" are one
 * complex number, smoothed by a complex parameter, which makes of one model something between a mean, a random walk and
 * a trend. Seasons: the level alone of a cycle ago (simple), a real season beside the level (partial), a complex one
 * beside it (full).
 */
export type CesKind = "none" | "simple" | "partial" | "full";

/** alpha_0, alpha_1, then the season's own: none; one (partial); beta_0, beta_1 (full). */
export type CesParameters = readonly number[];

export const parametersOf = (kind: CesKind): number => ({ none: 2, simple: 2, partial: 3, full: 4 })[kind];

/** States that the kind of model begins with. */
export const statesOf = (kind: CesKind, season: number): number =>
  ({ none: 2, simple: 2 * season, partial: 2 + season, full: 2 + 2 * season })[kind];

/** Beyond, a path has left everything that was seen. */
const FARTHEST = 1e12;

/** The states before the next value; those of the season by phase. */
export class CesFilter {
  level = 0;
  potential = 0;
  readonly seasonal: Float64Array;
  readonly seasonalPotential: Float64Array;

  constructor(
    readonly kind: CesKind,
    readonly season: number,
  ) {
    this.seasonal = new Float64Array(season);
    this.seasonalPotential = new Float64Array(season);
  }

  copy(): CesFilter {
    const copy = new CesFilter(this.kind, this.season);
    copy.restore(this);
    return copy;
  }

  restore(other: CesFilter): void {
    this.level = other.level;
    this.potential = other.potential;
    this.seasonal.set(other.seasonal);
    this.seasonalPotential.set(other.seasonalPotential);
  }

  /**
   * Goes through the values, the first of which is of `phase`, or backwards through them, the last of which is, and
   * returns the sum of squares of the one-step errors, which go to `errors`. The hot loop of the search.
   */
  pass(
    values: Float64Array,
    [a0 = 0, a1 = 0, b0 = 0, b1 = 0]: CesParameters,
    { phase: from, isForward }: { phase: number; isForward: boolean },
    errors: Float64Array | null = null,
  ): number {
    const { kind, season, seasonal, seasonalPotential } = this;
    const hasLevel = kind !== "simple";
    const hasSeason = kind !== "none";
    const isComplex = kind === "simple" || kind === "full";
    const s0 = kind === "simple" ? a0 : b0;
    const s1 = kind === "simple" ? a1 : b1;
    const n = values.length;
    let { level, potential } = this;
    let squares = 0;
    let phase = from;
    for (let k = 0; k < n; k++) {
      const t = isForward ? k : n - 1 - k;
      const inSeason = seasonal[phase]!;
      const error = values[t]! - (hasLevel ? level : 0) - (hasSeason ? inSeason : 0);
      squares += error * error;
      if (errors !== null) errors[t] = error;
      if (hasLevel) {
        const before = level;
        level += (a0 - a1) * error - (1 - a1) * potential;
        potential = before + (1 - a0) * potential + (a0 + a1) * error;
      }
      if (isComplex) {
        const inPotential = seasonalPotential[phase]!;
        seasonal[phase] = inSeason - (1 - s1) * inPotential + (s0 - s1) * error;
        seasonalPotential[phase] = inSeason + (1 - s0) * inPotential + (s0 + s1) * error;
      } else if (hasSeason) {
        seasonal[phase] = inSeason + b0 * error;
      }
      if (isForward) phase = phase + 1 === season ? 0 : phase + 1;
      else phase = phase === 0 ? season - 1 : phase - 1;
    }
    this.level = bounded(level);
    this.potential = bounded(potential);
    return squares;
  }

  /** Of the value of `phase`. */
  forecast(phase: number): number {
    const season = this.kind === "none" ? 0 : this.seasonal[phase]!;
    return this.kind === "simple" ? season : this.level + season;
  }

  /** Takes the error of the forecast of `phase` in. */
  update(phase: number, error: number, parameters: CesParameters): void {
    this.pass(Float64Array.of(this.forecast(phase) + error), parameters, { phase, isForward: true });
    this.seasonal[phase] = bounded(this.seasonal[phase]!);
    this.seasonalPotential[phase] = bounded(this.seasonalPotential[phase]!);
  }
}

const bounded = (value: number): number => Math.max(-FARTHEST, Math.min(FARTHEST, value));

/**
 * Whether errors are forgotten: both eigenvalues of the discounted transition lie inside of the unit circle (the
 * stability region of the paper, section 3.2).
 */
export function isStable(a0: number, a1: number): boolean {
  const trace = 2 - 2 * a0 + a1;
  const determinant = (1 - a0 + a1) * (1 - a0) - (a1 - 1) * (1 - a0 - a1);
  return Math.abs(determinant) < 1 && Math.abs(trace) < 1 + determinant;
}

/** The larger modulus of the transition's eigenvalues: by how much a forecast grows in a step when no error follows. */
export function growthOf(a0: number, a1: number): number {
  const half = 1 - a0 / 2;
  const determinant = 2 - a0 - a1;
  const discriminant = half * half - determinant;
  return discriminant < 0 ? Math.sqrt(determinant) : Math.abs(half) + Math.sqrt(discriminant);
}
