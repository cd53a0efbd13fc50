import type { TenantContext } from "../platform/context";
import { hubObject } from "../platform/objects";

const POLL_MS = 1_000;
/** An event stream ends after this long; EventSource comes back by itself, with Last-Event-ID. */
const STREAM_MS = 60_000;
const PAGE = 500;

/** GET /api/events as JSON: what came after `since`. */
export async function eventsSince(ctx: TenantContext, since: number, limit: number) {
  const page = await hubObject(ctx.env, ctx.principal.tenantId).since(since, limit);
  return {
    events: page.events.map(({ event }) => JSON.parse(event) as Record<string, unknown>),
    next_since: page.events.at(-1)?.seq ?? since,
    gap: page.gap,
  };
}

/** The same as server-sent events, for a minute at a time. */
export function eventStream(ctx: TenantContext, since: number): Response {
  const hub = hubObject(ctx.env, ctx.principal.tenantId);
  const { readable, writable } = new IdentityTransformStream();
  const writer = writable.getWriter();
  const text = new TextEncoder();
  const pump = async () => {
    let seen = since;
    await writer.write(text.encode(`retry: ${POLL_MS}\n\n`));
    for (let waited = 0; waited < STREAM_MS; waited += POLL_MS) {
      const page = await hub.since(seen, PAGE);
      for (const { seq, event } of page.events) {
        await writer.write(text.encode(`id: ${seq}\ndata: ${event}\n\n`));
        seen = seq;
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    await writer.close();
  };
  // A reader that went away is no error of ours.
  ctx.waitUntil(pump().catch(() => writer.abort().catch(() => undefined)));
  return new Response(readable, {
    headers: { "content-type": "text/event-stream", "cache-control": "no-store" },
  });
}
