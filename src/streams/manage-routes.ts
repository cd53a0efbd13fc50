import { z } from "zod";
import { endpoint, type Router, reply } from "../platform/http/endpoint";
import { change } from "./change";
import { STREAM_LIMITS, streamIdSchema } from "./contract";
import { descriptionSchema } from "./read-routes";
import { removeRange, removeStream } from "./remove";
import { type ScheduleCheck, scheduleSchema } from "./schedule";

const TAG = "Streams";
const params = z.object({ id: streamIdSchema });

const changeSchema = z.strictObject({
  description: z.string().max(1_000).nullable().optional(),
  retention_days: z.int().min(1).max(36_500).nullable().optional(),
  shards: z.int().min(1).max(STREAM_LIMITS.shards).optional(),
  schedule: scheduleSchema.nullable().optional(),
  detection: z.strictObject({ enabled: z.boolean() }).optional(),
});

const removedSchema = z.object({
  stream_id: z.string(),
  deleted: z.literal(true),
  points: z.int(),
  values: z.int(),
  writes: z.int(),
});

export function manageRoutes(router: Router, checkSchedule: ScheduleCheck): void {
  endpoint(
    router,
    {
      method: "patch",
      path: "/api/stream/{id}",
      operationId: "changeStream",
      tag: TAG,
      access: "stream:write",
      params,
      summary:
        "Change a stream's description, how long it keeps readings, whether they are judged, what is run on it by a schedule, or into how many shards it is split",
      description:
        "What is absent stays. `retention_days`: older readings are deleted, at once and then daily; null keeps them for ever. `shards`: one object takes about 1,000 requests a second; a busier stream is split once, by tag set. `detection`: off, readings raise no alert and what the detectors learned is deleted; on again, every series begins anew. `schedule`: the strategy is run every so often, from 5 minutes to 7 days, the first time one interval from now; null ends that.",
      body: changeSchema,
      responses: { 200: { description: "The stream", schema: descriptionSchema } },
    },
    async (ctx, { params: { id }, body }) => {
      if (body.schedule) checkSchedule(body.schedule);
      return reply(200, await change(ctx, id, body));
    },
  );
  endpoint(
    router,
    {
      method: "delete",
      path: "/api/stream/{id}/data",
      operationId: "deleteStreamData",
      tag: TAG,
      access: "stream:write",
      admission: "object",
      params,
      query: z.strictObject({ start: z.string().optional(), end: z.string().optional() }),
      summary: "Delete the points of a range of time, or all of them",
      description: "`start` is inclusive and `end` exclusive; a date alone as `end` includes that day.",
      responses: {
        200: {
          description: "How many points were deleted",
          schema: z.object({ stream_id: z.string(), deleted: z.int() }),
        },
      },
    },
    async (ctx, { params: { id }, query }) => reply(200, await removeRange(ctx, id, query)),
  );
  endpoint(
    router,
    {
      method: "delete",
      path: "/api/stream/{id}",
      operationId: "deleteStream",
      tag: TAG,
      access: "stream:write",
      params,
      summary: "Delete a stream and all its points",
      responses: { 200: { description: "What was deleted", schema: removedSchema } },
    },
    async (ctx, { params: { id } }) => reply(200, await removeStream(ctx, id)),
  );
}
