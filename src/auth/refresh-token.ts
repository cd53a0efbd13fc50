import { base64url, equalBytes, fromBase64, utf8 } from "../core/bytes";
import type { Config } from "../env";
import { macKey } from "../platform/secrets";
import { REFRESH_GRACE_MS } from "./contract";

/**
 * Refresh tokens are opaque: `smr_<family>.<generation>.<mac>`. The MAC binds tenant, family and generation, so a forged
 * one is refused without a look at any store, and a rotation asked for again within its grace gives the same successor.
 */
export interface RefreshClaim {
  family: string;
  generation: number;
}

export interface RefreshFamily {
  generation: number;
  rotatedMs: number;
  expiresMs: number;
  revoked: boolean;
}

export type Rotation =
  | { outcome: "rotated"; generation: number }
  | { outcome: "replayed"; generation: number }
  | { outcome: "reuse" | "refused" };

/**
 * What a presented generation does to its family (RFC 9700 section 4.14.2): the current one rotates; the one before it,
 * within the grace of a lost answer, gets the same successor again; any older one was used twice and revokes the family.
 */
export function rotate(family: RefreshFamily, presented: number, nowMs: number): Rotation {
  if (family.revoked || nowMs >= family.expiresMs || presented > family.generation)
    return { outcome: "refused" };
  if (presented === family.generation) return { outcome: "rotated", generation: family.generation + 1 };
  const lostAnswer = presented === family.generation - 1 && nowMs - family.rotatedMs <= REFRESH_GRACE_MS;
  return lostAnswer ? { outcome: "replayed", generation: family.generation } : { outcome: "reuse" };
}

export async function mintRefreshToken(
  config: Config,
  tenantId: string,
  claim: RefreshClaim,
): Promise<string> {
  return `smr_${claim.family}.${claim.generation}.${base64url(await macOf(config, tenantId, claim))}`;
}

/** The claim of a token that we minted for this tenant, or null. */
export async function readRefreshToken(
  config: Config,
  tenantId: string,
  token: string,
): Promise<RefreshClaim | null> {
  const match = /^smr_([0-9a-f]{32})\.(\d{1,9})\.([A-Za-z0-9_-]{43})$/.exec(token);
  const mac = match ? fromBase64(match[3]!) : null;
  if (!match || !mac) return null;
  const claim = { family: match[1]!, generation: Number(match[2]) };
  return equalBytes(mac, await macOf(config, tenantId, claim)) ? claim : null;
}

async function macOf(config: Config, tenantId: string, claim: RefreshClaim): Promise<Uint8Array> {
  const text = `${tenantId}\n${claim.family}\n${claim.generation}`;
  return new Uint8Array(await crypto.subtle.sign("HMAC", await macKey(config, "refresh-token"), utf8(text)));
}
