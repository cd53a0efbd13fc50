/**
 * The limits of a live connection. Texts are counted in characters. The platform does not say how much of what was sent
 * still waits for the reader, so all that may wait is bounded here (docs/decisions/2026-11-23-live-sockets.md).
 */
export const LIVE_LIMITS = {
  /** Connections of one stream: all of them hang on one object, whose 128 MB they share. */
  sockets: 500,
  /** At most one frame of points a subscriber in this time: ten a second. */
  slotMs: 100,
  /** Rows of one frame of points and its length. What is over it is counted as dropped, the oldest first. */
  rowsPerMessage: 1_000,
  messageChars: 128_000,
  /** A longer row is not sent live: it is counted as dropped and stays in the stream's data. */
  rowChars: 16_000,
  /** What is kept of the newest rows, once for all subscribers; at least the newest frame. */
  recentRows: 5_000,
  recentBytes: 2_000_000,
  /** With less room than this nothing is sent: many tiny frames help nobody. */
  roomChars: 2_000,
  /** A reader that acknowledges: what may be under way to it. */
  unacknowledged: { messages: 64, chars: 1_000_000 },
  /** A reader that never does: at once, and then per second. In the hour of a token that is at most 30 MB. */
  silent: { chars: 1_000_000, charsPerSecond: 8_000 },
  /** A filter is kept in the connection's attachment, which holds 16 KB. */
  filterChars: 3_000,
  /** A message of readings: as long as a frame may be; and how many may wait to be stored. */
  inboundChars: 1_000_000,
  inFlightPerSocket: 8,
  inFlight: 32,
  /** Weights of messages in a row that were refused, and the sum that closes: 20 faults, or 200 times too early. */
  refusals: { fault: 10, wait: 1, most: 200 },
} as const;
