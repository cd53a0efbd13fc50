import { describe, expect, it } from "vitest";
import { prepareStrategy } from "../../src/analytics/strategies/registry";
import { MODES } from "../../src/backtest/contract";
import { AppError } from "../../src/core/errors";
import { seededNormal, seededRandom } from "../support/series";
import { answer, backtest, momentum, strategyOf } from "./test-strategies";

const normal = seededNormal(95);
const uniform = seededRandom(96);
const column = (length: number, value: (t: number) => number) =>
  Float64Array.from({ length }, (_, t) => value(t));

const UGLY: Record<string, Float64Array> = {
  empty: column(0, () => 1),
  one: column(1, () => 1),
  three: column(3, (t) => t + 1),
  constant: column(60, () => 7),
  zeros: column(60, () => 0),
  linear: column(60, (t) => t + 1),
  huge: column(60, () => 1e290 * uniform()),
  "huge of both signs": column(60, () => (uniform() < 0.5 ? -1e290 : 1e290)),
  tiny: column(60, () => 1e-290 * uniform()),
  denormal: column(60, () => 5e-324 * Math.ceil(3 * uniform())),
  negative: column(60, (t) => -100 - t),
  "integers with zeros": column(60, () => Math.floor(3 * uniform())),
  "one outlier": column(60, (t) => (t === 30 ? 1e9 : 1 + normal() / 100)),
  "alternating by twelve orders": column(400, (t) => (t % 2 === 0 ? 1 : 1e12)),
  "too far apart": column(60, (t) => (t % 2 === 0 ? 1e-290 : 1e290)),
};

/** Forecasts as wild as a double allows. */
const wild = strategyOf(({ values }) =>
  answer({
    predictions: [-1.7e308, values.at(-1)!, 1.7e308],
    confidenceInterval: { lower: [-1.7e308, 0, 0], upper: [1.7e308, 0, 0], level: 0.9 },
    signal: { action: values.at(-1)! > values.at(-2)! ? "SELL" : "BUY", strength: 1 },
  }),
);

const strategies = {
  momentum,
  wild,
  moving_average: prepareStrategy("moving_average", { period: 3 }),
  anomaly_detection: prepareStrategy("anomaly_detection", {}),
  arima_prediction: prepareStrategy("arima_prediction", {
    p: 1,
    d: 1,
    q: 0,
    steps: 2,
    quick: true,
    minDataPoints: 3,
  }),
};

function expectFinite(value: unknown, path: string): void {
  if (typeof value === "number") expect(Number.isFinite(value), path).toBe(true);
  else if (value !== null && typeof value === "object") {
    for (const [key, inner] of Object.entries(value)) expectFinite(inner, `${path}/${key}`);
  } else expect(value, path).not.toBeUndefined();
}

describe.each(Object.entries(strategies))("a backtest of %s", (_, strategy) => {
  it.each(Object.keys(UGLY))("answers in finite numbers or refuses on %s values", (name) => {
    for (const mode of MODES) {
      for (const lag of [0, 1]) {
        try {
          const given = { mode, lag, allow_short: true, costs_bps: 10, slippage_bps: 5, refit_every: 3 };
          expectFinite(backtest(strategy, UGLY[name]!, given), `${name}/${mode}`);
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
          expect(["not_enough_data", "malformed_data"]).toContain(error.failure.code);
        }
      }
    }
  });
});

describe("random series", () => {
  it("keep the capital between nothing and what the trades made of it", () => {
    for (let run = 0; run < 60; run++) {
      const length = 3 + Math.floor(uniform() * 80);
      const spread = 10 ** (uniform() * 4 - 3);
      const values = column(length, () => Math.exp(Math.max(-10, Math.min(10, spread * normal()))));
      const result = backtest(momentum, values, { lag: 0, allow_short: uniform() < 0.5, costs_bps: 25 });
      expectFinite(result, `run ${run}`);
      const trades = result.trades as { return: number }[];
      const made = trades.reduce((capital, trade) => capital * (1 + trade.return), 1) - 1;
      expect(result.total_return as number).toBeGreaterThanOrEqual(-1);
      expect(Math.abs((result.total_return as number) - made)).toBeLessThanOrEqual(
        1e-9 * (1 + Math.abs(made)),
      );
      expect(result.max_drawdown as number).toBeLessThanOrEqual(1);
      expect(result.winning_trades as number).toBeLessThanOrEqual(result.total_trades as number);
    }
  });
});
