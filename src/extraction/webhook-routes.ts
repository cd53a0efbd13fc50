import { z } from "zod";
import { BODY_LIMITS } from "../platform/http/body";
import { endpoint, type Router } from "../platform/http/endpoint";
import { PREFER_HEADER, parsePrefer } from "../platform/prefer";
import { processAnswerSchema } from "./contract";
import { receiveExternalData, webhookSchema } from "./webhook";

const receivedSchema = processAnswerSchema.extend({
  processed: z.literal(true),
  job_id: z.string(),
  stream_id: z.string(),
  execution_id: z
    .string()
    .nullable()
    .describe("The analysis that was started; null: warnings say why none was"),
});
const queuedSchema = z.looseObject({
  processed: z.literal(false),
  job_id: z.string(),
  status: z.literal("queued"),
  stream_id: z.string(),
});

export function webhookRoutes(router: Router): void {
  endpoint(
    router,
    {
      method: "post",
      path: "/webhooks/external-data",
      operationId: "receiveExternalData",
      tag: "Data processing",
      summary: "Take in data that another system sends",
      description:
        "Understood like those of `POST /api/llm/process` and loaded into the stream `webhook_{source}` of the token's tenant. With a confidence over 0.8 an execution of auto_analysis is queued, one for each state of the stream: `GET /api/strategy/{execution_id}`. `Prefer: respond-async` is honoured.",
      access: "stream:write",
      body: webhookSchema,
      maxBodyBytes: BODY_LIMITS.treeBytes,
      idempotent: true,
      headers: PREFER_HEADER,
      responses: {
        200: { description: "The data are loaded", schema: receivedSchema },
        202: { description: "Queued; Location names the job", schema: queuedSchema },
      },
    },
    async (ctx, { body, raw }) => receiveExternalData(ctx, body, parsePrefer(raw.headers.get("prefer"))),
  );
}
