import { fail } from "../../../core/errors";
import { Budget } from "../../forecasting/budget";
import { combine } from "../../forecasting/combination/combine";
import { fitNaiveMember } from "../../forecasting/combination/members";
import type { Forecast } from "../../forecasting/forecast";
import { normalQuantile } from "../../forecasting/normal";
import { outlookOf } from "../arima/answer";
import { CALIBRATIONS } from "../calibrations";
import { type Confidence, calibrate, type Trial } from "../confidence";
import { type Judgement, judge, wasRight } from "../signal";
import { combined } from "./combined";
import { type AutoConfig, forecastUnits } from "./config";
import type { Skill, SkillTrial } from "./skill";

/** What is predicted and how sure that is. */
export interface Prospect {
  method: "combination" | "naive";
  forecast: Forecast;
  judgement: Judgement;
  confidence: Confidence;
}

/** The models together where they are better than the last value, or likely so; else the last value. */
export function prospectOf(
  config: AutoConfig,
  values: Float64Array,
  season: number,
  { skill, trials }: { skill: Skill; trials: readonly SkillTrial[] },
): Prospect {
  const { min_move } = config;
  const method = skill.verdict === "none" ? "naive" : "combination";
  const made = method === "combination" ? combined(config, values, season) : naiveForecast(config, values);
  const judgement = judge(outlookFrom(values, made), min_move);
  // The naive forecast of a whole series says of its past what its errors now say: its intervals are taken for all origins.
  const past = trials.map(({ origin, forecast: then, actual }): Trial => {
    const known = values.subarray(0, origin);
    const outlook =
      method === "combination"
        ? outlookFrom(known, then)
        : outlookOf(known, known.at(-1)!, standardErrorOf(made));
    const { direction, strength } = judge(outlook, min_move);
    return { direction, strength, right: wasRight(direction, outlook, actual.at(-1)!, min_move) };
  });
  const stated = { calibration: CALIBRATIONS.auto_analysis, horizon: config.steps };
  return { method, forecast: made, judgement, confidence: calibrate(judgement, past, stated) };
}

function naiveForecast(config: AutoConfig, values: Float64Array): Forecast {
  const { steps, level } = config;
  const budget = new Budget(forecastUnits(config));
  const member = fitNaiveMember(values, { season: 1, periods: [] }, budget);
  if (member === null) {
    throw fail("not_enough_data", "A forecast needs two values.", {
      extra: { required: 2, available: values.length },
    });
  }
  return combine(values, [member], [], { horizon: steps, level }, budget);
}

const outlookFrom = (known: Float64Array, made: Forecast) =>
  outlookOf(known, made.mean.at(-1)!, standardErrorOf(made));

/** At the horizon's end, by the width of the interval; halves first, for the width of the widest leaves a double. */
function standardErrorOf({ mean, lower, upper, level }: Forecast): number {
  const centre = mean.at(-1)!;
  const half = Math.max(upper.at(-1)! - centre, centre - lower.at(-1)!);
  return half / normalQuantile((1 + level) / 2);
}
