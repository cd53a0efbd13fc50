import { fail } from "../../core/errors";
import type { Strategy, StrategyInput, StrategyResult } from "../contract";
import { Budget } from "../forecasting/budget";
import { type ArimaConfig, fitUnits } from "./arima/config";
import { type Reading, read } from "./arima/read";
import { CALIBRATIONS } from "./calibrations";
import { answer, type Found, type Views, type Weighed } from "./hybrid/answer";
import { averageMember } from "./hybrid/average-member";
import { combinedPastOf, mixed, pastOf, REGULAR_CEILING, viewOf } from "./hybrid/combine";
import { type HybridConfig, hybridConfigSchema, membersOf, requiredPoints, workUnits } from "./hybrid/config";
import { estimateArima, type HybridMember, memberOf } from "./hybrid/members";
import { type HybridTrial, rollMembers, type Stated, statedBy } from "./hybrid/rolling-origins";
import { weightsAt } from "./hybrid/weights";

export const hybridArimaMa: Strategy<HybridConfig> = {
  id: "hybrid_arima_ma",
  title: "Hybrid: ARIMA and moving average",
  description:
    "One prediction and signal of ARIMA and moving averages, weighed by what each of them got wrong of late, and how far they agree.",
  configSchema: hybridConfigSchema,
  requiredPoints,
  workUnits,
  run,
};

function run(config: HybridConfig, input: StrategyInput): StrategyResult {
  const required = requiredPoints(config);
  if (input.values.length < required) {
    const detail = `Both models need ${required} values; ${input.field} has ${input.values.length}.`;
    throw fail("not_enough_data", detail, { extra: { required, available: input.values.length } });
  }
  const own = membersOf(config);
  const reading = read(own.arima, input);
  const { values } = reading.series;
  const budget = new Budget(fitUnits(own.arima, values.length));
  const estimated = estimateArima(own.arima, reading, budget);
  const members = {
    arima: memberOf(estimated.member, own.arima.steps),
    ma: averageMember(own.average, reading, own.arima.steps, budget),
  };
  const trials = own.arima.quick ? [] : rollMembers(values, members, own.arima, budget);
  const weighed = weigh(config, reading, trials);
  const views = viewsOf(own.arima, values, { members, trials, weighed, isRegular: estimated.isRegular });
  return answer({ config, own, reading, estimated, members, trials, weighed, views });
}

/** The weights at each origin, and now. */
function weigh(
  { weights, rebalancingFrequency, arimaConfig }: HybridConfig,
  { series: { values, times } }: Reading,
  trials: readonly HybridTrial[],
): Weighed {
  const moments = [...trials.map(({ origin }) => origin), values.length];
  const series = { times, horizon: arimaConfig.steps, trials };
  const { inForce, history } = weightsAt(moments, weights, rebalancingFrequency, series);
  return { now: inForce.at(-1)!, atOrigins: inForce.slice(0, -1), history };
}

function viewsOf(
  { level, min_move, intervals, quick }: ArimaConfig,
  values: Float64Array,
  made: Pick<Found, "members" | "trials" | "weighed"> & { isRegular: boolean },
): Views {
  const { members, trials, weighed } = made;
  const options = {
    level,
    min_move,
    isCalibrated: intervals === "calibrated" && !quick,
    ceiling: made.isRegular ? REGULAR_CEILING : 1,
  };
  const by = (strategy: keyof typeof CALIBRATIONS) => ({ ...options, calibration: CALIBRATIONS[strategy] });
  const arima = stated(members.arima, values, level);
  const ma = stated(members.ma, values, level);
  const past = combinedPastOf(trials, weighed.atOrigins);
  return {
    arima: viewOf(values, arima, pastOf(trials, "arima"), by("arima_prediction")),
    ma: viewOf(values, ma, pastOf(trials, "ma"), by("moving_average")),
    both: viewOf(values, mixed(arima, ma, weighed.now), past, by("hybrid_arima_ma")),
  };
}

function stated(member: HybridMember, values: Float64Array, level: number): Stated {
  const said = statedBy(member.now, values, level);
  if (said === null) {
    throw fail("malformed_data", "The forecast leaves the range of a double before its last step.");
  }
  return said;
}
