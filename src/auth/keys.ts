import { desc } from "drizzle-orm";
import { exportJWK, generateKeyPair, importJWK, type JWK } from "jose";
import { base64url, concat, fromBase64, fromUtf8, utf8 } from "../core/bytes";
import { DAY_MS, MINUTE_MS } from "../core/clock";
import type { Context } from "../platform/context";
import { db } from "../platform/db";
import { wrappingKey } from "../platform/secrets";
import { signingKeys } from "./table";

/** A key signs for 30 days and verifies for 30 more: two are live, and no token outlives its key. */
const SIGNS_DAYS = 30;
const VERIFIES_DAYS = 60;
const CACHE_MS = 5 * MINUTE_MS;
/** An unknown kid may be a key that another isolate has just made; looked up at most this often. */
const RELOAD_MS = 10_000;

interface LiveKey {
  kid: string;
  publicJwk: JWK;
  publicKey: CryptoKey;
  privateKey: CryptoKey;
  createdAt: number;
}

type KeyContext = Pick<Context, "env" | "config" | "clock" | "random">;

const cache = new WeakMap<object, { keys: LiveKey[]; loadedAt: number }>();

/** The newest key, made where there is none or the newest is past its time. */
export async function signingKey(ctx: KeyContext): Promise<LiveKey> {
  const newest = (await liveKeys(ctx))[0];
  if (newest && ctx.clock.nowMs() - newest.createdAt < SIGNS_DAYS * DAY_MS) return newest;
  await createKey(ctx);
  const keys = await load(ctx);
  return keys[0]!;
}

export async function verificationKey(ctx: KeyContext, kid: string): Promise<CryptoKey | null> {
  const find = (keys: LiveKey[]) => keys.find((key) => key.kid === kid)?.publicKey ?? null;
  const known = find(await liveKeys(ctx));
  if (known) return known;
  const loadedAt = cache.get(ctx.env.DB)?.loadedAt ?? 0;
  return ctx.clock.nowMs() - loadedAt < RELOAD_MS ? null : find(await load(ctx));
}

/** The JSON Web Key Set (RFC 7517) of the live keys. */
export async function publicKeys(ctx: KeyContext): Promise<{ keys: JWK[] }> {
  await signingKey(ctx);
  return { keys: (await liveKeys(ctx)).map((key) => key.publicJwk) };
}

/** Makes the next key where it is time: the daily schedule. */
export const rotateKeys = async (ctx: KeyContext): Promise<void> => {
  await signingKey(ctx);
};

async function liveKeys(ctx: KeyContext): Promise<LiveKey[]> {
  const cached = cache.get(ctx.env.DB);
  return cached && ctx.clock.nowMs() - cached.loadedAt < CACHE_MS ? cached.keys : load(ctx);
}

async function load(ctx: KeyContext): Promise<LiveKey[]> {
  const now = ctx.clock.nowMs();
  const rows = await db(ctx.env).select().from(signingKeys).orderBy(desc(signingKeys.createdAt)).limit(4);
  const live = rows.filter((row) => now - row.createdAt < VERIFIES_DAYS * DAY_MS);
  const keys = await Promise.all(
    live.map(async (row) => {
      const publicJwk = JSON.parse(row.publicJwk) as JWK;
      const privateJwk = JSON.parse(await open(ctx, row.kid, row.sealedPrivateJwk)) as JWK;
      const publicKey = (await importJWK(publicJwk, "ES256")) as CryptoKey;
      const privateKey = (await importJWK(privateJwk, "ES256")) as CryptoKey;
      return { kid: row.kid, publicJwk, publicKey, privateKey, createdAt: row.createdAt };
    }),
  );
  cache.set(ctx.env.DB, { keys, loadedAt: now });
  return keys;
}

async function createKey(ctx: KeyContext): Promise<void> {
  const pair = await generateKeyPair("ES256", { extractable: true });
  const kid = base64url(ctx.random(12));
  const publicJwk = { ...(await exportJWK(pair.publicKey)), kid, alg: "ES256", use: "sig" };
  const iv = Uint8Array.from(ctx.random(12));
  const sealed = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv, additionalData: utf8(kid) },
    await wrappingKey(ctx.config, "signing-key"),
    utf8(JSON.stringify(await exportJWK(pair.privateKey))),
  );
  await db(ctx.env)
    .insert(signingKeys)
    .values({
      kid,
      publicJwk: JSON.stringify(publicJwk),
      sealedPrivateJwk: base64url(concat([iv, new Uint8Array(sealed)])),
      createdAt: ctx.clock.nowMs(),
    });
}

async function open(ctx: KeyContext, kid: string, sealed: string): Promise<string> {
  const bytes = fromBase64(sealed)!;
  const params = { name: "AES-GCM", iv: bytes.slice(0, 12), additionalData: utf8(kid) };
  const plain = await crypto.subtle.decrypt(
    params,
    await wrappingKey(ctx.config, "signing-key"),
    bytes.slice(12),
  );
  return fromUtf8(new Uint8Array(plain));
}
