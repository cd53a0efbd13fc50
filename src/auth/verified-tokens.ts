import type { Principal } from "../platform/context";

/** How long a verification holds: within it a key that was withdrawn still passes here. */
const KEPT_MS = 60_000;
/** Tokens of the clients that are busy at one time; each entry has about 1 KB. */
const MOST_TOKENS = 1_000;

interface Verified {
  principal: Principal;
  untilMs: number;
}

/**
 * Tokens that were verified a moment ago, by their whole text, signature included. A client sends the same token with
 * every request, and to check an ES256 signature takes about 100 µs: more than to store the request's points. Only what
 * was found valid is kept, never past its `exp`. Revocation is no matter of this: every request is admitted for itself.
 */
export class VerifiedTokens {
  private readonly known = new Map<string, Verified>();

  get size(): number {
    return this.known.size;
  }

  /** The principal of a token verified lately, else null. */
  of(token: string, nowMs: number): Principal | null {
    const verified = this.known.get(token);
    if (!verified) return null;
    if (nowMs < verified.untilMs) return verified.principal;
    this.known.delete(token);
    return null;
  }

  keep(token: string, principal: Principal, nowMs: number): void {
    const untilMs = Math.min(nowMs + KEPT_MS, principal.expiresAt * 1000);
    if (this.known.size >= MOST_TOKENS) this.known.delete(this.known.keys().next().value!);
    this.known.set(token, { principal, untilMs });
  }
}
