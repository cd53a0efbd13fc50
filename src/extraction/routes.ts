import { z } from "zod";
import { unwrap } from "../core/result";
import type { WorkItem } from "../core/work";
import { endpoint, type Router, reply } from "../platform/http/endpoint";
import { tenantObject } from "../platform/objects";
import { parsePrefer } from "../platform/prefer";
import { analyzeSample, analyzeSchema } from "./analyze";
import { analyzeAnswerSchema, processAnswerSchema } from "./contract";
import { processSchema } from "./intake";
import { jobOf } from "./jobs";
import { processData } from "./process";

const tag = "Data processing";

const processedSchema = processAnswerSchema.extend({ job_id: z.string(), stream_id: z.string() });
const jobSchema = z.object({
  job_id: z.string(),
  status: z.enum(["queued", "running", "succeeded", "failed", "cancelled"]),
  stream_id: z.string().nullable(),
  progress: z.object({ stage: z.string(), records_processed: z.int().nullable() }).nullable(),
  result: processedSchema.nullable(),
  created_at: z.string(),
  updated_at: z.string(),
  error: z.object({ code: z.string(), detail: z.string() }).optional(),
});
const formSchema = z.object({
  file: z.string().meta({ format: "binary" }),
  description: z.string().optional(),
  stream_id: z.string().optional(),
  desired_format: z.enum(["time_series", "records"]).optional(),
  plan: z.string().optional(),
});

export function extractionRoutes(router: Router): void {
  endpoint(
    router,
    {
      method: "post",
      path: "/api/llm/process",
      operationId: "processData",
      tag,
      summary: "Understand any data and load them into a stream",
      description:
        "A file as multipart/form-data, or JSON with raw_text or data. `Idempotency-Key` and `Prefer: respond-async` are honoured.",
      access: "stream:write",
      rawBody: { "multipart/form-data": formSchema, "application/json": processSchema },
      responses: {
        200: { description: "The data are loaded", schema: processedSchema },
        202: { description: "Queued; Location names the job", schema: jobSchema },
      },
    },
    async (ctx, { raw }) => processData(ctx, raw, parsePrefer(raw.headers.get("prefer"))),
  );

  endpoint(
    router,
    {
      method: "get",
      path: "/api/llm/jobs/{job_id}",
      operationId: "getJob",
      tag,
      summary: "A job and what it loaded",
      access: "stream:read",
      params: z.object({ job_id: z.string().min(1).max(64) }),
      responses: { 200: { description: "The job", schema: jobSchema } },
    },
    async (ctx, { params: { job_id } }) => {
      const tenant = tenantObject(ctx.env, ctx.principal.tenantId);
      return reply(200, jobOf(unwrap<WorkItem>(await tenant.getWork(job_id, "extract"))));
    },
  );

  endpoint(
    router,
    {
      method: "post",
      path: "/api/llm/analyze",
      operationId: "analyzeData",
      tag,
      summary: "How a sample would be understood, with a preview; nothing is stored",
      access: "stream:read",
      body: analyzeSchema,
      responses: { 200: { description: "The understanding", schema: analyzeAnswerSchema } },
    },
    async (ctx, { body }) => reply(200, analyzeSample(ctx, body)),
  );
}
