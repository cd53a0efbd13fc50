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
export { arimaModel, fittedValues } from "./model";
export { type ArimaOrder, differenced, evaluationMicros, nameOfArima } from "./order";
export type { Uncertainty } from "./uncertainty";
