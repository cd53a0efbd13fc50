import { fail } from "../core/errors";
import type { Context, Principal } from "../platform/context";
import { hubObject } from "../platform/objects";

/** The principal for whom a ticket was issued; a ticket is good once, for 30 seconds. */
export async function redeemTicket(ctx: Pick<Context, "env">, ticket: string): Promise<Principal> {
  const match = /^smt_([0-9a-f-]{36})\.([0-9a-f]{64})$/.exec(ticket);
  const principal = match ? await hubObject(ctx.env, match[1]!).redeemTicket(match[2]!) : null;
  if (principal === null) throw fail("unauthorized", "The ticket is not valid, was used, or has expired.");
  return JSON.parse(principal) as Principal;
}
