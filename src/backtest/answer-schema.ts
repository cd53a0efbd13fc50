import { z } from "zod";
import { executionBase } from "../analytics";
import { MODES } from "./contract";

const json = z.record(z.string(), z.unknown());
const check = z.looseObject({ passed: z.boolean().nullable(), note: z.string() });

/** The fields that the reference shows; null where a mode does not define them. */
const headline = {
  backtest_period: z.string(),
  total_trades: z.int(),
  winning_trades: z.int(),
  win_rate: z.number().nullable(),
  total_return: z.number().nullable().describe("A fraction: 0.184 is 18.4 %"),
  sharpe_ratio: z.number().nullable(),
  max_drawdown: z.number().nullable().describe("A fraction of the peak"),
  average_accuracy: z.number().nullable(),
};

export const backtestAnswerSchema = z.object({
  ...executionBase,
  ...headline,
  mode: z.enum(MODES),
  result: z
    .object({ strategy_id: z.string(), ...headline })
    .describe("The figures once more, where every execution has its result"),
  bias_checks: z
    .object({ lookahead: check, recursive: check, lag1: check })
    .describe("By running again on truncated data; null: nothing could be told"),
  equity_curve: z
    .array(z.object({ timestamp: z.string(), equity: z.number(), position: z.number() }))
    .optional(),
  trades: z.array(json).optional(),
  trades_omitted: z.int().optional(),
  buy_and_hold: json.optional(),
  naive: json.optional(),
  skill: json.optional(),
  forecast: json.optional(),
  detection: json.optional(),
  run: json,
  warnings: z.array(z.string()),
});

export const backtestAcceptedSchema = z.object({ ...executionBase, warnings: z.array(z.string()) });
