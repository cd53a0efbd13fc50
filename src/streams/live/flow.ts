import { LIVE_LIMITS } from "./limits";

/** How much may be under way to one reader. Plain data: it is kept with the connection through hibernation. */
export interface Flow {
  /** Of the last message sent; they are numbered from 1. */
  seq: number;
  /** The reader acknowledges: from its first `ack` on. */
  acknowledges: boolean;
  /** Lengths of the last messages that are not acknowledged, the newest (of `seq`) at the end. */
  unacknowledged: number[];
  /** What a silent reader may still be sent, as of `atMs`. It may fall below zero by a message that was due. */
  allowance: number;
  atMs: number;
}

const { unacknowledged: WINDOW, silent: SILENT } = LIVE_LIMITS;

export const newFlow = (nowMs: number): Flow => ({
  seq: 0,
  acknowledges: false,
  unacknowledged: [],
  allowance: SILENT.chars,
  atMs: nowMs,
});

/** Characters that may be sent now. */
export function room(flow: Flow, nowMs: number): number {
  if (!flow.acknowledges) return refilled(flow, nowMs);
  if (flow.unacknowledged.length >= WINDOW.messages) return 0;
  return WINDOW.chars - flow.unacknowledged.reduce((sum, chars) => sum + chars, 0);
}

/** Counts a message that is sent under the number `seq + 1`. */
export function sent(flow: Flow, chars: number, nowMs: number): void {
  flow.allowance = refilled(flow, nowMs) - chars;
  flow.atMs = nowMs;
  flow.seq++;
  flow.unacknowledged.push(chars);
  // Kept also for a silent reader, whose first acknowledgement may leave some of them open.
  if (flow.unacknowledged.length > WINDOW.messages) flow.unacknowledged.shift();
}

/** Takes an acknowledgement of all messages up to `seq`; false where no such message was sent. */
export function acknowledged(flow: Flow, seq: number): boolean {
  if (seq > flow.seq) return false;
  flow.acknowledges = true;
  const open = Math.min(flow.unacknowledged.length, flow.seq - seq);
  flow.unacknowledged.splice(0, flow.unacknowledged.length - open);
  return true;
}

function refilled(flow: Flow, nowMs: number): number {
  const earned = (Math.max(0, nowMs - flow.atMs) / 1_000) * SILENT.charsPerSecond;
  return Math.min(SILENT.chars, flow.allowance + earned);
}
