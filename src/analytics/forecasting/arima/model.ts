import { type FittedModel, normalPrediction } from "../model";
import { type ArimaFit, applyArima } from "./fit";
import { forecast } from "./forecast";
import { nameOfArima } from "./order";

/**
 * A fit as one of the families of models. Applied to another series the ARMA coefficients stay; the constant and sigma2
 * are those of that series.
 */
export function arimaModel(fit: ArimaFit): FittedModel {
  const { p, q, P, Q } = fit.order;
  return {
    name: nameOfArima(fit.order, fit.constant),
    parameterCount: p + q + P + Q + (fit.constant ? 1 : 0) + 1,
    fitted: fittedValues(fit),
    predict(horizon) {
      const { mean, standardError } = forecast(fit, horizon);
      return normalPrediction(mean, standardError);
    },
    apply: (values) => arimaModel(applyArima(fit, values)),
  };
}

/** One-step predictions within the sample; NaN where differencing leaves none. */
export function fittedValues({ values, residuals }: ArimaFit): Float64Array {
  const lost = values.length - residuals.length;
  return values.map((value, t) => (t < lost ? Number.NaN : value - residuals[t - lost]!));
}
