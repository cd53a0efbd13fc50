import { z } from "zod";

export const SCOPES = [
  "stream:read",
  "stream:write",
  "strategy:execute",
  "notify:send",
  "tenant:manage",
] as const;
export type Scope = (typeof SCOPES)[number];

export const ACCESS_TOKEN_SECONDS = 3_600;
export const REFRESH_TOKEN_DAYS = 30;
/** A lost answer may be asked for again this long after a rotation. */
export const REFRESH_GRACE_MS = 10_000;

const credential = z.string().min(1).max(512);

export const authRequestSchema = z.strictObject({
  tenant_id: credential,
  client_id: credential,
  client_secret: credential,
  scopes: z.array(z.string().max(64)).max(32).optional(),
});

export const refreshRequestSchema = z.strictObject({ refresh_token: credential, tenant_id: credential });

export const revokeRequestSchema = z.object({
  token: z.string().min(1).max(4096),
  token_type_hint: z.string().optional(),
});

export const tokenResponseSchema = z.object({
  access_token: z.string(),
  refresh_token: z.string(),
  expires_in: z.number().int(),
  token_type: z.literal("Bearer"),
  scope: z.array(z.string()),
});
export type TokenResponse = z.infer<typeof tokenResponseSchema>;
