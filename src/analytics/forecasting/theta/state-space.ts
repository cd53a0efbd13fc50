import type { Budget } from "../budget";
import { fitInOwnUnit } from "../decompose/transformed";
import { type FittedModel, normalPrediction, type TrainingSeries } from "../model";
import { estimateTheta, lineBefore, type ThetaEstimate } from "./estimate";
import { predictDynamic, predictStatic } from "./predict";
import {
  leastSquaresLine,
  lineTerm,
  RunningLine,
  runningLines,
  slopeVariance,
  type ThetaParameters,
} from "./recursion";
import { withClassicalSeason } from "./season";

interface ThetaForm {
  name: string;
  /** The line goes through the values so far, not through all. */
  isDynamic: boolean;
  /** Null: theta is estimated. */
  lineWeight: number | null;
}

const FORMS = {
  stm: { name: "STM", isDynamic: false, lineWeight: 0.5 },
  otm: { name: "OTM", isDynamic: false, lineWeight: null },
  dstm: { name: "DSTM", isDynamic: true, lineWeight: 0.5 },
  dotm: { name: "DOTM", isDynamic: true, lineWeight: null },
} as const satisfies Record<string, ThetaForm>;

export type ThetaKind = keyof typeof FORMS;

/** The errors at the first two steps say nothing: the line through the values before is none yet. */
const SKIPPED = 2;

/**
 * A theta model of Fiorucci et al. 2016, after a seasonal adjustment where a test finds a season: `stm` and `dstm` with
 * theta = 2, `otm` and `dotm` with the best theta; the line of the last two follows the series. Null for fewer than
 * four values.
 */
export function fitTheta(series: TrainingSeries, kind: ThetaKind, budget: Budget): FittedModel | null {
  return fitInOwnUnit(series, (scaled) =>
    withClassicalSeason(scaled, (values) => fitAdjusted(values, FORMS[kind], budget)),
  );
}

function fitAdjusted(values: Float64Array, form: ThetaForm, budget: Budget): FittedModel | null {
  if (values.length < SKIPPED + 2) return null;
  const line = lineOf(values, form);
  const { lineWeight } = form;
  const estimate = estimateTheta({ values, line, lineWeight, skipped: SKIPPED }, budget);
  return thetaModel(values, form, estimate, sigmaOf(estimate, values.length - SKIPPED, parameters(form)));
}

const lineOf = (values: Float64Array, { isDynamic }: ThetaForm) =>
  isDynamic ? runningLines(values) : leastSquaresLine(values);

const parameters = ({ lineWeight }: ThetaForm): number => (lineWeight === null ? 3 : 2);

const sigmaOf = ({ squaredErrors }: ThetaEstimate, errors: number, estimated: number): number =>
  Math.sqrt(squaredErrors / Math.max(1, errors - estimated));

function thetaModel(
  values: Float64Array,
  form: ThetaForm,
  theta: ThetaParameters,
  sigma: number,
): FittedModel {
  const line = lineOf(values, form);
  const fitted = new Float64Array(values.length);
  let level = theta.initialLevel;
  let decay = 1;
  for (const [t, value] of values.entries()) {
    const term = lineTerm(theta.alpha, decay, lineBefore(line, t));
    fitted[t] = t < SKIPPED ? Number.NaN : level + theta.lineWeight * term;
    level += theta.alpha * (value - level);
    decay *= 1 - theta.alpha;
  }
  return {
    name: form.name,
    parameterCount: parameters(form) + 1,
    fitted,
    predict(horizon) {
      const { mean, variance } =
        "slope" in line
          ? predictStatic(theta, { level, decay, line }, horizon)
          : predictDynamic(theta, { level, decay, line: through(values) }, horizon);
      return normalPrediction(
        mean,
        variance.map((units, h) => sigma * Math.sqrt(units + slopeVariance(theta, values.length, h + 1))),
      );
    },
    apply: (other) => thetaModel(other, form, theta, sigma),
  };
}

function through(values: Float64Array): RunningLine {
  const line = new RunningLine();
  for (const value of values) line.add(value);
  return line;
}
