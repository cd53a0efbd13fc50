/** How long an answer may keep its request open, in seconds: the default, and the most that can be asked for. */
const WAIT = { defaultSeconds: 10, maxSeconds: 25 } as const;

/** The header for the document. */
export const PREFER_HEADER = {
  Prefer: `RFC 7240: \`wait=N\`, seconds to wait for the answer, ${WAIT.defaultSeconds} unless named and ${WAIT.maxSeconds} at most; \`respond-async\`, 202 at once.`,
} as const;

/** What a client prefers (RFC 7240), as far as it is honoured here. */
export interface Preference {
  /** Answer 202 at once, unless a wait was named in which the work fits. */
  respondAsync: boolean;
  waitSeconds: number;
  /** A wait was named, not taken by default. */
  isWaitNamed: boolean;
}

/** Reads the Prefer header. Preferences that are unknown or not well formed are ignored, as section 2 asks; the first of a name counts. */
export function parsePrefer(header: string | null): Preference {
  const seen = new Map<string, string>();
  for (const part of (header ?? "").split(",")) {
    const [name = "", ...value] = part.split(";")[0]!.split("=");
    const token = name.trim().toLowerCase();
    if (token !== "" && !seen.has(token))
      seen.set(
        token,
        value
          .join("=")
          .trim()
          .replace(/^"(.*)"$/, "$1"),
      );
  }
  const wait = seen.get("wait");
  const isWaitNamed = wait !== undefined && /^\d{1,9}$/.test(wait);
  return {
    respondAsync: seen.has("respond-async"),
    waitSeconds: isWaitNamed ? Math.min(WAIT.maxSeconds, Number(wait)) : WAIT.defaultSeconds,
    isWaitNamed,
  };
}

/** Whether work that takes about `seconds` is answered in its own request. */
export function isInline(preference: Preference, seconds: number): boolean {
  if (preference.respondAsync && !preference.isWaitNamed) return false;
  return seconds <= preference.waitSeconds;
}

/** Says which preference was honoured (RFC 7240, section 3): the wait that was named, or to be answered at once. */
export function appliedHeader({
  respondAsync,
  isWaitNamed,
  waitSeconds,
}: Preference): Record<string, string> {
  if (isWaitNamed) return { "preference-applied": `wait=${waitSeconds}` };
  return respondAsync ? { "preference-applied": "respond-async" } : {};
}

/** The headers of an accepted piece of work. */
export const acceptedHeaders = (preference: Preference, location: string): Record<string, string> => ({
  location,
  ...(preference.respondAsync ? { "preference-applied": "respond-async" } : appliedHeader(preference)),
});
