import type { TenantContext } from "../platform/context";
import { tenantObject } from "../platform/objects";
import { verifyAccessToken } from "./access-token";
import { readRefreshToken } from "./refresh-token";

/**
 * POST /api/auth/revoke (RFC 7009): a refresh token ends its family, an access token itself. An unknown token, or
 * another tenant's, is answered like one that was revoked.
 */
export async function revoke(ctx: TenantContext, token: string): Promise<void> {
  const tenant = tenantObject(ctx.env, ctx.principal.tenantId);
  const claim = await readRefreshToken(ctx.config, ctx.principal.tenantId, token);
  if (claim) return tenant.revokeFamily(claim.family, ctx.principal.clientId, ctx.requestId);
  const principal = await verifyAccessToken(ctx, token).catch(() => null);
  if (principal?.tenantId !== ctx.principal.tenantId) return;
  await tenant.revokeToken(principal.tokenId, principal.expiresAt, ctx.principal.clientId, ctx.requestId);
}
