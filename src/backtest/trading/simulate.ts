/** What the simulation is told at a step: 1 long, -1 short, 0 out, null: leave things as they are. */
export type Target = -1 | 0 | 1 | null;

export interface Market {
  /** µs and prices of the steps of the range; prices above zero. */
  times: ArrayLike<number>;
  prices: ArrayLike<number>;
}

export interface Terms {
  initialCapital: number;
  /** Steps from a target to the price it is acted on at. */
  lag: number;
  /** Shares of the traded value, not basis points. */
  costs: number;
  slippage: number;
}

export type ExitReason = "signal" | "end_of_range" | "ruin";

export interface Trade {
  side: "long" | "short";
  entryStep: number;
  exitStep: number;
  entryTime: number;
  exitTime: number;
  /** With slippage. */
  entryPrice: number;
  exitPrice: number;
  /** Of the capital at entry, after costs. */
  return: number;
  profit: number;
  reason: ExitReason;
}

export interface Simulation {
  /** Capital at each step, an open position at its price; costs of leaving it come when it is left. */
  equity: number[];
  /** Position from each step to the next. */
  positions: (-1 | 0 | 1)[];
  trades: Trade[];
}

interface Position {
  side: 1 | -1;
  /** Value of what is held at the price of entry: with the ratio of prices no price is too small to divide by. */
  held: number;
  price: number;
  /** Cash beside it: what a short sale brought in and what stood there before. */
  cash: number;
  entryStep: number;
  entryPrice: number;
  capital: number;
}

/** Compounding past this leaves the range of a double; it is no capital any more. */
const MOST_CAPITAL = 1e200;

/**
 * Trades the whole capital by one target a step. A target of step t is acted on at the price of step t + lag, buying
 * above and selling below it by the slippage, with costs on the value of each fill. What is open at the end is closed
 * at the last price.
 */
export function simulate(market: Market, targets: readonly Target[], terms: Terms): Simulation {
  const { prices } = market;
  const count = prices.length;
  const out: Simulation = { equity: [], positions: [], trades: [] };
  let capital = terms.initialCapital;
  let position: Position | null = null;
  const leave = (step: number, reason: ExitReason): void => {
    if (position === null) return;
    const trade = close(position, step, reason, market, terms);
    out.trades.push(trade);
    capital = Math.min(MOST_CAPITAL, Math.max(0, position.capital + trade.profit));
    position = null;
  };
  for (let t = 0; t < count; t++) {
    const target = t >= terms.lag ? (targets[t - terms.lag] ?? null) : null;
    if (position !== null && worth(position, prices[t]!) <= 0) leave(t, "ruin");
    const isNew = target !== null && target !== sideOf(position);
    if (isNew) leave(t, "signal");
    if (t === count - 1) leave(t, "end_of_range");
    else if (isNew && target !== 0 && capital > 0) position = open(target, t, prices[t]!, capital, terms);
    out.equity.push(position === null ? capital : Math.min(MOST_CAPITAL, worth(position, prices[t]!)));
    out.positions.push(sideOf(position));
  }
  return out;
}

const sideOf = (position: Position | null): -1 | 0 | 1 => position?.side ?? 0;

const valueAt = ({ held, price }: Position, now: number): number => held * (now / price);

const worth = (position: Position, now: number): number =>
  position.cash + position.side * valueAt(position, now);

function open(side: 1 | -1, step: number, price: number, capital: number, terms: Terms): Position {
  const fill = 1 + side * terms.slippage;
  // A purchase pays its costs out of the capital; a sale has the capital as its security and pays out of the proceeds.
  const held = side === 1 ? capital / (fill * (1 + terms.costs)) : capital / fill;
  const cash = side === 1 ? 0 : capital + capital * (1 - terms.costs);
  return { side, held, price, cash, entryStep: step, entryPrice: price * fill, capital };
}

function close(position: Position, step: number, reason: ExitReason, market: Market, terms: Terms): Trade {
  const { side, cash, capital, entryStep, entryPrice } = position;
  const now = market.prices[step]!;
  const fill = 1 - side * terms.slippage;
  const flow = side * valueAt(position, now) * fill * (1 - side * terms.costs);
  const profit = Math.max(-capital, cash + flow - capital);
  return {
    side: side === 1 ? "long" : "short",
    entryStep,
    exitStep: step,
    entryTime: market.times[entryStep]!,
    exitTime: market.times[step]!,
    entryPrice,
    exitPrice: now * fill,
    return: profit / capital,
    profit,
    reason,
  };
}
