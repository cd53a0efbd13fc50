import { fail } from "../../core/errors";
import type { Strategy, StrategyInput, StrategyResult } from "../contract";
import { check } from "../forecasting/forecast";
import { regularise } from "../forecasting/regularise";
import { analysesOf } from "./auto/analyses";
import {
  analysisJson,
  membersJson,
  predictionOf,
  profileJson,
  signalOf,
  skillJson,
  statementOf,
  summaryOf,
} from "./auto/answer";
import { type AutoConfig, autoConfigSchema, LIMITS, workUnits } from "./auto/config";
import { prospectOf } from "./auto/outlook";
import { profileOf } from "./auto/profile";
import { rollForecasts, skillOf } from "./auto/skill";
import { finite } from "./result";
import { explainSignal } from "./signal";

export const autoAnalysis: Strategy<AutoConfig> = {
  id: "auto_analysis",
  title: "Automatic analysis",
  description:
    "Says what a series is like, runs what suits it and why, and whether any forecast beats the last value.",
  configSchema: autoConfigSchema,
  requiredPoints: () => LIMITS.fewestPoints,
  workUnits,
  run,
};

function run(config: AutoConfig, input: StrategyInput, allowed?: readonly string[]): StrategyResult {
  const available = input.values.length;
  const required = LIMITS.fewestPoints;
  if (available < required) {
    const detail = `The analysis needs ${required} values; ${input.field} has ${available}.`;
    throw fail("not_enough_data", detail, { extra: { required, available } });
  }
  const from = Math.max(0, available - LIMITS.dataPoints);
  const newest = { ...input, times: input.times.subarray(from), values: input.values.subarray(from) };
  const series = regularise(newest.times, newest.values);
  check(series.values, config.steps);
  const profile = profileOf(input.field, series);
  const style = config.signal_style ?? (profile.isFinancial ? "financial" : "trend");
  const season = profile.seasons[0]?.steps ?? 1;
  const trials = rollForecasts(config, series.values, season);
  const skill = skillOf(trials, series.values, config.steps);
  const prospect = prospectOf(config, series.values, season, { skill, trials });
  const statement = statementOf(skill, config.steps);
  const analyses = analysesOf(config, style, profile, newest, allowed);
  return {
    type: "AUTO_ANALYSIS",
    data: {
      ...predictionOf(series, prospect, config),
      signal: signalOf(prospect, style, config),
      profile: profileJson(profile, series),
      forecast: {
        method: prospect.method,
        beatsNaive: skill.verdict === "shown",
        statement,
        skill: skillJson(skill),
        members: membersJson(prospect),
      },
      analyses: analyses.map(analysisJson),
      summary: summaryOf(profile, statement),
    },
    confidence: prospect.confidence.value,
    metrics: {
      skill: skill.overNaive,
      skillOverSeasonalNaive: skill.overSeasonalNaive,
      mae: finite(skill.mae?.forecast ?? null),
      maeNaive: finite(skill.mae?.naive ?? null),
      origins: skill.origins,
      outliers: profile.outliers.length,
    },
    explain: {
      signal: {
        style,
        ...explainSignal(prospect.judgement, config.min_move),
      },
      confidence: prospect.confidence.explain,
      skill:
        "1 - the mean absolute error of the forecast, made anew at each origin, over that of the last value; shown where it is at least 0.02 and the gain is not chance (Diebold-Mariano, one-sided, 0.025), likely from t = 1 on",
      forecast: {
        combination: prospect.forecast.combination,
        origins: prospect.forecast.origins,
        budgetSpent: prospect.forecast.isBudgetSpent,
      },
    },
  };
}
