import { z } from "zod";
import { endpoint, type Router, reply } from "../platform/http/endpoint";
import { accuracySchema } from "./accuracy/accuracy";
import { streamIdSchema } from "./contract";
import { dataContent, dataQuerySchema } from "./data-schema";
import { describeStream, listStreamPage } from "./listing";
import { readData } from "./read-data";
import { shownScheduleSchema } from "./schedule";

const TAG = "Streams";
const params = z.object({ id: streamIdSchema });
const pageLimit = (most: number, fallback: number) =>
  z.coerce.number().int().min(1).max(most).default(fallback);

const texts = z.record(z.string(), z.string());
const time = z.string().nullable();
const streamSchema = z.object({
  stream_id: z.string(),
  data_type: z.string().nullable(),
  description: z.string().nullable(),
  retention_days: z.int().nullable(),
  shards: z.int(),
  created_at: z.string(),
  schedule: shownScheduleSchema.nullable(),
});
const listSchema = z.object({ streams: z.array(streamSchema), next_cursor: z.string().nullable() });
export const descriptionSchema = streamSchema.extend({
  points: z.int(),
  values: z.int(),
  received: z.int(),
  accepted: z.int(),
  updated: z.int(),
  duplicates: z.int(),
  rejected: z.int(),
  first_timestamp: time,
  last_timestamp: time,
  cardinality: z.int(),
  stored_bytes: z.int(),
  accuracy: accuracySchema,
  detection: z.object({
    enabled: z.boolean(),
    full: z.int(),
    compact: z.int(),
    warming_up: z.int(),
    expected_false_alarms_per_week: z.number().describe("Of all series together, were they healthy"),
  }),
  series: z.array(
    z.object({ field: z.string(), tags: texts, count: z.int(), first_timestamp: time, last_timestamp: time }),
  ),
});

export function readRoutes(router: Router): void {
  endpoint(
    router,
    {
      method: "get",
      path: "/api/stream",
      operationId: "listStreams",
      tag: TAG,
      access: "stream:read",
      summary: "List streams",
      query: z.strictObject({ limit: pageLimit(1_000, 100), cursor: z.string().max(400).optional() }),
      responses: { 200: { description: "Streams in the order of their ids", schema: listSchema } },
    },
    async (ctx, { query }) => reply(200, await listStreamPage(ctx, query.limit, query.cursor)),
  );
  endpoint(
    router,
    {
      method: "get",
      path: "/api/stream/{id}",
      operationId: "describeStream",
      tag: TAG,
      access: "stream:read",
      admission: "object",
      params,
      summary: "A stream's series, counts and extent",
      description:
        "`detection`: how many series have a detector of the full form, with seasonal profiles, and of the compact one; and how many of both have too few readings yet for any verdict.",
      responses: { 200: { description: "The stream", schema: descriptionSchema } },
    },
    async (ctx, { params: { id } }) => reply(200, await describeStream(ctx, id)),
  );
  endpoint(
    router,
    {
      method: "get",
      path: "/api/stream/{id}/data",
      operationId: "readStream",
      tag: TAG,
      access: "stream:read",
      admission: "object",
      params,
      summary: "A stream's points in the order of time",
      description:
        "The points themselves, or with `every` or `agg` what windows have of them. `tag.NAME=VALUE` selects series by a tag. `Accept` chooses the form; anything unknown is answered in JSON.",
      query: dataQuerySchema,
      responses: { 200: { description: "The points", content: dataContent } },
    },
    (ctx, { params: { id }, query, raw }) => readData(ctx, id, query, raw.headers.get("accept")),
  );
}
