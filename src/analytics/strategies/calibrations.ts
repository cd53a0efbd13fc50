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

/**
 * Fitted by `npm run eval -- calibration` to answers at rolling origins of the first half of 704 series of nine kinds, yearly
 * to hourly; judged on the other half: docs/reliability.md. Slopes below one say that all are a little too sure.
 */
export const CALIBRATIONS = {
  moving_average: {
    directed: { intercept: 0.39, slope: 0.81 },
    flat: { intercept: -0.17, slope: 0.71 },
  },
  arima_prediction: {
    directed: { intercept: 0.25, slope: 0.75 },
    flat: { intercept: -0.32, slope: 0.71 },
  },
  hybrid_arima_ma: {
    directed: { intercept: 0.4, slope: 0.81 },
    flat: { intercept: -0.19, slope: 0.63 },
  },
  auto_analysis: {
    directed: { intercept: 0.2, slope: 0.83 },
    flat: { intercept: -0.13, slope: 0.78 },
  },
} satisfies Record<string, Calibration>;
