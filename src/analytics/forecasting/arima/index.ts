export {
  type ArimaCoefficients,
  type ArimaFit,
  applyArima,
  DEFAULT_FIT,
  evaluateArima,
  type FitOptions,
  fitArima,
} from "./fit";
export { type Forecast, fillMissing, forecast } from "./forecast";
export { gapEvaluationMicros, MOST_EVALUATIONS_WITH_GAPS } from "./gaps";
export { arimaModel, fittedValues } from "./model";
export { type ArimaOrder, differenced, evaluationMicros, nameOfArima } from "./order";
export type { Uncertainty } from "./uncertainty";
