import { fail } from "../../core/errors";
import type { Strategy, StrategyInput, StrategyResult } from "../contract";
import { workUnits } from "../detection/batch/registry";
import { answer } from "./anomaly/answer";
import {
  type AnomalyConfig,
  anomalyConfigSchema,
  choiceOf,
  isJoint,
  optionsOf,
  requiredRows,
} from "./anomaly/config";
import { judge } from "./anomaly/judge";
import { unitsToFindSeasons } from "./anomaly/season";

export const anomalyDetection: Strategy<AnomalyConfig> = {
  id: "anomaly_detection",
  title: "Anomaly detection",
  description:
    "Rows that are unlikely by what the others let expect, with bounds, score, severity, kind and a sentence.",
  configSchema: anomalyConfigSchema,
  requiredPoints: requiredRows,
  takesFieldsTogether: isJoint,
  workUnits(config, points, fields) {
    const size = { rows: points, fields, periods: config.season === "none" ? 0 : 1 };
    const scoring = workUnits(choiceOf(config, points).method, size, optionsOf(config, points));
    return Math.ceil(ANSWER_UNITS + scoring + unitsToFindSeasons(config, points, fields));
  },
  run,
};

/** Sentences of at most five hundred anomalies. */
const ANSWER_UNITS = 2_000;

function run(config: AnomalyConfig, input: StrategyInput): StrategyResult {
  const available = input.values.length;
  const required = requiredRows(config);
  if (available < required) {
    const detail = `This takes ${required} rows; ${input.field} has ${available}. Without a method three rows are enough, with bounds one.`;
    throw fail("not_enough_data", detail, { extra: { required, available } });
  }
  return answer(config, judge(config, input));
}
