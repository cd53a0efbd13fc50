import { fitsUtf8, hex, utf8 } from "../core/bytes";
import { fail } from "../core/errors";
import { unwrap } from "../core/result";
import type { TenantContext } from "./context";
import type { Reply } from "./http/endpoint";
import { tenantObject } from "./objects";

/** How long a first answer is kept and replayed. */
export const IDEMPOTENCY_KEPT_MS = 24 * 3_600_000;
/** Larger answers are not kept: a repeat is answered 409 while the first counts as running, and runs again after that. */
const REPLY_BYTES = 1_000_000;

export interface IdempotentRequest {
  key: string;
  /** What the key is unique for beside the tenant: method and path (and with them the stream). */
  scope: string;
  /** A digest of the body: another body under the same key is a mistake of the caller's. */
  fingerprint: string;
}

/** The state of a key when a request with it arrives. */
export type IdempotencyState =
  | { state: "new" }
  | { state: "running" }
  | { state: "reused" }
  | { state: "done"; status: number; body: string; headers: string };

export async function fingerprintOf(text: string): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(text))));
}

export function checkedKey(key: string): string {
  if (/^[\x21-\x7e]{1,255}$/.test(key)) return key;
  throw fail("invalid_request", "Idempotency-Key must be 1 to 255 printable ASCII characters.", {
    errors: [{ pointer: "#/header/Idempotency-Key", message: "1 to 255 printable ASCII characters" }],
  });
}

/** Runs `work` once for a key and body; a second call gets the first answer with `Idempotency-Replayed: true`. */
export async function runIdempotent(
  ctx: TenantContext,
  request: IdempotentRequest,
  work: () => Promise<Reply | Response>,
): Promise<Reply | Response> {
  const tenant = tenantObject(ctx.env, ctx.principal.tenantId);
  const id = `${request.scope} ${checkedKey(request.key)}`;
  const before = unwrap<IdempotencyState>(await tenant.beginIdempotent(id, request.fingerprint));
  switch (before.state) {
    case "running":
      throw fail("idempotency_in_progress", "The first request with this Idempotency-Key has not finished.");
    case "reused":
      throw fail("idempotency_key_reused", "This Idempotency-Key was used with another body.");
    case "done":
      return {
        status: before.status,
        ...(before.body === "" ? {} : { body: JSON.parse(before.body) }),
        headers: { ...JSON.parse(before.headers), "Idempotency-Replayed": "true" },
      };
  }
  try {
    const reply = await work();
    if (reply instanceof Response) throw new Error("an idempotent endpoint answers with a Reply");
    const body = reply.body === undefined ? "" : JSON.stringify(reply.body);
    if (fitsUtf8(body, REPLY_BYTES)) {
      await tenant.finishIdempotent(id, reply.status, body, JSON.stringify(reply.headers ?? {}));
    }
    return reply;
  } catch (error) {
    // What failed changed nothing: it is free to be tried again with the same key.
    await tenant.abandonIdempotent(id);
    throw error;
  }
}
