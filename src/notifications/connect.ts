import { hex } from "../core/bytes";
import { fail } from "../core/errors";
import type { Config } from "../env";
import type { TenantContext } from "../platform/context";
import { hubObject } from "../platform/objects";
import { keyedHash } from "../platform/secrets";
import { SUBPROTOCOL, TICKET_SECONDS } from "./contract";

/** Headers by which the Worker tells the hub whom it has verified. The hub is reached by nobody else. */
export const SOCKET_HEADERS = { tenant: "x-socket-tenant", expires: "x-socket-expires" } as const;

/** The token that an upgrade carries in its subprotocols (`stratosmesh.v1, bearer.<jwt>`): browsers cannot set a header. */
export function subprotocolToken(request: Request): string | null {
  const offered = (request.headers.get("sec-websocket-protocol") ?? "").split(",").map((name) => name.trim());
  return offered.find((name) => name.startsWith("bearer."))?.slice("bearer.".length) ?? null;
}

export const isUpgrade = (request: Request): boolean =>
  request.headers.get("upgrade")?.toLowerCase() === "websocket";

/** GET /api/ws: hands the upgrade to the tenant's hub. */
export async function connect(ctx: TenantContext, request: Request): Promise<Response> {
  if (!isUpgrade(request))
    throw fail(
      "upgrade_required",
      "This address takes WebSocket upgrades; GET /api/events gives the same events.",
    );
  const { tenantId, expiresAt } = ctx.principal;
  const headers = new Headers({
    upgrade: "websocket",
    [SOCKET_HEADERS.tenant]: tenantId,
    [SOCKET_HEADERS.expires]: String(expiresAt),
  });
  const offers = (request.headers.get("sec-websocket-protocol") ?? "").split(",").map((name) => name.trim());
  if (offers.includes(SUBPROTOCOL)) headers.set("sec-websocket-protocol", SUBPROTOCOL);
  return hubObject(ctx.env, tenantId).fetch("https://hub/socket", { headers });
}

/** Binds a ticket to its tenant: a forged one is refused in the Worker and wakes no object. */
export const ticketMac = (config: Config, tenantId: string, secret: string): Promise<string> =>
  keyedHash(config, "ws-ticket", `${tenantId}\n${secret}`);

/** POST /api/ws/ticket: a ticket of one use, for where neither a header nor a subprotocol can be set. */
export async function issueTicket(ctx: TenantContext): Promise<{ ticket: string; expires_in: number }> {
  const secret = hex(ctx.random(32));
  const mac = await ticketMac(ctx.config, ctx.principal.tenantId, secret);
  await hubObject(ctx.env, ctx.principal.tenantId).issueTicket(
    secret,
    JSON.stringify(ctx.principal),
    ctx.clock.nowMs() + TICKET_SECONDS * 1000,
  );
  return { ticket: `smt_${ctx.principal.tenantId}.${secret}.${mac}`, expires_in: TICKET_SECONDS };
}
