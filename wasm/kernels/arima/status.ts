// Status codes of the ABI (wasm/README.md). They may be added, never renumbered.
export const OK: i32 = 0;
/** Fewer observations than the model needs, or more than {@link MAX_OBSERVATIONS}. */
export const BAD_LENGTH: i32 = 1;
/** A negative order, or a state longer than {@link MAX_STATE}. */
export const BAD_ORDER: i32 = 2;
export const NOT_FINITE: i32 = 3;
/** The series does not vary, or the likelihood has no finite value at any starting point. */
export const SINGULAR: i32 = 4;
export const OUT_OF_MEMORY: i32 = 5;
/** Given coefficients are not those of a stationary model. */
export const NOT_STATIONARY: i32 = 6;
export const BAD_HORIZON: i32 = 7;

/** A bound on one call's memory and time, not on the mathematics: 2^20 values are 8 MB a column. */
export const MAX_OBSERVATIONS: i32 = 1 << 20;
/** Length r of the state, max(p + P m, q + Q m + 1): a yearly season of daily data fits. */
export const MAX_STATE: i32 = 512;
export const MAX_HORIZON: i32 = 10_000;
