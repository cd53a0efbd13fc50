/**
 * How long a `Retry-After` header (RFC 9110, section 10.2.3) asks to wait, in milliseconds, 0 at least; null where there
 * is none, or none that can be read. Some servers write fractions of a second.
 */
export function retryAfterMs(header: string | null | undefined, nowMs: number): number | null {
  const value = header?.trim();
  if (!value) return null;
  const pause = /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - nowMs;
  return Number.isFinite(pause) ? Math.max(0, pause) : null;
}
