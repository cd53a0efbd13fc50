import { z } from "zod";
import { endpoint, type Router, reply } from "../platform/http/endpoint";
import { connect, issueTicket } from "./connect";
import { eventsSchema, ticketSchema } from "./contract";
import { eventStream, eventsSince } from "./events";

const seq = z.coerce.number().int().nonnegative();

export function notificationRoutes(router: Router): void {
  endpoint(
    router,
    {
      method: "get",
      path: "/api/ws",
      operationId: "connect",
      tag: "Notifications",
      access: "stream:read",
      summary: "The native WebSocket",
      description:
        "Token in Authorization, as the subprotocol `bearer.<jwt>` beside `stratosmesh.v1`, or as `?ticket=`.",
      query: z.strictObject({ ticket: z.string().max(300).optional() }),
      responses: { 101: { description: "Connected" } },
    },
    (ctx, { raw }) => connect(ctx, raw),
  );
  endpoint(
    router,
    {
      method: "post",
      path: "/api/ws/ticket",
      operationId: "issueTicket",
      tag: "Notifications",
      access: "stream:read",
      summary: "A ticket of one use for the WebSocket",
      responses: { 200: { description: "Good once, for 30 seconds", schema: ticketSchema } },
    },
    async (ctx) => reply(200, await issueTicket(ctx), { "cache-control": "no-store" }),
  );
  endpoint(
    router,
    {
      method: "get",
      path: "/api/events",
      operationId: "listEvents",
      tag: "Notifications",
      access: "stream:read",
      summary: "The events after `since`, as JSON or as server-sent events",
      query: z.strictObject({
        since: seq.default(0),
        limit: z.coerce.number().int().min(1).max(1_000).default(100),
      }),
      responses: {
        200: {
          description: "Events in order of seq",
          content: { "application/json": eventsSchema, "text/event-stream": z.string() },
        },
      },
    },
    async (ctx, { query, raw }) => {
      if (!(raw.headers.get("accept") ?? "").includes("text/event-stream")) {
        return reply(200, await eventsSince(ctx, query.since, query.limit));
      }
      const last = seq.safeParse(raw.headers.get("last-event-id") ?? query.since);
      return eventStream(ctx, last.success ? last.data : query.since);
    },
  );
}
