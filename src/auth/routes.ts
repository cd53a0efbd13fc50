import { z } from "zod";
import { endpoint, publicEndpoint, type Router, reply } from "../platform/http/endpoint";
import { authorize, refresh } from "./authorize";
import {
  authRequestSchema,
  refreshRequestSchema,
  revokeRequestSchema,
  tokenResponseSchema,
} from "./contract";
import { publicKeys } from "./keys";
import { revoke } from "./revoke";

/** RFC 6749 section 5.1: an answer with tokens is never stored. */
const NO_STORE = { "cache-control": "no-store", pragma: "no-cache" };

export function authRoutes(router: Router): void {
  publicEndpoint(
    router,
    {
      method: "post",
      path: "/api/auth",
      operationId: "authorize",
      tag: "Authentication",
      access: "public",
      summary: "Client credentials for an access token and a refresh token",
      body: authRequestSchema,
      responses: { 200: { description: "Tokens", schema: tokenResponseSchema } },
    },
    async (ctx, { body }) => reply(200, await authorize(ctx, body), NO_STORE),
  );
  publicEndpoint(
    router,
    {
      method: "post",
      path: "/api/auth/refresh",
      operationId: "refresh",
      tag: "Authentication",
      access: "public",
      summary: "Rotate a refresh token",
      body: refreshRequestSchema,
      responses: { 200: { description: "Tokens", schema: tokenResponseSchema } },
    },
    async (ctx, { body }) => reply(200, await refresh(ctx, body), NO_STORE),
  );
  endpoint(
    router,
    {
      method: "post",
      path: "/api/auth/revoke",
      operationId: "revokeToken",
      tag: "Authentication",
      access: "tenant",
      summary: "Revoke a refresh token's family or an access token (RFC 7009)",
      body: revokeRequestSchema,
      responses: { 200: { description: "Revoked, or not known", schema: z.object({}) } },
    },
    async (ctx, { body }) => {
      await revoke(ctx, body.token);
      return reply(200, {});
    },
  );
  publicEndpoint(
    router,
    {
      method: "get",
      path: "/.well-known/jwks.json",
      operationId: "jwks",
      tag: "Authentication",
      access: "public",
      summary: "The public keys of access tokens (RFC 7517)",
      responses: {
        200: { description: "A JSON Web Key Set", schema: z.object({ keys: z.array(z.looseObject({})) }) },
      },
    },
    async (ctx) => reply(200, await publicKeys(ctx), { "cache-control": "public, max-age=300" }),
  );
}
