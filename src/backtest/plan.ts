import type { StrategyInput } from "../analytics/contract";
import { fail } from "../core/errors";
import { fnv1a } from "../core/hash";
import { formatMicros, parseRangeEnd, parseTimestamp } from "../core/timestamps";
import { BACKTEST_LIMITS, type BacktestTask } from "./contract";

/** One run of the strategy that a bias check asks for. */
export interface LookaheadProbe {
  /** Index of the last value of the truncated series. */
  cut: number;
  /** Index of the last value that the strategy is given. */
  at: number;
}
export interface RecursiveProbe {
  at: number;
  droppedShare: number;
}

/** What a backtest will do, told before it does it: a pure function of the task. */
export interface Plan {
  /** Index of the first value the strategy is asked at, and of the last that counts. */
  first: number;
  last: number;
  refitEvery: number;
  /** Indices the strategy is asked at. */
  asked: number[];
  lookahead: LookaheadProbe[];
  recursive: RecursiveProbe[];
  totalUnits: number;
}

/** How often the strategy is run again to look for biases. */
const PROBES = { cuts: 24, starts: 8 };
/** Shares of the history that are left out at its start. */
const DROPPED_SHARES = [0.1, 0.25, 0.5];
/** What a whole backtest may take by default: minutes of a consumer, in steps of what a message may. */
export const DEFAULT_BUDGET_UNITS = 60_000_000;

/**
 * Fails with `not_enough_data` (no value left to act on), `malformed_data` (values or times that no run can take),
 * `invalid_request` (range) or `work_budget_exceeded` (the `refit_every` that was asked for takes too much).
 */
export function planOf(task: BacktestTask, budgetUnits = DEFAULT_BUDGET_UNITS): Plan {
  const { series, options, strategy } = task;
  check(task);
  const { first, last } = rangeOf(task);
  const build = (refitEvery: number): Plan => withUnits(task, first, last, refitEvery);
  const least = Math.max(1, Math.ceil((last - first + 1) / BACKTEST_LIMITS.steps));
  if (options.refit_every !== undefined) {
    const plan = build(Math.max(least, options.refit_every));
    if (plan.totalUnits <= budgetUnits) return plan;
    throw tooMuch(plan.totalUnits, budgetUnits);
  }
  for (let refitEvery = least; ; refitEvery *= 2) {
    const plan = build(refitEvery);
    if (plan.totalUnits <= budgetUnits) return plan;
    if (refitEvery > last - first || strategy.workUnits(series.values.length) > budgetUnits) {
      throw tooMuch(plan.totalUnits, budgetUnits);
    }
  }
}

const tooMuch = (required: number, limit: number) =>
  fail(
    "work_budget_exceeded",
    `This backtest needs about ${Math.ceil(required)} work units; one may take ${limit}. Ask for a shorter range, a rolling window or a larger refit_every.`,
    { extra: { required_units: Math.ceil(required), limit_units: limit } },
  );

/** What one run on `points` values costs, the copy of the values included. */
export const runUnits = ({ strategy }: BacktestTask, points: number): number =>
  Math.max(1, strategy.workUnits(points)) + points * 0.01;

/** The values that the strategy is given at an index. */
export const pointsAt = ({ options }: BacktestTask, at: number): number =>
  Math.min(at + 1, options.window ?? Number.POSITIVE_INFINITY);

function withUnits(task: BacktestTask, first: number, last: number, refitEvery: number): Plan {
  const asked: number[] = [];
  for (let at = first; at <= last; at += refitEvery) asked.push(at);
  const lookahead = lookaheadProbes(asked);
  const recursive = recursiveProbes(task, asked);
  const unitsAt = (at: number): number => runUnits(task, pointsAt(task, at));
  const ahead = [...asked, ...lookahead.map(({ at }) => at)].reduce((sum, at) => sum + unitsAt(at), 0);
  const totalUnits = recursive.reduce((sum, probe) => sum + recursiveUnits(task, probe), ahead);
  return { first, last, refitEvery, asked, lookahead, recursive, totalUnits };
}

/** A recursive probe runs the strategy on the shortened history only: the whole one is known from the walk. */
export const recursiveUnits = (task: BacktestTask, { at, droppedShare }: RecursiveProbe): number =>
  runUnits(task, keptPoints(pointsAt(task, at), droppedShare));

export const keptPoints = (points: number, droppedShare: number): number =>
  points - Math.floor(points * droppedShare);

/** At each cut the last value itself, where a step ahead falls off the edge, and one well before it. */
function lookaheadProbes(asked: readonly number[]): LookaheadProbe[] {
  return spread(asked.length, PROBES.cuts).flatMap((k) => {
    const cut = asked[k]!;
    const before = asked[Math.floor(k / 2)]!;
    return before === cut
      ? [{ cut, at: cut }]
      : [
          { cut, at: cut },
          { cut, at: before },
        ];
  });
}

function recursiveProbes(task: BacktestTask, asked: readonly number[]): RecursiveProbe[] {
  return spread(asked.length, PROBES.starts).flatMap((k) => {
    const at = asked[k]!;
    const enough = (share: number): boolean => {
      const points = pointsAt(task, at);
      const kept = keptPoints(points, share);
      return kept < points && kept >= task.strategy.requiredPoints;
    };
    return DROPPED_SHARES.filter(enough).map((droppedShare) => ({ at, droppedShare }));
  });
}

/** At most `most` of the numbers 0 to `count` - 1, evenly, the last always among them. */
function spread(count: number, most: number): number[] {
  const taken = Math.min(count, most);
  return Array.from({ length: taken }, (_, k) => Math.ceil(((k + 1) * count) / taken) - 1);
}

function rangeOf({ series, options, strategy }: BacktestTask): { first: number; last: number } {
  const { times } = series;
  const from = parseTimestamp(options.start_date) ?? Number.NEGATIVE_INFINITY;
  const end = parseRangeEnd(options.end_date) ?? Number.POSITIVE_INFINITY;
  if (from >= end) throw fail("invalid_request", "start_date must be before end_date.");
  const begin = times.findIndex((time) => time >= from);
  const past = times.findIndex((time) => time >= end);
  const last = (past === -1 ? times.length : past) - 1;
  const first = Math.max(begin === -1 ? times.length : begin, strategy.requiredPoints - 1);
  // A signal needs a price to be acted on at and another one to have a return.
  const required = strategy.requiredPoints + options.lag + 1;
  if (first + options.lag + 1 <= last) return { first, last };
  throw fail(
    "not_enough_data",
    `A backtest of ${strategy.id} needs ${required} values up to its end and ${options.lag + 2} in its range; the series has ${last + 1} values up to there.`,
    { extra: { required, available: last + 1 } },
  );
}

function check({ series, options }: BacktestTask): void {
  const { times, values } = series;
  if (times.length !== values.length) throw fail("malformed_data", "Times and values differ in number.");
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let t = 0; t < values.length; t++) {
    const value = values[t]!;
    if (!(Math.abs(value) <= BACKTEST_LIMITS.magnitude)) {
      throw fail("malformed_data", `The value at ${formatMicros(times[t]!)} is missing or beyond 1e290.`);
    }
    if (t > 0 && !(times[t]! > times[t - 1]!)) throw fail("malformed_data", "The times must ascend.");
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  if (options.mode !== "trading" || values.length === 0) return;
  if (least <= 0) {
    throw fail(
      "malformed_data",
      "What is traded has prices above zero. Modes forecast and detection take any values.",
    );
  }
  if (most / least > BACKTEST_LIMITS.priceRatio) {
    throw fail(
      "malformed_data",
      `The prices are further apart than a factor of ${BACKTEST_LIMITS.priceRatio}.`,
    );
  }
}

/** Tells tasks apart: the data bit by bit, the strategy's name and the options. */
export function fingerprintOf({ series, strategy, options }: BacktestTask): string {
  const bits = (column: Float64Array): number => {
    const words = new Uint32Array(new Float64Array(column).buffer);
    return words.reduce((hash, word) => Math.imul(hash ^ word, 0x01000193) >>> 0, 0x811c9dc5);
  };
  const text = JSON.stringify([strategy.id, options, series.field, series.tags]);
  return [series.values.length, bits(series.times), bits(series.values), fnv1a(text)].join("-");
}

/** A copy of the values up to an index: nothing behind it to reach further with. */
export function prefixOf(series: StrategyInput, at: number, points = at + 1): StrategyInput {
  const from = Math.max(0, at + 1 - points);
  const { field, tags } = series;
  return {
    field,
    tags: { ...tags },
    times: series.times.slice(from, at + 1),
    values: series.values.slice(from, at + 1),
  };
}
