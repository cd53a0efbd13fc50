import { z } from "zod";
import { AppError, type Failure, fail } from "../core/errors";
import type { TenantContext } from "../platform/context";
import { endpoint, type Router } from "../platform/http/endpoint";
import { streamObject } from "../platform/objects";
import { streamIdSchema } from "./contract";
import type { LiveFilter } from "./live/filter";
import { LIVE_LIMITS } from "./live/limits";
import { liveHeaders } from "./live/request";
import { registeredStream } from "./registered";

const querySchema = z
  .object({ field: z.string().optional(), ticket: z.string().max(300).optional() })
  .catchall(z.string())
  .superRefine((query, issue) => {
    for (const name of Object.keys(query)) {
      if (name === "field" || name === "ticket" || /^tag\../.test(name)) continue;
      issue.addIssue({ code: "custom", path: [name], message: "unknown parameter" });
    }
    const message = `the filter has more than ${LIVE_LIMITS.filterChars} characters`;
    if (JSON.stringify({ ...query, ticket: undefined }).length > LIVE_LIMITS.filterChars)
      issue.addIssue({ code: "custom", message });
  });

export function liveRoutes(router: Router): void {
  endpoint(
    router,
    {
      method: "get",
      path: "/api/stream/{id}/live",
      operationId: "followStream",
      tag: "Streams",
      access: "stream:read",
      params: z.object({ id: streamIdSchema }),
      summary: "A WebSocket with the stream's points and alerts as they come, which also takes points",
      description:
        "Token as for /api/ws. `field` takes names parted by commas, `tag.NAME=VALUE` selects. The messages: docs/formats/live-messages.md.",
      query: querySchema,
      responses: { 101: { description: "Connected" } },
    },
    (ctx, { params: { id }, query, raw }) => {
      const { field, ticket: _, ...tagged } = query;
      const tags = Object.fromEntries(
        Object.entries(tagged).map(([name, value]) => [name.slice("tag.".length), String(value)]),
      );
      const fields = field === undefined ? null : field.split(",").map((name) => name.trim());
      return follow(ctx, id, { fields, tags }, raw);
    },
  );
}

/** Hands the upgrade to the stream's object. */
async function follow(
  ctx: TenantContext,
  streamId: string,
  filter: LiveFilter,
  request: Request,
): Promise<Response> {
  const { principal, grant } = ctx;
  await registeredStream(ctx, streamId);
  if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
    throw fail(
      "upgrade_required",
      "This address takes WebSocket upgrades; GET /api/stream/{id}/data gives the same points.",
    );
  }
  const headers = new Headers(liveHeaders({ principal, streamId, filter }));
  const offered = request.headers.get("sec-websocket-protocol");
  if (offered !== null) headers.set("sec-websocket-protocol", withoutToken(offered));
  const stream = streamObject(ctx.env, principal.tenantId, streamId, 0, grant.region);
  const answer = await stream.fetch("https://stream/live", { headers });
  if (answer.status === 101) return answer;
  // The object refuses with a Failure as JSON.
  throw new AppError(await answer.json<Failure>());
}

const withoutToken = (offered: string): string =>
  offered
    .split(",")
    .filter((name) => !name.trim().startsWith("bearer."))
    .join(",");
