import { retryAfterMs } from "../../core/retry-after";
import type { Failure, Refusal } from "./port";

export const RETRIES = 2;
const FIRST_PAUSE_MS = 250;

/** What a status of HTTP means here. */
export function refusalOf({ status }: Failure): Refusal {
  if (status === null || status === 408 || status === 409 || status >= 500) return "unavailable";
  if (status === 429) return "rate_limited";
  if (status === 401 || status === 403) return "unauthorized";
  if (status === 402) return "unpaid";
  return status === 404 || status === 410 ? "gone" : "rejected";
}

/** Whether the same question may be answered another time. OpenAI and Anthropic say where it may not. */
export const isPassing = (refused: Refusal, { headers }: Failure): boolean =>
  (refused === "unavailable" || refused === "rate_limited") && headers["x-should-retry"] !== "false";

/**
 * How long the server asks to wait, in milliseconds, or null where it does not say: `Retry-After`,
 * OpenAI's `retry-after-ms`, and Google's RetryInfo in the body (google/rpc/error_details.proto).
 */
export function toldPauseMs({ headers, body }: Failure, nowMs: number): number | null {
  const exact = Number(headers["retry-after-ms"] || Number.NaN);
  if (exact >= 0) return exact;
  const after = retryAfterMs(headers["retry-after"], nowMs);
  if (after !== null) return after;
  const info = /"retryDelay"\s*:\s*"(\d{1,6}(?:\.\d{1,9})?)s"/.exec(body);
  return info ? Number(info[1]) * 1_000 : null;
}

/** The pause before try `attempt` (from 1) where the server names none: doubled each time, and half of it by chance. */
export const ownPauseMs = (attempt: number, chance: number): number =>
  FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + chance / 2);
