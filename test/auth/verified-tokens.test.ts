import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { verifyAccessToken } from "../../src/auth";
import { VerifiedTokens } from "../../src/auth/verified-tokens";
import { secureRandom } from "../../src/core/ids";
import { configOf } from "../../src/env";
import { newTenant } from "../support/client";

const NOW = Date.UTC(2026, 0, 1);
const principal = (expiresAt: number) => ({
  kind: "client" as const,
  tenantId: "t",
  clientId: "c",
  scopes: [],
  tokenId: "j",
  expiresAt,
});

describe("verified tokens", () => {
  it("are known for a minute, and never past their end", () => {
    const tokens = new VerifiedTokens();
    tokens.keep("long", principal(NOW / 1000 + 900), NOW);
    tokens.keep("short", principal(NOW / 1000 + 5), NOW);
    expect(tokens.of("long", NOW + 59_999)).toMatchObject({ tenantId: "t" });
    expect(tokens.of("long", NOW + 60_000)).toBeNull();
    expect(tokens.of("short", NOW + 4_999)).not.toBeNull();
    expect(tokens.of("short", NOW + 5_000)).toBeNull();
    expect(tokens.size).toBe(0);
    expect(tokens.of("never seen", NOW)).toBeNull();
  });

  it("are a thousand at most: the oldest goes", () => {
    const tokens = new VerifiedTokens();
    for (let i = 0; i <= 1_000; i++) tokens.keep(`token ${i}`, principal(NOW), NOW - 1_000);
    expect(tokens.size).toBe(1_000);
    expect(tokens.of("token 0", NOW - 500)).toBeNull();
    expect(tokens.of("token 1000", NOW - 500)).not.toBeNull();
  });

  it("do not outlive their end, nor vouch for a token that differs in its signature", async () => {
    const tenant = await newTenant();
    const at = (nowMs: number) => ({
      env,
      config: configOf(env),
      clock: { nowMs: () => nowMs },
      random: secureRandom,
    });
    const { expiresAt } = await verifyAccessToken(at(Date.now()), tenant.token);
    const again = await verifyAccessToken(at(Date.now()), tenant.token);
    expect(again).toMatchObject({ tenantId: tenant.tenantId, clientId: tenant.clientId });
    await expect(verifyAccessToken(at(expiresAt * 1000 + 1), tenant.token)).rejects.toThrow();
    const cut = tenant.token.lastIndexOf(".") + 5;
    const forged = `${tenant.token.slice(0, cut)}${tenant.token[cut] === "A" ? "B" : "A"}${tenant.token.slice(cut + 1)}`;
    await expect(verifyAccessToken(at(Date.now()), forged)).rejects.toThrow();
  });
});
