import { fail } from "../core/errors";
import type { Context } from "./context";

/** Addresses remembered by an isolate; the oldest are forgotten first. */
const ADDRESSES = 10_000;

interface Window {
  startedMs: number;
  used: number;
  usedBefore: number;
}

const windows = new Map<string, Window>();

const LOOPBACK = /^(127\.|::1$|localhost$)/;

/**
 * The policy of requests without a valid token, by address: a sliding window, approximated by two fixed ones. Counted by
 * each isolate in memory, so that a forged token wakes no object; docs/decisions tells what that leaves open.
 */
export function admitAddress(ctx: Context): void {
  const { ENVIRONMENT, RATE_LIMIT_MAX_REQUESTS: limit, RATE_LIMIT_WINDOW_MS: windowMs } = ctx.config;
  // In development no proxy in front says who calls: everybody is this machine.
  if (ENVIRONMENT === "development" && (ctx.address === "unknown" || LOOPBACK.test(ctx.address))) return;
  const now = ctx.clock.nowMs();
  const window = current(windows.get(ctx.address), now, windowMs);
  const share = 1 - (now - window.startedMs) / windowMs;
  if (window.used + window.usedBefore * share >= limit) {
    const retryAfterSeconds = Math.max(1, Math.ceil((window.startedMs + windowMs - now) / 1000));
    throw fail(
      "rate_limited",
      `An address may send ${limit} requests without a valid token in ${windowMs / 1000} s.`,
      { retryAfterSeconds, extra: { limit } },
    );
  }
  window.used++;
  windows.delete(ctx.address);
  windows.set(ctx.address, window);
  if (windows.size > ADDRESSES) windows.delete(windows.keys().next().value!);
}

function current(known: Window | undefined, now: number, windowMs: number): Window {
  if (!known || now - known.startedMs >= 2 * windowMs) return { startedMs: now, used: 0, usedBefore: 0 };
  if (now - known.startedMs < windowMs) return known;
  return { startedMs: known.startedMs + windowMs, used: 0, usedBefore: known.used };
}
