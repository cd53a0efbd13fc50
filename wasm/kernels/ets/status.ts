// Status codes of the ABI (wasm/README.md), the same numbers in every kernel, and the limits of this one.
export { BAD_LENGTH, BAD_ORDER, NOT_FINITE, OK, OUT_OF_MEMORY, SINGULAR } from "../arima/status";

/** A bound on one call's memory and time, not on the mathematics: 2^20 values are 8 MB a column. */
export const MAX_OBSERVATIONS: i32 = 1 << 20;
/** A yearly season of daily data fits. */
export const MAX_SEASON: i32 = 400;
/** Relative errors and factors of a season want every value above zero. */
export const NOT_POSITIVE: i32 = 8;
