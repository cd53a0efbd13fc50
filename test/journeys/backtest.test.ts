import { expect, it } from "vitest";
import { day, finished, write } from "../backtest/support";
import { randomWalk } from "../backtest/test-strategies";
import { newTenant } from "../support/client";

/** The request of the reference's "Strategy Backtesting", word for word. */
const REFERENCE = `{
    "strategy_id": "arima_prediction",
    "config": {"p": 2, "d": 1, "q": 2},
    "start_date": "2024-01-01",
    "end_date": "2024-12-31",
    "initial_capital": 100000
  }`;

it("answers the reference's example on a year of prices, and says that a random walk shows no skill", {
  timeout: 60_000,
}, async () => {
  const tenant = await newTenant();
  const rows = Array.from(randomWalk(2024, 366), (price, i) => `${day(i)},${price.toFixed(4)}`);
  await write(tenant, "stock", rows);

  const answer = await tenant.call("POST", "/api/strategy/backtest", REFERENCE);
  const { execution_id } = (await answer.json()) as Record<string, unknown>;
  // A slow machine has the rest of it done by the queue.
  expect([200, 202]).toContain(answer.status);
  const found = await finished(tenant, execution_id, "succeeded", 45_000);
  expect(found).toMatchObject({
    strategy_id: "arima_prediction",
    backtest_period: "2024-01-01 to 2024-12-31",
    total_trades: expect.any(Number),
    winning_trades: expect.any(Number),
    total_return: expect.any(Number),
    max_drawdown: expect.any(Number),
    average_accuracy: expect.any(Number),
    kind: "backtest",
    status: "succeeded",
    resolved: { stream_id: "stock", field: "close", rows: 366 },
    warnings: [],
    skill: { has_skill: false, note: expect.stringContaining("No skill") },
    forecast: { skill: { has_skill: false } },
    bias_checks: { lookahead: { passed: true } },
    run: { refit_every: 1, last_step: "2024-12-31T00:00:00.000Z" },
  });
  for (const name of ["win_rate", "sharpe_ratio"]) expect(found).toHaveProperty(name);
  expect(found.average_accuracy).toBeGreaterThan(0.9);

  const list = async (query: string) =>
    ((await (await tenant.call("GET", `/api/strategy${query}`)).json()) as { executions: unknown[] })
      .executions;
  expect(await list("?kind=backtest")).toMatchObject([
    { execution_id: found.execution_id, kind: "backtest", status: "succeeded" },
  ]);
  expect(await list("")).toEqual([]);
});
