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
  readBytes,
  readStream,
} from "../platform/http/body";
import { endpoint, type Reply, type Router, reply } from "../platform/http/endpoint";
import { checkedKey } from "../platform/idempotency";
import { type Appended, type AppendOptions, appendBatches } from "./append";
import { type Batches, batchesOfRows } from "./batch";
import { streamIdSchema } from "./contract";
import { jsonRows } from "./protocols/json";
import { textsOf } from "./protocols/row";
import { bytesOf } from "./protocols/text-chunks";
import { batchesOfCsv, batchesOfJson, batchesOfNdjson, ScanMemories } from "./scan";

const TAG = "Streams";
const NDJSON_TYPES = [
  "application/x-ndjson",
  "application/ndjson",
  "application/jsonl",
  "application/x-jsonlines",
];
const params = z.object({ id: streamIdSchema });

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

export function writeRoutes(router: Router): void {
  endpoint(
    router,
    {
      method: "post",
      path: "/api/stream",
      operationId: "writeStream",
      tag: TAG,
      access: "stream:write",
      admission: "object",
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
      const batches = batchesOfRows(jsonRows(body.payload, tags));
      return written(ctx, body.stream_id, batches, { ...options, ...idempotent });
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
      admission: "object",
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
      const { batches, fingerprint } = await batchesOf(raw, `${ctx.principal.tenantId}/${id}`);
      return written(ctx, id, batches, idempotencyOf(raw, fingerprint));
    },
  );
}

async function written(
  ctx: TenantContext,
  streamId: string,
  batches: Batches,
  options: AppendOptions,
): Promise<Reply> {
  const { replayed, ...answer }: Appended = await appendBatches(ctx, streamId, batches, options);
  return reply(202, { stream_id: streamId, ...answer }, replayed ? { "Idempotency-Replayed": "true" } : {});
}

/** A key is unique in the stream; a request tried again gets the same arrival times. */
function idempotencyOf(raw: Request, fingerprint: () => string): AppendOptions {
  const header = raw.headers.get("idempotency-key");
  if (header === null) return {};
  const key = `${raw.method} ${new URL(raw.url).pathname} ${checkedKey(header)}`;
  return { idempotency: { key, fingerprint }, uploadId: `key:${key}` };
}

/** Of this isolate; by tenant and stream. */
const memories = new ScanMemories();

/** The fingerprint is asked for when all was read: a streamed body's digest is known only then. */
async function batchesOf(
  raw: Request,
  stream: string,
): Promise<{ batches: Batches; fingerprint: () => string }> {
  const type = raw.headers.get("content-type");
  const media = mediaType(type);
  const isNdjson = NDJSON_TYPES.includes(media);
  if (isNdjson || media === "text/csv" || media === "application/csv") {
    const hash = createHash("sha256");
    const body = isShort(raw) ? wholeOf(raw) : readStream(raw, BODY_LIMITS.streamedBytes);
    const onBytes = (bytes: Uint8Array) => hash.update(bytes);
    let known: string | null = null;
    return {
      batches: isNdjson
        ? batchesOfNdjson(bytesOf(body, onBytes), memories.of(stream))
        : batchesOfCsv(bytesOf(body, onBytes)),
      fingerprint: () => (known ??= hash.digest("hex")),
    };
  }
  if (!isJsonType(type)) {
    throw fail(
      "unsupported_media_type",
      "The body must be application/json, application/x-ndjson or text/csv.",
    );
  }
  const bytes = await readBytes(raw, BODY_LIMITS.treeBytes);
  return { batches: batchesOfJson(bytes, memories.of(stream)), fingerprint: () => digest(bytes) };
}

/** A body that is known to fit is read at once: a pipe through JavaScript costs as much as the scanning. */
const isShort = (raw: Request): boolean =>
  Number(raw.headers.get("content-length") ?? Number.NaN) <= BODY_LIMITS.treeBytes &&
  (raw.headers.get("content-encoding") ?? "identity").trim().toLowerCase() === "identity";

async function* wholeOf(raw: Request): AsyncGenerator<Uint8Array> {
  yield await readBytes(raw, BODY_LIMITS.treeBytes);
}

const digest = (body: string | Uint8Array): string => createHash("sha256").update(body).digest("hex");
