import { decodeProtectedHeader, jwtVerify, SignJWT } from "jose";
import { z } from "zod";
import { fail } from "../core/errors";
import { newUuid } from "../core/ids";
import type { Context, Principal } from "../platform/context";
import { ACCESS_TOKEN_SECONDS } from "./contract";
import { signingKey, verificationKey } from "./keys";
import { VerifiedTokens } from "./verified-tokens";

/** RFC 9068: the type keeps any other JWT of ours from passing as an access token. */
const TOKEN_TYPE = "at+jwt";

type TokenContext = Pick<Context, "env" | "config" | "clock" | "random">;

/** Of this isolate: it holds what anybody could work out again from the token, and no word of the request. */
const verified = new VerifiedTokens();

const claimsSchema = z.object({
  sub: z.string(),
  tenant_id: z.string(),
  scope: z.string(),
  jti: z.string(),
  exp: z.number(),
  region: z.string().optional(),
});

/** An access token (RFC 9068), signed with ES256. */
export async function signAccessToken(
  ctx: TokenContext,
  grant: { tenantId: string; clientId: string; scopes: readonly string[]; region: string | null },
): Promise<string> {
  const key = await signingKey(ctx);
  const now = Math.floor(ctx.clock.nowMs() / 1000);
  const { tenantId: tenant_id, clientId: client_id, scopes, region } = grant;
  // The region: objects of the tenant are created by its first request, before anybody was asked.
  return new SignJWT({ tenant_id, client_id, scope: scopes.join(" "), ...(region ? { region } : {}) })
    .setProtectedHeader({ alg: "ES256", typ: TOKEN_TYPE, kid: key.kid })
    .setIssuer(ctx.config.TOKEN_ISSUER)
    .setAudience(ctx.config.TOKEN_ISSUER)
    .setSubject(grant.clientId)
    .setJti(newUuid(ctx.random))
    .setIssuedAt(now)
    .setExpirationTime(now + ACCESS_TOKEN_SECONDS)
    .sign(key.privateKey);
}

/** The principal of a token of ours; `unauthorized` for anything else, without saying what was wrong with it. */
export async function verifyAccessToken(ctx: TokenContext, token: string): Promise<Principal> {
  const known = verified.of(token, ctx.clock.nowMs());
  if (known) return known;
  try {
    const { kid } = decodeProtectedHeader(token);
    const key = kid ? await verificationKey(ctx, kid) : null;
    if (!key) throw new Error("unknown key");
    const { payload } = await jwtVerify(token, key, {
      algorithms: ["ES256"],
      issuer: ctx.config.TOKEN_ISSUER,
      audience: ctx.config.TOKEN_ISSUER,
      typ: TOKEN_TYPE,
      currentDate: new Date(ctx.clock.nowMs()),
    });
    const claims = claimsSchema.parse(payload);
    const principal: Principal = {
      kind: "client",
      tenantId: claims.tenant_id,
      clientId: claims.sub,
      scopes: claims.scope.split(" ").filter((scope) => scope !== ""),
      tokenId: claims.jti,
      expiresAt: claims.exp,
      region: claims.region ?? null,
    };
    verified.keep(token, principal, ctx.clock.nowMs());
    return principal;
  } catch {
    throw fail("unauthorized", "The access token is missing, expired or not valid.");
  }
}
