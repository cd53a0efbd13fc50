import { CLOSE, EXPIRY_WARNING_MS } from "../../src/notifications/contract";

/** The part of a socket's attachment that says until when it may stay: its token's end. */
export interface Expiring {
  expiresMs: number;
  warned: boolean;
}

export function send(socket: WebSocket, text: string): void {
  try {
    socket.send(text);
  } catch {
    // It is closing: nobody reads this any more.
  }
}

export function close(socket: WebSocket, code: number, reason: string): void {
  try {
    socket.close(code, reason);
  } catch {
    // Closed already.
  }
}

/** Warns of tokens that near their end, once, and closes the sockets of those that have reached it. */
export function enforceExpiry(sockets: readonly WebSocket[], nowMs: number): void {
  for (const socket of sockets) {
    const attachment = expiringOf(socket);
    if (nowMs >= attachment.expiresMs) close(socket, CLOSE.tokenExpired, "the token has expired");
    else if (!attachment.warned && nowMs >= attachment.expiresMs - EXPIRY_WARNING_MS) {
      socket.serializeAttachment({ ...attachment, warned: true });
      const expiresAt = new Date(attachment.expiresMs).toISOString();
      send(socket, JSON.stringify({ type: "token_expiring", expires_at: expiresAt }));
    }
  }
}

/** When {@link enforceExpiry} has something to do next; null where no socket is open. */
export function nextExpiryMs(sockets: readonly WebSocket[]): number | null {
  let next: number | null = null;
  for (const socket of sockets) {
    if (socket.readyState !== WebSocket.OPEN) continue;
    const { expiresMs, warned } = expiringOf(socket);
    const due = warned ? expiresMs : expiresMs - EXPIRY_WARNING_MS;
    if (next === null || due < next) next = due;
  }
  return next;
}

/** Every socket of our objects has an attachment that extends this. */
const expiringOf = (socket: WebSocket): Expiring => socket.deserializeAttachment() as Expiring;
