/** On the scale of log odds: what a stated probability is worth. */
export interface CalibrationLine {
  intercept: number;
  slope: number;
}

/** Of a strategy: of its answers with a direction, and of those that the move stays small. */
export interface Calibration {
  directed: CalibrationLine;
  flat: CalibrationLine;
}

const AS_STATED: CalibrationLine = { intercept: 0, slope: 1 };
const identity: Calibration = { directed: AS_STATED, flat: AS_STATED };

export const CALIBRATIONS = {
  moving_average: identity,
  arima_prediction: identity,
  hybrid_arima_ma: identity,
  auto_analysis: identity,
} satisfies Record<string, Calibration>;
