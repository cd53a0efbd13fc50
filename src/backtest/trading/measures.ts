import type { Simulation } from "./simulate";

/** Returns from step to step; 0 where there is no capital left to have one. */
export function stepReturns(equity: readonly number[]): number[] {
  return equity.slice(1).map((value, t) => (equity[t]! > 0 ? value / equity[t]! - 1 : 0));
}

/** Mean over standard deviation (n - 1) of the returns, times the root of the periods in a year; no risk-free rate. */
export function sharpe(returns: readonly number[], periodsPerYear: number): number | null {
  if (returns.length < 2) return null;
  const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
  const squares = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / (returns.length - 1));
  // Equal returns differ by rounding only.
  if (!(deviation > 1e-14 * Math.max(1, Math.abs(mean)))) return null;
  const ratio = (mean / deviation) * Math.sqrt(periodsPerYear);
  return Number.isFinite(ratio) ? ratio : null;
}

/** The deepest fall from a peak, as a fraction of the peak. */
export function maxDrawdown(equity: readonly number[]): number {
  let peak = 0;
  let deepest = 0;
  for (const value of equity) {
    peak = Math.max(peak, value);
    if (peak > 0) deepest = Math.max(deepest, 1 - value / peak);
  }
  return deepest;
}

export interface Performance {
  total_return: number;
  sharpe_ratio: number | null;
  max_drawdown: number;
  total_trades: number;
  winning_trades: number;
  /** Null without trades. */
  win_rate: number | null;
  /** Share of the steps with a position. */
  exposure: number;
}

export function performanceOf(
  { equity, positions, trades }: Simulation,
  initialCapital: number,
  periodsPerYear: number,
): Performance {
  const curve = [initialCapital, ...equity];
  const winning = trades.filter((trade) => trade.return > 0).length;
  const steps = Math.max(1, positions.length - 1);
  return {
    total_return: equity.at(-1)! / initialCapital - 1,
    sharpe_ratio: sharpe(stepReturns(equity), periodsPerYear),
    max_drawdown: maxDrawdown(curve),
    total_trades: trades.length,
    winning_trades: winning,
    win_rate: trades.length > 0 ? winning / trades.length : null,
    exposure: positions.slice(0, steps).filter((position) => position !== 0).length / steps,
  };
}
