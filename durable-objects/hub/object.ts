import { DurableObject } from "cloudflare:workers";
import { verifyAccessToken } from "../../src/auth";
import { systemClock } from "../../src/core/clock";
import { secureRandom } from "../../src/core/ids";
import { ok, type Result } from "../../src/core/result";
import { configOf } from "../../src/env";
import { changed, hears, noSubscription, SOCKET_HEADERS, topicOf } from "../../src/notifications";
import {
  CLOSE,
  type ClientMessage,
  clientMessageSchema,
  type PublishedEvent,
  SOCKET_LIMITS,
  SUBPROTOCOL,
  type Subscription,
} from "../../src/notifications/contract";
import { close, type Expiring, enforceExpiry, nextExpiryMs, send } from "../shared/sockets";
import { EventLog } from "./event-log";

/** What a socket is, kept with it through hibernation. What one misses while it closes, its client asks for with `since`. */
interface Attachment extends Expiring {
  tenantId: string;
  subscription: Subscription;
}

const REPLAY_PAGE = 1_000;

/** One a tenant: the event log and the native WebSockets. All sockets hibernate; a slow or broken one harms nobody else. */
export class HubObject extends DurableObject<Env> {
  private readonly log: EventLog;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.log = new EventLog(ctx.storage.sql);
    ctx.storage.sql.exec(
      "CREATE TABLE IF NOT EXISTS tickets(secret TEXT PRIMARY KEY, principal TEXT NOT NULL, expires_ms INTEGER NOT NULL)",
    );
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair('{"type":"ping"}', '{"type":"pong"}'));
  }

  /** Keeps and spreads events, each mark of a source once. */
  publish(call: { tenantId: string; source: string; events: PublishedEvent[] }): Result<{ mark: number }> {
    const kept = this.ctx.storage.transactionSync(() => this.log.append(call.source, call.events));
    for (const { event } of kept) {
      const topic = topicOf(JSON.parse(event));
      for (const socket of this.ctx.getWebSockets()) {
        const { subscription, expiresMs } = attachmentOf(socket);
        if (Date.now() < expiresMs && hears(subscription, topic)) send(socket, event);
      }
    }
    return ok({ mark: call.events.at(-1)?.mark ?? 0 });
  }

  since(seq: number, limit: number) {
    return this.log.since(seq, limit);
  }

  issueTicket(secret: string, principal: string, expiresMs: number): void {
    this.ctx.storage.sql.exec("DELETE FROM tickets WHERE expires_ms < ?", Date.now());
    this.ctx.storage.sql.exec("INSERT INTO tickets VALUES(?,?,?)", secret, principal, expiresMs);
  }

  redeemTicket(secret: string): string | null {
    const row = this.ctx.storage.sql
      .exec<{ principal: string; expires_ms: number }>(
        "DELETE FROM tickets WHERE secret = ? RETURNING principal, expires_ms",
        secret,
      )
      .toArray()[0];
    return row && row.expires_ms >= Date.now() ? row.principal : null;
  }

  /** Everything of the tenant goes; its sockets are closed. */
  async erase(): Promise<{ events: number; sockets: number }> {
    const events = this.log.count();
    const sockets = this.ctx.getWebSockets();
    for (const socket of sockets) close(socket, CLOSE.erased, "the tenant's data were erased");
    // seq goes on where it was: a subscriber's `since` must not name other events than before.
    this.ctx.storage.sql.exec("DELETE FROM events");
    this.ctx.storage.sql.exec("DELETE FROM marks");
    this.ctx.storage.sql.exec("DELETE FROM tickets");
    return { events, sockets: sockets.length };
  }

  override async fetch(request: Request): Promise<Response> {
    const tenantId = request.headers.get(SOCKET_HEADERS.tenant)!;
    const expiresMs = Number(request.headers.get(SOCKET_HEADERS.expires)) * 1000;
    const [client, server] = Object.values(new WebSocketPair()) as [WebSocket, WebSocket];
    this.ctx.acceptWebSocket(server);
    attach(server, { tenantId, expiresMs, warned: false, subscription: noSubscription() });
    await this.schedule();
    send(
      server,
      JSON.stringify({
        type: "welcome",
        seq: this.log.last(),
        expires_at: new Date(expiresMs).toISOString(),
      }),
    );
    const protocol = request.headers.get("sec-websocket-protocol");
    return new Response(null, {
      status: 101,
      webSocket: client,
      ...(protocol ? { headers: { "sec-websocket-protocol": SUBPROTOCOL } } : {}),
    });
  }

  override async webSocketMessage(socket: WebSocket, data: string | ArrayBuffer): Promise<void> {
    if (typeof data !== "string" || data.length > SOCKET_LIMITS.messageBytes) {
      return close(
        socket,
        CLOSE.tooLarge,
        `a message is text of at most ${SOCKET_LIMITS.messageBytes} characters`,
      );
    }
    const message = parse(data);
    if (!message) return sendError(socket, "invalid_message", "The message is not of a known type or shape.");
    if (message.type === "ping") return send(socket, '{"type":"pong"}');
    if (message.type === "renew") return this.renew(socket, message.token);
    const attachment = attachmentOf(socket);
    const subscription = changed(attachment.subscription, message, SOCKET_LIMITS.names);
    if (!subscription)
      return sendError(
        socket,
        "too_many_subscriptions",
        `At most ${SOCKET_LIMITS.names} streams and strategies.`,
      );
    attach(socket, { ...attachment, subscription });
    send(socket, JSON.stringify({ type: "subscribed", ...subscription, seq: this.log.last() }));
    if (message.type === "subscribe" && message.since !== undefined)
      this.replay(socket, subscription, message.since);
  }

  override webSocketError(socket: WebSocket): void {
    close(socket, 1011, "the connection failed");
  }

  /** The one alarm of this object: tokens that near their end, and those that have reached it. */
  override async alarm(): Promise<void> {
    enforceExpiry(this.ctx.getWebSockets(), Date.now());
    await this.schedule();
  }

  private async renew(socket: WebSocket, token: string): Promise<void> {
    const attachment = attachmentOf(socket);
    const ctx = { env: this.env, config: configOf(this.env), clock: systemClock, random: secureRandom };
    const principal = await verifyAccessToken(ctx, token).catch(() => null);
    if (principal?.tenantId !== attachment.tenantId || !principal.scopes.includes("stream:read"))
      return sendError(socket, "unauthorized", "The token is not valid for this connection.");
    const expiresMs = principal.expiresAt * 1000;
    attach(socket, { ...attachmentOf(socket), expiresMs, warned: false });
    await this.schedule();
    send(socket, JSON.stringify({ type: "renewed", expires_at: new Date(expiresMs).toISOString() }));
  }

  private replay(socket: WebSocket, subscription: Subscription, since: number): void {
    let seen = since;
    const first = this.log.since(seen, REPLAY_PAGE);
    if (first.gap) send(socket, JSON.stringify({ type: "gap", since, next: first.events[0]?.seq ?? since }));
    for (let page = first; page.events.length > 0; page = this.log.since(seen, REPLAY_PAGE)) {
      for (const { event } of page.events)
        if (hears(subscription, topicOf(JSON.parse(event)))) send(socket, event);
      seen = page.events.at(-1)!.seq;
    }
  }

  private async schedule(): Promise<void> {
    const next = nextExpiryMs(this.ctx.getWebSockets());
    const set = await this.ctx.storage.getAlarm();
    if (next !== null && (set === null || next < set)) await this.ctx.storage.setAlarm(next);
  }
}

/** Only {@link attach} and `enforceExpiry` write attachments, so that what comes back is one. */
const attachmentOf = (socket: WebSocket): Attachment => socket.deserializeAttachment() as Attachment;
const attach = (socket: WebSocket, attachment: Attachment): void => socket.serializeAttachment(attachment);

function parse(text: string): ClientMessage | null {
  try {
    const result = clientMessageSchema.safeParse(JSON.parse(text));
    return result.success ? result.data : null;
  } catch {
    return null;
  }
}

const sendError = (socket: WebSocket, code: string, message: string): void =>
  send(socket, JSON.stringify({ type: "error", code, message }));
