import { createHash } from "node:crypto";
import { z } from "zod";
import { fail } from "../core/errors";
import { canonicalJson } from "../core/json";
import type { TenantContext } from "../platform/context";
import {
  BODY_LIMITS,
  decodeUtf8,
  isJsonType,
  mediaType,
  parseBody,
  parseJson,
  readBytes,
  readStream,
} from "../platform/http/body";
import { endpoint, type Reply, type Router, reply } from "../platform/http/endpoint";
import { checkedKey } from "../platform/idempotency";
import { type Appended, type AppendOptions, appendPoints, type Rows } from "./append";
import { streamIdSchema } from "./contract";
import { csvRows } from "./protocols/csv";
import { jsonRows } from "./protocols/json";
import { ndjsonRows } from "./protocols/ndjson";
import { textsOf } from "./protocols/row";
import { textOf } from "./protocols/text-chunks";
import { describeStream, listStreamPage, readData } from "./query";
import { removeStream } from "./remove";

const TAG = "Streams";
const params = z.object({ id: streamIdSchema });
const pageLimit = (most: number, fallback: number) =>
  z.coerce.number().int().min(1).max(most).default(fallback);

const writeSchema = z.strictObject({
  stream_id: streamIdSchema,
  data_type: z.string().max(64).optional(),
  payload: z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())]),
  metadata: z.record(z.string(), z.unknown()).optional(),
});

const answerSchema = z.object({
  stream_id: z.string(),
  accepted: z.int(),
  updated: z.int(),
  duplicates: z.int(),
  rejected: z.int(),
  errors: z.array(z.object({ row: z.int(), reason: z.string() })),
});

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
const removedSchema = z.object({
  stream_id: z.string(),
  deleted: z.literal(true),
  points: z.int(),
  values: z.int(),
  writes: z.int(),
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

export function streamRoutes(router: Router): void {
  writeRoutes(router);
  readRoutes(router);
}

function writeRoutes(router: Router): void {
  endpoint(
    router,
    {
      method: "post",
      path: "/api/stream",
      operationId: "writeStream",
      tag: TAG,
      access: "stream:write",
      summary: "Write readings to a stream",
      rawBody: { "application/json": writeSchema },
      responses: { 202: { description: "Stored", schema: answerSchema } },
    },
    async (ctx, { raw }) => {
      if (!isJsonType(raw.headers.get("content-type")))
        throw fail("unsupported_media_type", "The body must be JSON (application/json).");
      const text = decodeUtf8(await readBytes(raw, BODY_LIMITS.treeBytes));
      const body = parseBody(writeSchema, text);
      const tags = textsOf(body.metadata);
      if (!tags) {
        const errors = [{ pointer: "/metadata", message: "values are texts, numbers or booleans" }];
        throw fail("invalid_request", "metadata holds texts, numbers or booleans.", { errors });
      }
      const options: AppendOptions = body.data_type === undefined ? {} : { dataType: body.data_type };
      const idempotent = idempotencyOf(raw, () => digest(canonicalJson(body)));
      return written(ctx, body.stream_id, jsonRows(body.payload, tags), { ...options, ...idempotent });
    },
  );
  endpoint(
    router,
    {
      method: "post",
      path: "/api/stream/{id}/points",
      operationId: "writePoints",
      tag: TAG,
      access: "stream:write",
      params,
      summary: "Write many points to a stream, as JSON, NDJSON or CSV",
      rawBody: {
        "application/json": z.unknown(),
        "application/x-ndjson": z.string(),
        "text/csv": z.string(),
      },
      responses: { 202: { description: "Stored", schema: answerSchema } },
    },
    async (ctx, { params: { id }, raw }) => {
      const { rows, fingerprint } = await rowsOf(raw);
      return written(ctx, id, rows, idempotencyOf(raw, fingerprint));
    },
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

function readRoutes(router: Router): void {
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

async function written(
  ctx: TenantContext,
  streamId: string,
  rows: Rows,
  options: AppendOptions,
): Promise<Reply> {
  const { replayed, ...answer }: Appended = await appendPoints(ctx, streamId, rows, options);
  return reply(202, { stream_id: streamId, ...answer }, replayed ? { "Idempotency-Replayed": "true" } : {});
}

/** A key is unique in the stream; a request tried again gets the same arrival times. */
function idempotencyOf(raw: Request, fingerprint: () => string): AppendOptions {
  const header = raw.headers.get("idempotency-key");
  if (header === null) return {};
  const key = `${raw.method} ${new URL(raw.url).pathname} ${checkedKey(header)}`;
  return { idempotency: { key, fingerprint }, uploadId: `key:${key}` };
}

async function rowsOf(raw: Request): Promise<{ rows: Rows; fingerprint: () => string }> {
  const type = raw.headers.get("content-type");
  const media = mediaType(type);
  const isNdjson = [
    "application/x-ndjson",
    "application/ndjson",
    "application/jsonl",
    "application/x-jsonlines",
  ].includes(media);
  if (isNdjson || media === "text/csv" || media === "application/csv") {
    const hash = createHash("sha256");
    const text = textOf(readStream(raw, BODY_LIMITS.streamedBytes), (bytes) => hash.update(bytes));
    let known: string | null = null;
    return {
      rows: isNdjson ? ndjsonRows(text) : csvRows(text),
      fingerprint: () => (known ??= hash.digest("hex")),
    };
  }
  if (!isJsonType(type)) {
    throw fail(
      "unsupported_media_type",
      "The body must be application/json, application/x-ndjson or text/csv.",
    );
  }
  const text = decodeUtf8(await readBytes(raw, BODY_LIMITS.treeBytes));
  return { rows: jsonRows(parseJson(text)), fingerprint: () => digest(text) };
}

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");
