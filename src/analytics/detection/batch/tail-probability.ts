import { normalCdf, normalQuantile } from "../../forecasting/normal";
import type { BatchOptions } from "./method";

/** Below this a probability is not told apart from zero. */
const LEAST_PROBABILITY = 1e-16;

/** The distance from the mean, in standard deviations, that a normal value passes on either side with `probability`. */
export function sigmaOf(probability: number): number {
  if (probability >= 1) return 0;
  return -normalQuantile(Math.max(LEAST_PROBABILITY, probability) / 2);
}

/** The inverse of {@link sigmaOf}. */
export const probabilityOf = (sigma: number): number => 2 * normalCdf(-Math.abs(sigma));

/** The level of what is in standard deviations of normal noise by itself. */
export const levelAt = ({ adaptive, threshold }: Pick<BatchOptions, "adaptive" | "threshold">): number =>
  adaptive === null ? threshold : Math.max(adaptive.least ?? 0, sigmaOf(adaptive.falseAlarmRate));

/** From here on Student's distribution is normal to the third digit of a probability of 1e-4. */
const MOST_DEGREES = 1_000;

/** Two-sided tail of Student's t with whole `degrees` of freedom (Abramowitz and Stegun 26.7.3 and 26.7.4). */
export function studentTail(t: number, degrees: number): number {
  if (degrees > MOST_DEGREES) return probabilityOf(t);
  const angle = Math.atan2(Math.abs(t), Math.sqrt(degrees));
  const cosine = Math.cos(angle);
  const isOdd = degrees % 2 === 1;
  let term = isOdd ? cosine : 1;
  let sum = degrees > 1 ? term : 0;
  for (let k = isOdd ? 3 : 2; k < degrees; k += 2) {
    term *= ((k - 1) / k) * cosine * cosine;
    sum += term;
  }
  const inside = isOdd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
  return Math.min(1, Math.max(0, 1 - inside));
}

/** The distance that a t of so many degrees passes with `probability`: by bisection. */
export function studentQuantile(probability: number, degrees: number): number {
  let low = 0;
  let high = 1;
  while (studentTail(high, degrees) > probability && high < 1e15) high *= 2;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (studentTail(middle, degrees) > probability) low = middle;
    else high = middle;
  }
  return high;
}
