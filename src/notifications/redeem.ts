import { equalBytes, utf8 } from "../core/bytes";
import { fail } from "../core/errors";
import type { Context, Principal } from "../platform/context";
import { hubObject } from "../platform/objects";
import { ticketMac } from "./connect";

/** The principal for whom a ticket was issued; a ticket is good once, for 30 seconds. */
export async function redeemTicket(ctx: Pick<Context, "env" | "config">, ticket: string): Promise<Principal> {
  const match = /^smt_([0-9a-f-]{36})\.([0-9a-f]{64})\.([0-9a-f]{64})$/.exec(ticket);
  const [, tenantId = "", secret = "", mac = ""] = match ?? [];
  const ours = match !== null && equalBytes(utf8(mac), utf8(await ticketMac(ctx.config, tenantId, secret)));
  const principal = ours ? await hubObject(ctx.env, tenantId).redeemTicket(secret) : null;
  if (principal === null) throw fail("unauthorized", "The ticket is not valid, was used, or has expired.");
  return JSON.parse(principal) as Principal;
}
