import { env } from "cloudflare:workers";
import { decodeJwt, decodeProtectedHeader, generateKeyPair, SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { call, newTenant, post, problem, tokensOf } from "../support/client";

const usage = (tenantId: string, token: string) =>
  call(`/api/tenant/${tenantId}/usage`, { headers: { authorization: `Bearer ${token}` } });

describe("access tokens", () => {
  it("are ES256, typed, and name tenant, client and scope", async () => {
    const tenant = await newTenant();
    expect(decodeProtectedHeader(tenant.token)).toMatchObject({ alg: "ES256", typ: "at+jwt" });
    expect(decodeJwt(tenant.token)).toMatchObject({
      tenant_id: tenant.tenantId,
      sub: tenant.clientId,
      aud: "stratosmesh",
    });
  });

  it("are refused when another key, another algorithm or no signature made them", async () => {
    const tenant = await newTenant();
    const claims = decodeJwt(tenant.token);
    const header = decodeProtectedHeader(tenant.token);
    const { privateKey } = await generateKeyPair("ES256");
    const forged = await new SignJWT(claims).setProtectedHeader({ ...header, alg: "ES256" }).sign(privateKey);
    const shared = await new SignJWT(claims)
      .setProtectedHeader({ alg: "HS256", typ: "at+jwt", kid: header.kid! })
      .sign(new TextEncoder().encode("a shared secret of enough bytes!"));
    const [, body] = tenant.token.split(".");
    const none = `${btoa('{"alg":"none","typ":"at+jwt"}').replace(/=+$/, "")}.${body}.`;
    for (const token of [forged, shared, none, tenant.refreshToken, "x"]) {
      expect(await problem(await usage(tenant.tenantId, token))).toMatchObject({
        status: 401,
        code: "unauthorized",
      });
    }
  });

  it("work on their own tenant only, and another's is like one that does not exist", async () => {
    const [one, other] = [await newTenant(), await newTenant()];
    const foreign = await problem(await one.call("GET", `/api/tenant/${other.tenantId}`));
    const missing = await problem(await one.call("GET", "/api/tenant/00000000-0000-4000-8000-000000000000"));
    expect(foreign).toMatchObject({ status: 404, code: "tenant_not_found" });
    expect({ ...missing.body, instance: "", request_id: "" }).toEqual({
      ...foreign.body,
      instance: "",
      request_id: "",
    });
  });

  it("have the scopes that were asked for, and no others", async () => {
    const tenant = await newTenant({}, ["stream:read"]);
    const denied = await problem(await tenant.call("GET", `/api/tenant/${tenant.tenantId}`));
    expect(denied).toMatchObject({ status: 403, code: "insufficient_scope" });
    const asked = await post("/api/auth", {
      tenant_id: tenant.tenantId,
      client_id: tenant.clientId,
      client_secret: tenant.clientSecret,
      scopes: ["root"],
    });
    expect(await problem(asked)).toMatchObject({ status: 403, code: "insufficient_scope" });
  });

  it("end when they are revoked, from the answer on", async () => {
    const tenant = await newTenant();
    expect((await usage(tenant.tenantId, tenant.token)).status).toBe(200);
    expect((await tenant.call("POST", "/api/auth/revoke", { token: tenant.token })).status).toBe(200);
    expect((await usage(tenant.tenantId, tenant.token)).status).toBe(401);
  });

  it("are not given for a wrong secret or an unknown client", async () => {
    const tenant = await newTenant();
    for (const wrong of [
      { client_secret: "sms_wrong" },
      { client_id: "client_unknown" },
      { tenant_id: crypto.randomUUID() },
    ]) {
      const body = {
        tenant_id: tenant.tenantId,
        client_id: tenant.clientId,
        client_secret: tenant.clientSecret,
        ...wrong,
      };
      expect(await problem(await post("/api/auth", body))).toMatchObject({
        status: 401,
        code: "invalid_client",
      });
    }
  });

  it("leave no secret in the database", async () => {
    const tenant = await newTenant();
    const row = await env.DB.prepare("SELECT * FROM clients WHERE tenant_id = ?")
      .bind(tenant.tenantId)
      .first();
    expect(JSON.stringify(row)).not.toContain(tenant.clientSecret.slice(4, 20));
  });
});

describe("refresh tokens", () => {
  const refresh = (tenantId: string, token: string) =>
    post("/api/auth/refresh", { tenant_id: tenantId, refresh_token: token });

  it("rotate: fifty parallel refreshes agree on one successor", async () => {
    const tenant = await newTenant();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => refresh(tenant.tenantId, tenant.refreshToken)),
    );
    const tokens = await Promise.all(
      answers.map(async (answer) => ((await answer.json()) as { refresh_token: string }).refresh_token),
    );
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
    expect(new Set(tokens).size).toBe(1);
    expect(tokens[0]).not.toBe(tenant.refreshToken);
  });

  it("revoke their family when one two generations old comes back", async () => {
    const tenant = await newTenant();
    const second = (await (await refresh(tenant.tenantId, tenant.refreshToken)).json()) as {
      refresh_token: string;
    };
    const third = (await (await refresh(tenant.tenantId, second.refresh_token)).json()) as {
      refresh_token: string;
    };
    expect((await refresh(tenant.tenantId, tenant.refreshToken)).status).toBe(401);
    expect(await problem(await refresh(tenant.tenantId, third.refresh_token))).toMatchObject({
      status: 401,
      code: "invalid_grant",
    });
  });

  it("are refused with another tenant, when changed, and when an access token is sent instead", async () => {
    const [one, other] = [await newTenant(), await newTenant()];
    const flipped = one.refreshToken.replace(/.$/, (last) => (last === "A" ? "B" : "A"));
    for (const [tenantId, token] of [
      [other.tenantId, one.refreshToken],
      [one.tenantId, flipped.slice(0, -2)],
      [one.tenantId, "smr_x"],
      [one.tenantId, one.token.slice(0, 500)],
    ] as const) {
      expect(await problem(await refresh(tenantId, token))).toMatchObject({
        status: 401,
        code: "invalid_grant",
      });
    }
  });

  it("keep the scopes of their family", async () => {
    const tenant = await newTenant();
    const narrow = await tokensOf(tenant, ["stream:read"]);
    const next = (await (await refresh(tenant.tenantId, narrow.refresh_token)).json()) as { scope: string[] };
    expect(next.scope).toEqual(["stream:read"]);
  });
});
