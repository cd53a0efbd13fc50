import { equalBytes, hex, utf8 } from "../core/bytes";
import { fail } from "../core/errors";
import { unwrap } from "../core/result";
import type { Context } from "../platform/context";
import { tenantObject } from "../platform/objects";
import { keyedHash } from "../platform/secrets";
import { signAccessToken } from "./access-token";
import { ACCESS_TOKEN_SECONDS, type TokenResponse } from "./contract";
import { mintRefreshToken, readRefreshToken } from "./refresh-token";
import { findClient } from "./store";

/** POST /api/auth: client credentials become an access token and the first refresh token of a new family. */
export async function authorize(
  ctx: Context,
  input: { tenant_id: string; client_id: string; client_secret: string; scopes?: string[] | undefined },
): Promise<TokenResponse> {
  const client = await findClient(ctx.env, input.tenant_id, input.client_id);
  const hash = await keyedHash(ctx.config, "client-secret", input.client_secret);
  // Compared also where there is no client: the time taken must not tell which ids exist.
  const matches = equalBytes(utf8(hash), utf8(client?.secretHash ?? "0".repeat(64)));
  if (!client || !matches) throw fail("invalid_client", "The tenant, client id or secret is not valid.");
  const scopes = input.scopes?.length ? [...new Set(input.scopes)] : client.scopes;
  const missing = scopes.filter((scope) => !client.scopes.includes(scope));
  if (missing.length > 0) {
    throw fail(
      "insufficient_scope",
      `The client does not have the scope ${missing.join(", ").slice(0, 200)}.`,
    );
  }
  const family = hex(ctx.random(16));
  const tenant = tenantObject(ctx.env, input.tenant_id);
  const opening = { family, clientId: client.clientId, scopes, requestId: ctx.requestId };
  const { region } = unwrap<{ region: string | null }>(await tenant.openFamily(opening));
  const grant = { tenantId: input.tenant_id, clientId: client.clientId, scopes, region };
  return tokens(ctx, grant, { family, generation: 1 });
}

/** POST /api/auth/refresh: rotates; a token used twice revokes its family (RFC 9700). */
export async function refresh(
  ctx: Context,
  input: { refresh_token: string; tenant_id: string },
): Promise<TokenResponse> {
  const claim = await readRefreshToken(ctx.config, input.tenant_id, input.refresh_token);
  if (!claim) throw fail("invalid_grant", "The refresh token is not valid.");
  const tenant = tenantObject(ctx.env, input.tenant_id);
  const family = unwrap(await tenant.rotateFamily(claim.family, claim.generation, ctx.requestId));
  const { clientId, scopes, region } = family;
  const grant = { tenantId: input.tenant_id, clientId, scopes, region };
  return tokens(ctx, grant, { family: claim.family, generation: family.generation });
}

async function tokens(
  ctx: Context,
  grant: { tenantId: string; clientId: string; scopes: string[]; region: string | null },
  claim: { family: string; generation: number },
): Promise<TokenResponse> {
  return {
    access_token: await signAccessToken(ctx, grant),
    refresh_token: await mintRefreshToken(ctx.config, grant.tenantId, claim),
    expires_in: ACCESS_TOKEN_SECONDS,
    token_type: "Bearer",
    scope: grant.scopes,
  };
}
