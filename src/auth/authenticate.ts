import { equalBytes, utf8 } from "../core/bytes";
import { fail } from "../core/errors";
import type { Context, Principal } from "../platform/context";
import { verifyAccessToken } from "./access-token";
import { SCOPES } from "./contract";

const bearerOf = (request: Request): string | null =>
  /^Bearer +([^\s]+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? null;

/** The principal of a request's bearer token; throws `unauthorized`. A forged token ends here and wakes no object. */
export async function authenticate(ctx: Context, request: Request): Promise<Principal> {
  const token = bearerOf(request);
  if (!token) throw fail("unauthorized", "An access token is needed: Authorization: Bearer <token>.");
  return verifyAccessToken(ctx, token);
}

/** Whether the request carries OPERATOR_TOKEN; compared by digest, in constant time. */
export async function isOperator(ctx: Pick<Context, "config">, request: Request): Promise<boolean> {
  const token = bearerOf(request);
  if (!token) return false;
  const digest = async (text: string) => new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(text)));
  return equalBytes(await digest(token), await digest(ctx.config.OPERATOR_TOKEN));
}

/** The operator acting on a tenant: every scope of it, under no rate policy. */
export const operatorPrincipal = (tenantId: string): Principal => ({
  kind: "operator",
  tenantId,
  clientId: "operator",
  scopes: SCOPES,
  tokenId: "operator",
  expiresAt: Number.MAX_SAFE_INTEGER,
});
