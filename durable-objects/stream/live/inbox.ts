import type { ErrorCode, Failure } from "../../../src/core/errors";
import { LIVE_LIMITS } from "../../../src/streams/live/limits";
import { errorMessage, type LiveMessage, readReadings } from "../../../src/streams/live/messages";
import { send } from "../../shared/sockets";
import type { LiveHost, LiveSender } from "./host";

/** What a sender that means well does not get many times in a row. To have to wait is not quite one. */
const FAULTS: readonly ErrorCode[] = [
  "invalid_json",
  "invalid_request",
  "payload_too_large",
  "no_valid_rows",
  "insufficient_scope",
  "unauthorized",
];

/**
 * Readings that come in through sockets. Memory only: how many messages wait to be stored, and how many in a row were
 * refused; an eviction means that none waits.
 */
export class LiveInbox {
  private readonly refusals = new WeakMap<WebSocket, number>();
  private readonly waiting = new WeakMap<WebSocket, number>();
  private waitingInAll = 0;

  constructor(private readonly host: Pick<LiveHost, "append">) {}

  /** Stores the readings of a message and acknowledges it, or gives why not. */
  async take(
    socket: WebSocket,
    sender: LiveSender,
    { id, body }: Extract<LiveMessage, { type: "points" }>,
  ): Promise<Failure | null> {
    if (!sender.principal.scopes.includes("stream:write"))
      return { code: "insufficient_scope", detail: "The token needs the scope stream:write." };
    const waiting = this.waiting.get(socket) ?? 0;
    if (waiting >= LIVE_LIMITS.inFlightPerSocket || this.waitingInAll >= LIVE_LIMITS.inFlight) {
      const detail = `At most ${LIVE_LIMITS.inFlightPerSocket} messages may wait for their acknowledgement.`;
      return { code: "rate_limited", detail, retryAfterSeconds: 1 };
    }
    const readings = readReadings(body);
    if (!readings.ok) return readings.failure;
    const { frame, rejected, errors } = readings.value;
    this.wait(socket, 1);
    try {
      const stored = await this.host.append(sender, frame, rejected);
      if (!stored.ok) return stored.failure;
      const { accepted, updated, duplicates } = stored.value;
      const counts = { accepted, updated, duplicates, rejected };
      send(socket, JSON.stringify({ type: "ack", ...(id === null ? {} : { id }), ...counts, errors }));
      return null;
    } catch (error) {
      const detail = "The message failed on our side; send it again.";
      send(socket, errorMessage({ code: "internal", detail }, id));
      throw error;
    } finally {
      this.wait(socket, -1);
    }
  }

  /** Weighs refusals in a row, whose answers nobody may be reading; true when it is time to close. */
  isAbusive(socket: WebSocket, failure: Failure | null): boolean {
    const { fault, wait, most } = LIVE_LIMITS.refusals;
    const weight = failure === null ? 0 : FAULTS.includes(failure.code) ? fault : wait;
    const refusals = weight === 0 ? 0 : (this.refusals.get(socket) ?? 0) + weight;
    this.refusals.set(socket, refusals);
    return refusals > most;
  }

  private wait(socket: WebSocket, more: 1 | -1): void {
    this.waiting.set(socket, (this.waiting.get(socket) ?? 0) + more);
    this.waitingInAll += more;
  }
}
