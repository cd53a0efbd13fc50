import { Head } from "./layout";

/** Readings before which nothing is called an anomaly. */
export const WARM_UP = 60;

/** Readings that the series has to give until it is judged; zero once it is. */
export const warmUpLeft = (state: Float64Array): number => Math.max(0, WARM_UP - state[Head.count]!);

export const isWarmingUp = (state: Float64Array): boolean => warmUpLeft(state) > 0;
