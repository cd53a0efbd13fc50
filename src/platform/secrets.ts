import { hex, utf8 } from "../core/bytes";
import type { Config } from "../env";

/** What keys are derived for. A new purpose gets a new name; a name is never used for two things. */
export type KeyPurpose = "client-secret" | "refresh-token" | "signing-key" | "data-key" | "ws-ticket";

const derived = new WeakMap<Config, Map<string, Promise<CryptoKey>>>();

function derive(config: Config, purpose: KeyPurpose, algorithm: "HMAC" | "AES-GCM"): Promise<CryptoKey> {
  const keys = derived.get(config) ?? new Map<string, Promise<CryptoKey>>();
  derived.set(config, keys);
  const known = keys.get(purpose);
  if (known) return known;
  const key = deriveNow(config, purpose, algorithm);
  keys.set(purpose, key);
  return key;
}

/** HKDF-SHA-256 (RFC 5869) of the master key, with the purpose as info. */
async function deriveNow(
  config: Config,
  purpose: KeyPurpose,
  algorithm: "HMAC" | "AES-GCM",
): Promise<CryptoKey> {
  const master = await crypto.subtle.importKey("raw", config.MASTER_KEY, "HKDF", false, ["deriveKey"]);
  const params = {
    name: "HKDF",
    hash: "SHA-256",
    salt: new Uint8Array(0),
    info: utf8(`stratosmesh/${purpose}`),
  };
  return algorithm === "HMAC"
    ? crypto.subtle.deriveKey(params, master, { name: "HMAC", hash: "SHA-256", length: 256 }, false, [
        "sign",
        "verify",
      ])
    : crypto.subtle.deriveKey(params, master, { name: "AES-GCM", length: 256 }, false, [
        "encrypt",
        "decrypt",
      ]);
}

export const macKey = (config: Config, purpose: KeyPurpose) => derive(config, purpose, "HMAC");
export const wrappingKey = (config: Config, purpose: KeyPurpose) => derive(config, purpose, "AES-GCM");

/** A keyed hash: what is stored of a secret of 256 bits, which needs no slow hash. */
export async function keyedHash(config: Config, purpose: KeyPurpose, text: string): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.sign("HMAC", await macKey(config, purpose), utf8(text))));
}
