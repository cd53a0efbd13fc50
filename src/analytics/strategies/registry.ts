import { fail } from "../../core/errors";
import {
  STRATEGY_IDS,
  type Strategy,
  type StrategyId,
  type StrategyInput,
  type StrategyResult,
} from "../contract";
import { anomalyDetection } from "./anomaly-detection";
import { arimaPrediction } from "./arima-prediction";
import { autoAnalysis } from "./auto-analysis";
import { hybridArimaMa } from "./hybrid-arima-ma";
import { movingAverage } from "./moving-average";

/** A strategy whose config was parsed by its own schema: what the caller of the registry holds. */
export interface PreparedStrategy {
  id: StrategyId;
  requiredPoints: number;
  takesFieldsTogether: boolean;
  workUnits(points: number, fields?: number): number;
  run(input: StrategyInput, allowed?: readonly string[]): StrategyResult;
}

interface Entry extends Pick<Strategy<unknown>, "id" | "title" | "description" | "configSchema"> {
  prepare(config: unknown): PreparedStrategy;
}

/** Binds a strategy to its own config type, so that the registry can hold strategies of different ones. */
function entry<Config>(strategy: Strategy<Config>): Entry {
  const { id, title, description, configSchema } = strategy;
  return {
    id,
    title,
    description,
    configSchema,
    prepare(raw) {
      const parsed = configSchema.safeParse(raw);
      if (!parsed.success) {
        throw fail("invalid_request", `The config of ${id} is not valid.`, {
          errors: parsed.error.issues.map((issue) => ({
            pointer: `/config${issue.path.map((key) => `/${String(key)}`).join("")}`,
            message: issue.message,
          })),
        });
      }
      const config = parsed.data;
      return {
        id,
        requiredPoints: strategy.requiredPoints(config),
        takesFieldsTogether: strategy.takesFieldsTogether?.(config) ?? false,
        workUnits: (points, fields = 1) => strategy.workUnits(config, points, fields),
        run: (input, allowed) => strategy.run(config, input, allowed),
      };
    },
  };
}

const ENTRIES: Record<StrategyId, Entry> = {
  moving_average: entry(movingAverage),
  anomaly_detection: entry(anomalyDetection),
  arima_prediction: entry(arimaPrediction),
  hybrid_arima_ma: entry(hybridArimaMa),
  auto_analysis: entry(autoAnalysis),
};

/** Every strategy, for the catalogue. */
export const strategies: readonly Entry[] = STRATEGY_IDS.map((id) => ENTRIES[id]);

/**
 * The strategy with its config parsed. Fails with `strategy_not_found`, or `invalid_request` naming each bad key by a
 * pointer into the request's body.
 */
export function prepareStrategy(id: string, config: unknown): PreparedStrategy {
  const found = strategies.find((strategy) => strategy.id === id);
  if (!found) {
    throw fail("strategy_not_found", `There is no strategy "${id}". There are: ${STRATEGY_IDS.join(", ")}.`);
  }
  return found.prepare(config ?? {});
}
