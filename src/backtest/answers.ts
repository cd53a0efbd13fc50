import type { StrategyInput, StrategyResult } from "../analytics/contract";
import { AppError } from "../core/errors";
import { isObject, type JsonValue } from "../core/json";
import { parseIso } from "../core/timestamps";
import type { BacktestStrategy, Direction, Said } from "./contract";

/** A forecast as the answers of strategies hold it: the value of each step, with its time and interval where given. */
export interface StatedForecast {
  values: number[];
  /** µs; null where the answer names no times. */
  times: number[] | null;
  lower: number[] | null;
  upper: number[] | null;
  level: number | null;
}

export interface Answer {
  said: Said;
  forecast: StatedForecast | null;
}

const DIRECTIONS: Record<string, Direction> = {
  BUY: "up",
  UP: "up",
  SELL: "down",
  DOWN: "down",
  HOLD: "flat",
  FLAT: "flat",
};

/** Runs the strategy; an expected failure is an answer too. `since`: time of the step before, for alerts. */
export function ask(strategy: Pick<BacktestStrategy, "run">, input: StrategyInput, since: number): Answer {
  try {
    return read(strategy.run(input), input, since);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const nothing = { direction: null, strength: null, confidence: null, forecast: null, alerts: [] };
    return { said: { ...nothing, error: error.failure.code }, forecast: null };
  }
}

function read(result: StrategyResult, input: StrategyInput, since: number): Answer {
  const { data } = result;
  const signal = isObject(data.signal) ? data.signal : {};
  const forecast = forecastOf(data);
  return {
    said: {
      direction: typeof signal.action === "string" ? (DIRECTIONS[signal.action] ?? null) : null,
      strength: finiteOrNull(signal.strength),
      confidence: finiteOrNull(result.confidence),
      forecast: forecast === null ? null : [forecast.values[0]!, forecast.values.at(-1)!],
      alerts: alertsOf(data, input.times.at(-1)!, since),
      error: null,
    },
    forecast,
  };
}

function forecastOf(data: StrategyResult["data"]): StatedForecast | null {
  const values = numbersOf(data.predictions);
  if (values === null || values.length === 0) return null;
  const interval = isObject(data.confidenceInterval) ? data.confidenceInterval : {};
  const times = Array.isArray(data.timestamps)
    ? data.timestamps.map((text) => (typeof text === "string" ? parseIso(text) : null))
    : [];
  const isTimed = times.length === values.length && times.every((time) => time !== null);
  return {
    values,
    times: isTimed ? (times as number[]) : null,
    lower: numbersOf(interval.lower),
    upper: numbersOf(interval.upper),
    level: finiteOrNull(interval.level),
  };
}

/** The newest reading by the answer's own verdict, earlier ones since the last step from the list. */
function alertsOf(data: StrategyResult["data"], now: number, since: number): number[] {
  const listed = (Array.isArray(data.anomalies) ? data.anomalies : []).flatMap((anomaly) => {
    if (!isObject(anomaly) || typeof anomaly.timestamp !== "string") return [];
    const at = parseIso(anomaly.timestamp);
    return at !== null && at > since && at <= now ? [{ at, counts: anomaly.alert !== false }] : [];
  });
  const alerts = listed.filter(({ counts }) => counts).map(({ at }) => at);
  const latest = isObject(data.latest) && data.latest.isAnomaly === true;
  return latest && !listed.some(({ at }) => at === now) ? [...alerts, now] : alerts;
}

const finiteOrNull = (value: unknown): number | null =>
  typeof value === "number" && Number.isFinite(value) ? value : null;

function numbersOf(value: JsonValue | unknown): number[] | null {
  if (!Array.isArray(value)) return null;
  const numbers = value.map(finiteOrNull);
  return numbers.every((number) => number !== null) ? (numbers as number[]) : null;
}
