import { z } from "zod";

/** Limits of one socket: its subscriptions live in its attachment, which holds 16 KB. */
export const SOCKET_LIMITS = { messageBytes: 8_192, names: 50, nameChars: 128 } as const;
/** Events kept for replay, newest first. */
export const EVENTS_KEPT = 10_000;
export const TICKET_SECONDS = 30;
export const EXPIRY_WARNING_MS = 60_000;
export const SUBPROTOCOL = "stratosmesh.v1";
/** Close codes of ours (4000 to 4999 are an application's own). */
export const CLOSE = { tokenExpired: 4401, erased: 4410, tooLarge: 1009 } as const;

export const LEVELS = ["INFO", "WARNING", "CRITICAL"] as const;

const names = z.array(z.string().min(1).max(SOCKET_LIMITS.nameChars)).max(SOCKET_LIMITS.names);

export const clientMessageSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("subscribe"),
    streams: names.optional(),
    strategies: names.optional(),
    levels: z.array(z.enum(LEVELS)).max(LEVELS.length).optional(),
    since: z.number().int().nonnegative().optional(),
  }),
  z.strictObject({ type: z.literal("unsubscribe"), streams: names.optional(), strategies: names.optional() }),
  z.strictObject({ type: z.literal("renew"), token: z.string().min(1).max(4_096) }),
  z.strictObject({ type: z.literal("ping") }),
]);
export type ClientMessage = z.infer<typeof clientMessageSchema>;

/** What a socket wants to hear. Empty lists: no subscription of that kind; all empty: everything of the tenant. */
export interface Subscription {
  streams: string[];
  strategies: string[];
  levels: string[];
}

/** An event as its source publishes it: JSON without `seq`, which the hub adds. `mark` grows per source. */
export interface PublishedEvent {
  mark: number;
  event: string;
}

export const ticketSchema = z.object({ ticket: z.string(), expires_in: z.number().int() });
export const eventsSchema = z.object({
  events: z.array(
    z.looseObject({ event: z.string(), id: z.string(), seq: z.number().int(), ts: z.string() }),
  ),
  /** The `since` of the next request. */
  next_since: z.number().int(),
  /** True where events after `since` are no longer kept. */
  gap: z.boolean(),
});
