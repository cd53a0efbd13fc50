import type { EtsSpec } from "./spec";

/** What the future of a model depends on. */
export interface EtsState {
  spec: EtsSpec;
  /** Steps in a season; 1 where the model has none. */
  season: number;
  alpha: number;
  beta: number;
  gamma: number;
  phi: number;
  level: number;
  trend: number;
  /** That of the next value first. */
  seasons: Float64Array;
  /** Standard deviation of the errors; relative where they are. */
  sigma: number;
}

export interface Moments {
  mean: Float64Array;
  standardError: Float64Array;
}

/**
 * Exact means and standard errors of the next values (Hyndman et al. 2008, chapter 6): class 1 has additive errors,
 * class 2 relative ones, class 3 a season that is multiplied. Errors are taken as normal.
 */
export function momentsOf(state: EtsState, horizon: number): Moments {
  const { error, seasonal } = state.spec;
  if (seasonal === "M") return productMoments(state, horizon);
  // Without a season class 2 is class 3 with a season of one step that never moves, in fewer steps of work.
  if (error === "M" && seasonal === "N")
    return productMoments({ ...state, season: 1, seasons: Float64Array.of(1), gamma: 0 }, horizon);
  const mean = sumMeans(state, horizon);
  const response = responses(state, horizon);
  return { mean, standardError: error === "A" ? class1(state, response) : class2(state, mean, response) };
}

function sumMeans({ level, trend, phi, seasons, season }: EtsState, horizon: number): Float64Array {
  let damped = 0;
  let power = 1;
  return Float64Array.from({ length: horizon }, (_, h) => {
    power *= phi;
    damped += power;
    return level + damped * trend + seasons[h % season]!;
  });
}

/** What an error of 1 adds to the value j + 1 steps later. */
function responses({ alpha, beta, gamma, phi, season, spec }: EtsState, horizon: number): Float64Array {
  let damped = 0;
  let power = 1;
  return Float64Array.from({ length: horizon }, (_, j) => {
    power *= phi;
    damped += power;
    return alpha + beta * damped + (spec.seasonal === "A" && (j + 1) % season === 0 ? gamma : 0);
  });
}

function class1({ sigma }: EtsState, response: Float64Array): Float64Array {
  let sum = 1;
  return response.map((c) => {
    const error = sigma * Math.sqrt(sum);
    sum += c * c;
    return error;
  });
}

/** theta_h = mu_h^2 + sigma^2 sum c_j^2 theta_(h-j) and v_h = (1 + sigma^2) theta_h - mu_h^2 (section 6.3). */
function class2({ sigma }: EtsState, mean: Float64Array, response: Float64Array): Float64Array {
  // In units of the largest mean, whose square may overflow.
  const unit = mean.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  const variance = sigma * sigma;
  const theta = new Float64Array(mean.length);
  return mean.map((value, h) => {
    const square = (value / unit) ** 2;
    let sum = 0;
    for (let j = 1; j <= h; j++) sum += response[j - 1]! ** 2 * theta[h - j]!;
    theta[h] = square + variance * sum;
    // (1 + v) theta - mu^2 without the difference of large numbers.
    return unit * Math.sqrt(variance * sum + variance * theta[h]!);
  });
}

/**
 * Class 3. A value h steps ahead is the product of its own season, which errors a whole number of seasons before it have
 * moved, and of level and trend, which all errors before it have moved. So each place in the season has its own chain
 * of first and second moments of (level, trend): at the steps of its own place the error works on both.
 */
function productMoments(state: EtsState, horizon: number): Moments {
  const { season, seasons, sigma } = state;
  const mean = new Float64Array(horizon);
  const standardError = new Float64Array(horizon);
  const unit = Math.abs(state.level) + Math.abs(state.trend) || 1;
  for (let place = 0; place < Math.min(season, horizon); place++) {
    const chain = new MomentChain(state, unit);
    const factor = seasons[place]! * unit;
    for (let h = 0; h < horizon; h++) {
      if (h % season === place) {
        const { first, spread } = chain.ahead();
        mean[h] = factor * first;
        standardError[h] = Math.abs(factor) * Math.sqrt(spread + sigma * sigma * (spread + first * first));
        chain.pass(true);
      } else chain.pass(false);
    }
  }
  return { mean, standardError };
}

/** First moments and covariance of level and trend, times how the season of one place has moved. */
class MomentChain {
  #level: number;
  #trend: number;
  #levelLevel = 0;
  #levelTrend = 0;
  #trendTrend = 0;

  constructor(
    private readonly state: EtsState,
    unit: number,
  ) {
    this.#level = state.level / unit;
    this.#trend = state.trend / unit;
  }

  /** Mean and variance of level plus damped trend. */
  ahead(): { first: number; spread: number } {
    const { phi } = this.state;
    const spread = this.#levelLevel + 2 * phi * this.#levelTrend + phi * phi * this.#trendTrend;
    return { first: this.#level + phi * this.#trend, spread: Math.max(0, spread) };
  }

  /**
   * A step: z -> (F + G e) z (1 + gamma e), gamma being 0 at the steps of other places. With K = G + gamma F:
   * cov' = F C F' + s2 (K S K' + gamma (F C G' + G C F')) + s2^2 gamma^2 (3 C + 2 m m'), S = C + m m'.
   */
  pass(isOwn: boolean): void {
    const { alpha, beta, phi, sigma } = this.state;
    const gamma = isOwn ? this.state.gamma : 0;
    const s2 = sigma * sigma;
    const { first, spread } = this.ahead();
    const square = spread + first * first;
    const trend = phi * this.#trend;
    // Of F z: both its elements, with q = level + phi trend.
    const trendVariance = phi * phi * this.#trendTrend;
    const qTrend = phi * this.#levelTrend + trendVariance;
    const crossed = qTrend + first * trend;
    const twice = 3 * spread + 2 * first * first;
    const fourth = s2 * s2 * gamma * gamma * twice;
    // Of K z: (alpha + gamma) q and beta q + gamma phi trend.
    const own = alpha + gamma;
    const ownTrend =
      beta * beta * square + 2 * beta * gamma * crossed + gamma * gamma * (trendVariance + trend * trend);
    this.#levelLevel =
      spread + s2 * (own * own * square + 2 * gamma * alpha * spread) + fourth * alpha * alpha;
    this.#levelTrend =
      qTrend +
      s2 * (own * (beta * square + gamma * crossed) + gamma * (beta * spread + alpha * qTrend)) +
      fourth * alpha * beta;
    this.#trendTrend = trendVariance + s2 * (ownTrend + 2 * gamma * beta * qTrend) + fourth * beta * beta;
    this.#level = first + gamma * s2 * alpha * first;
    this.#trend = trend + gamma * s2 * beta * first;
  }
}
