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

  /** Of the value of `phase`. */
  forecast(phase: number): number {
    switch (this.kind) {
      case "none":
        return this.level;
      case "simple":
        return this.seasonal[phase]!;
      default:
        return this.level + this.seasonal[phase]!;
    }
  }

  /** Takes the error of the forecast of `phase` in. */
  update(phase: number, error: number, parameters: CesParameters): void {
    const [a0 = 0, a1 = 0, b0 = 0, b1 = 0] = parameters;
    if (this.kind === "simple") {
      this.#turnSeason(phase, error, a0, a1);
      return;
    }
    const { level, potential } = this;
    this.level = bounded(level - (1 - a1) * potential + (a0 - a1) * error);
    this.potential = bounded(level + (1 - a0) * potential + (a0 + a1) * error);
    if (this.kind === "partial") this.seasonal[phase] = bounded(this.seasonal[phase]! + b0 * error);
    if (this.kind === "full") this.#turnSeason(phase, error, b0, b1);
  }

  #turnSeason(phase: number, error: number, b0: number, b1: number): void {
    const level = this.seasonal[phase]!;
    const potential = this.seasonalPotential[phase]!;
    this.seasonal[phase] = bounded(level - (1 - b1) * potential + (b0 - b1) * error);
    this.seasonalPotential[phase] = bounded(level + (1 - b0) * potential + (b0 + b1) * error);
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
