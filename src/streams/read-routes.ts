import { z } from "zod";
import { endpoint, type Router, reply } from "../platform/http/endpoint";
import { streamIdSchema } from "./contract";
import { describeStream, listStreamPage, readData } from "./query";

const TAG = "Streams";
const params = z.object({ id: streamIdSchema });
const pageLimit = (most: number, fallback: number) =>
  z.coerce.number().int().min(1).max(most).default(fallback);

const texts = z.record(z.string(), z.string());
const time = z.string().nullable();
const streamSchema = z.object({
  stream_id: z.string(),
  data_type: z.string().nullable(),
  created_at: z.string(),
});
const listSchema = z.object({ streams: z.array(streamSchema), next_cursor: z.string().nullable() });
const descriptionSchema = streamSchema.extend({
  points: z.int(),
  values: z.int(),
  first_timestamp: time,
  last_timestamp: time,
  cardinality: z.int(),
  stored_bytes: z.int(),
  series: z.array(
    z.object({ field: z.string(), tags: texts, count: z.int(), first_timestamp: time, last_timestamp: time }),
  ),
});
const dataSchema = z.object({
  stream_id: z.string(),
  points: z.array(
    z.object({
      timestamp: z.string(),
      fields: z.record(z.string(), z.number()),
      tags: texts,
      attributes: texts.optional(),
    }),
  ),
  next_cursor: z.string().nullable(),
});
const dataQuerySchema = z
  .object({
    start: z.string().optional(),
    end: z.string().optional(),
    field: z.string().optional(),
    limit: pageLimit(5_000, 1_000),
    cursor: z.string().max(200).optional(),
  })
  .catchall(z.string())
  .superRefine((query, issue) => {
    for (const name of Object.keys(query)) {
      if (DATA_KEYS.has(name) || /^tag\../.test(name)) continue;
      issue.addIssue({ code: "custom", path: [name], message: "unknown parameter" });
    }
  });
const DATA_KEYS = new Set(["start", "end", "field", "limit", "cursor"]);

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
      params,
      summary: "A stream's series, counts and extent",
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
      params,
      summary: "A stream's points in the order of time",
      description:
        "`start` is inclusive and `end` exclusive; a date alone as `end` includes that day. `field` takes names parted by commas, `tag.NAME=VALUE` selects.",
      query: dataQuerySchema,
      responses: { 200: { description: "A page of points", schema: dataSchema } },
    },
    async (ctx, { params: { id }, query }) => {
      const { start, end, field, limit, cursor, ...tagged } = query;
      const tags = Object.fromEntries(
        Object.entries(tagged).map(([name, value]) => [name.slice("tag.".length), String(value)]),
      );
      return reply(200, await readData(ctx, id, { start, end, field, limit, cursor, tags }));
    },
  );
}
