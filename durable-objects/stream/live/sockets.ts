import type { Failure } from "../../../src/core/errors";
import { CLOSE, SUBPROTOCOL } from "../../../src/notifications/contract";
import { STATUS } from "../../../src/platform/http/status";
import type { Frame } from "../../../src/streams/frame";
import { FanOut, type Subscriber, type Timing } from "../../../src/streams/live/fan-out";
import { filterKey, type LiveFilter } from "../../../src/streams/live/filter";
import { type Flow, newFlow } from "../../../src/streams/live/flow";
import type { Gap } from "../../../src/streams/live/gap";
import { LIVE_LIMITS } from "../../../src/streams/live/limits";
import { errorMessage, type LiveMessage, readMessage } from "../../../src/streams/live/messages";
import type { LiveRequest } from "../../../src/streams/live/request";
import { close, type Expiring, enforceExpiry, nextExpiryMs, send } from "../../shared/sockets";
import type { LiveHost, LiveSender } from "./host";
import { LiveInbox } from "./inbox";

/** What a socket is, kept with it through hibernation. */
interface Attachment extends Expiring, LiveSender {
  filter: LiveFilter;
  flow: Flow;
  gap: Gap | null;
}

/** Codes of RFC 6455, section 7.4.1. */
const CLOSE_POLICY = 1008;
const CLOSE_FAILED = 1011;

/** Tells these sockets from others that the object may have. */
const TAG = "live";

type SocketState = Pick<DurableObjectState, "acceptWebSocket" | "getWebSockets" | "setWebSocketAutoResponse">;

const systemTiming: Timing = {
  nowMs: () => Date.now(),
  after: (ms, run) => void setTimeout(run, ms),
};

/**
 * The live sockets of a stream (GET /api/stream/{id}/live). All of them hibernate; what is in memory is rebuilt from
 * their attachments, but for the newest rows, which become a gap where somebody still waited for them.
 */
export class LiveSockets {
  private readonly fanOut: FanOut;
  private readonly bySocket = new Map<WebSocket, Subscriber>();
  private readonly inbox: LiveInbox;

  constructor(
    private readonly ctx: SocketState,
    private readonly host: LiveHost,
    private readonly timing: Timing = systemTiming,
  ) {
    this.fanOut = new FanOut(timing);
    this.inbox = new LiveInbox(host);
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair('{"type":"ping"}', '{"type":"pong"}'));
    for (const socket of ctx.getWebSockets(TAG)) if (socket.readyState === WebSocket.OPEN) this.join(socket);
  }

  /** The upgrade. Ask {@link next} afterwards. A refusal carries its {@link Failure} as JSON. */
  accept(request: LiveRequest, offeredProtocols: string | null = null): Response {
    if (this.bySocket.size >= LIVE_LIMITS.sockets) return refused(tooManySockets());
    const { principal, streamId, filter } = request;
    const [client, server] = Object.values(new WebSocketPair()) as [WebSocket, WebSocket];
    this.ctx.acceptWebSocket(server, [TAG]);
    const expiresMs = principal.expiresAt * 1_000;
    const flow = newFlow(this.timing.nowMs());
    attach(server, { principal, streamId, expiresMs, warned: false, filter, flow, gap: null });
    this.join(server);
    send(
      server,
      JSON.stringify({
        type: "hello",
        stream_id: streamId,
        seq: flow.seq,
        expires_at: new Date(expiresMs).toISOString(),
        can_write: principal.scopes.includes("stream:write"),
        ...filter,
      }),
    );
    const offers = (offeredProtocols ?? "").split(",").map((name) => name.trim());
    const headers: HeadersInit = offers.includes(SUBPROTOCOL)
      ? { "sec-websocket-protocol": SUBPROTOCOL }
      : {};
    return new Response(null, { status: 101, webSocket: client, headers });
  }

  /** Tells of rows that are durable, their times given; the frame is held and must not change. Free where nobody listens. */
  points(frame: Frame): void {
    this.fanOut.points(frame);
  }

  /** Tells of an alert at once; `event` is JSON. */
  alert(event: string): void {
    this.fanOut.alert(event);
  }

  /** A message of a client; what comes while its socket closes is not read. */
  async message(socket: WebSocket, data: string | ArrayBuffer): Promise<void> {
    if (!this.owns(socket)) return;
    const attachment = attachmentOf(socket);
    if (this.timing.nowMs() >= attachment.expiresMs)
      return this.end(socket, CLOSE.tokenExpired, "the token has expired");
    const read = readMessage(data);
    const failure = read.ok ? await this.carryOut(socket, attachment, read.value) : read.failure;
    const id = read.ok && read.value.type === "points" ? read.value.id : null;
    if (failure) send(socket, errorMessage(failure, id));
    if (this.inbox.isAbusive(socket, failure))
      this.end(socket, CLOSE_POLICY, "too many messages in a row were refused");
  }

  /** Whether a socket of the object is one of these, and open. */
  owns(socket: WebSocket): boolean {
    return this.bySocket.has(socket);
  }

  /** The socket is closed or closing (webSocketClose). */
  closed(socket: WebSocket): void {
    const subscriber = this.bySocket.get(socket);
    if (subscriber) this.fanOut.leave(subscriber);
    this.bySocket.delete(socket);
  }

  /** The connection broke (webSocketError). */
  failed(socket: WebSocket): void {
    this.end(socket, CLOSE_FAILED, "the connection failed");
  }

  /** Closes all of them, as for what was erased, and gives their number. */
  closeAll(code: number = CLOSE.erased, reason = "the stream was erased"): number {
    const sockets = [...this.bySocket.keys()];
    for (const socket of sockets) this.end(socket, code, reason);
    return sockets.length;
  }

  /** When the object's alarm must ring for them (ms), or null. */
  next(): number | null {
    return nextExpiryMs([...this.bySocket.keys()]);
  }

  /** To be called by the alarm: warns of tokens that near their end and closes at it. */
  due(nowMs: number): void {
    const sockets = [...this.bySocket.keys()];
    enforceExpiry(sockets, nowMs);
    for (const socket of sockets) if (socket.readyState !== WebSocket.OPEN) this.closed(socket);
  }

  /** Does what a message asks, or gives why not. */
  private async carryOut(
    socket: WebSocket,
    { principal, streamId }: Attachment,
    message: LiveMessage,
  ): Promise<Failure | null> {
    switch (message.type) {
      case "ping":
        send(socket, '{"type":"pong"}');
        return null;
      case "ack": {
        const subscriber = this.bySocket.get(socket);
        if (!subscriber || this.fanOut.acknowledge(subscriber, message.seq)) return null;
        return { code: "invalid_request", detail: `No message ${message.seq} was sent.` };
      }
      case "renew":
        return this.renew(socket, principal.tenantId, message.token);
      case "points":
        return this.inbox.take(socket, { principal, streamId }, message);
    }
  }

  private async renew(socket: WebSocket, tenantId: string, token: string): Promise<Failure | null> {
    const renewed = await this.host.verify(token);
    if (renewed?.tenantId !== tenantId || !renewed.scopes.includes("stream:read"))
      return { code: "unauthorized", detail: "The token is not valid for this connection." };
    const expiresMs = renewed.expiresAt * 1_000;
    attach(socket, { ...attachmentOf(socket), principal: renewed, expiresMs, warned: false });
    await this.host.reschedule();
    send(socket, JSON.stringify({ type: "renewed", expires_at: new Date(expiresMs).toISOString() }));
    return null;
  }

  private end(socket: WebSocket, code: number, reason: string): void {
    this.closed(socket);
    close(socket, code, reason);
  }

  private join(socket: WebSocket): void {
    const { filter, flow, gap } = attachmentOf(socket);
    const subscriber: Subscriber = {
      filter,
      key: filterKey(filter),
      flow,
      gap,
      next: 0,
      send: (text) => {
        // The alarm closes it; until then a token that has ended shows nothing more.
        if (this.timing.nowMs() < attachmentOf(socket).expiresMs) send(socket, text);
      },
      save: (missed) => attach(socket, { ...attachmentOf(socket), flow, gap: missed }),
    };
    this.bySocket.set(socket, subscriber);
    this.fanOut.join(subscriber);
  }
}

/** Only {@link attach} and `enforceExpiry` write attachments, so that what comes back is one. */
const attachmentOf = (socket: WebSocket): Attachment => socket.deserializeAttachment() as Attachment;
const attach = (socket: WebSocket, attachment: Attachment): void => socket.serializeAttachment(attachment);

const tooManySockets = (): Failure => ({
  code: "rate_limited",
  detail: `The stream has ${LIVE_LIMITS.sockets} live connections already; close some or follow /api/ws.`,
  retryAfterSeconds: 30,
});

const refused = (failure: Failure): Response => Response.json(failure, { status: STATUS[failure.code] });
