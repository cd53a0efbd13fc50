import { z } from "zod";
import { unwrap } from "../core/result";
import { WORK_STATUSES, type WorkItem } from "../core/work";
import { endpoint, type Router, reply } from "../platform/http/endpoint";
import { IDEMPOTENCY_HEADER } from "../platform/http/openapi-route";
import { tenantObject } from "../platform/objects";
import { PREFER_HEADER, parsePrefer } from "../platform/prefer";
import { listWork, redriveWork, workQuery } from "../platform/work-answers";
import { streamIdSchema } from "../streams/contract";
import { analyzeSample, analyzeSchema } from "./analyze";
import { analyzeAnswerSchema, llmAskSchema, processAnswerSchema } from "./contract";
import { processSchema } from "./intake";
import { jobOf, jobSummary } from "./jobs";
import { planRoutes } from "./plan-routes";
import { processData } from "./process";
import { replayJob, replaySchema } from "./replay";
import { webhookRoutes } from "./webhook-routes";

const tag = "Data processing";

const processedSchema = processAnswerSchema.extend({ job_id: z.string(), stream_id: z.string() });
const jobSummarySchema = z.object({
  job_id: z.string(),
  status: z.enum(WORK_STATUSES),
  stream_id: z.string().nullable(),
  attempts: z.int().describe("How often it was begun since it last got further"),
  progress: z
    .object({
      stage: z.string(),
      records_processed: z.int().nullable(),
      fraction: z.number().nullable().optional().describe("Of the upload's bytes that were read"),
    })
    .nullable(),
  created_at: z.string(),
  updated_at: z.string(),
  error: z.looseObject({ code: z.string(), detail: z.string() }).optional(),
  redrivable: z.boolean().optional().describe("True where it failed on our side"),
});
const jobSchema = jobSummarySchema.extend({ result: processedSchema.nullable() });
const jobParams = z.object({ job_id: z.string().min(1).max(64) });
const formSchema = z.object({
  file: z.string().meta({ format: "binary" }).optional(),
  raw_text: z.string().optional(),
  url: z.string().optional(),
  description: z.string().optional(),
  stream_id: z.string().optional(),
  desired_format: z.enum(["time_series", "records"]).optional(),
  plan: z.string().optional(),
  llm: llmAskSchema.optional(),
});

export function extractionRoutes(router: Router): void {
  planRoutes(router);
  webhookRoutes(router);

  endpoint(
    router,
    {
      method: "post",
      path: "/api/llm/process",
      operationId: "processData",
      tag,
      summary: "Understand any data and load them into a stream",
      description:
        "A file as multipart/form-data, or JSON with raw_text, url or data. A url is fetched from public addresses only, within the request for as long as is waited, then by the job; one that cannot be is answered 422 `url_fetch_failed`, or is the error of its job. Files may be packed by gzip, ZIP or tar. `Idempotency-Key` and `Prefer: respond-async` are honoured.",
      access: "stream:write",
      rawBody: { "multipart/form-data": formSchema, "application/json": processSchema },
      headers: { ...IDEMPOTENCY_HEADER, ...PREFER_HEADER },
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
      params: jobParams,
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
      method: "get",
      path: "/api/llm/jobs",
      operationId: "listJobs",
      tag,
      summary: "Jobs, the newest first",
      access: "stream:read",
      query: z.strictObject({ stream_id: streamIdSchema.optional(), ...workQuery }),
      responses: {
        200: {
          description: "A page",
          schema: z.object({ jobs: z.array(jobSummarySchema), next_cursor: z.string().nullable() }),
        },
      },
    },
    async (ctx, { query }) => {
      const page = await listWork(ctx, "extract", query);
      return reply(200, { jobs: page.items.map(jobSummary), next_cursor: page.nextCursor });
    },
  );

  endpoint(
    router,
    {
      method: "post",
      path: "/api/llm/jobs/{job_id}/redrive",
      operationId: "redriveJob",
      tag,
      summary: "Queue again a job that failed on our side",
      description:
        "A job that breaks our code is tried four times and then kept as a dead letter: `GET /api/llm/jobs?dead_letter=true` lists them. The same id loads the same upload again; any other job is answered 409.",
      access: "stream:write",
      params: jobParams,
      responses: { 202: { description: "Queued again", schema: jobSchema } },
    },
    async (ctx, { params: { job_id } }) =>
      reply(202, jobOf(await redriveWork(ctx, job_id, "extract")), { location: `/api/llm/jobs/${job_id}` }),
  );

  endpoint(
    router,
    {
      method: "post",
      path: "/api/llm/jobs/{job_id}/replay",
      operationId: "replayJob",
      tag,
      summary: "Load the rows that a job rejected under a corrected plan",
      description:
        "What the job stored stays as it is, and no row is stored twice: a row is read by the first plan that can. Needs the job and its upload, which are kept for 30 days.",
      access: "stream:write",
      params: jobParams,
      body: replaySchema,
      idempotent: true,
      headers: PREFER_HEADER,
      responses: {
        200: {
          description: "The rows that the corrected plan could read are loaded",
          schema: processedSchema,
        },
        202: { description: "Queued; Location names the job", schema: jobSchema },
      },
    },
    async (ctx, { params: { job_id }, body, raw }) =>
      replayJob(ctx, job_id, body, parsePrefer(raw.headers.get("prefer"))),
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
    async (ctx, { body }) => reply(200, await analyzeSample(ctx, body)),
  );
}
