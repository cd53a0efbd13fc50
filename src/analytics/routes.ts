import { z } from "zod";
import type { JsonObject } from "../core/json";
import { unwrap } from "../core/result";
import { EXECUTION_KINDS, type WorkItem } from "../core/work";
import { endpoint, type Router, reply } from "../platform/http/endpoint";
import { tenantObject } from "../platform/objects";
import { PREFER_HEADER, parsePrefer } from "../platform/prefer";
import { listWork, redriveWork, workQuery } from "../platform/work-answers";
import { streamIdSchema } from "../streams/contract";
import { executionAnswerSchema, executionListSchema } from "./answers";
import { executeStrategy } from "./execute";
import { executionOf, executionSummary } from "./executions";
import { executeSchema } from "./request";
import { strategies } from "./strategies/registry";

const tag = "Strategies";
const params = z.object({ execution_id: z.string().min(1).max(64) });
const listQuery = z.strictObject({
  stream_id: streamIdSchema.optional(),
  kind: z.enum(EXECUTION_KINDS).default("strategy"),
  ...workQuery,
});

export function analyticsRoutes(router: Router): void {
  endpoint(
    router,
    {
      method: "get",
      path: "/api/strategies",
      operationId: "listStrategies",
      tag,
      summary: "The strategies, each with the JSON Schema of its config",
      access: "tenant",
      responses: {
        200: { description: "The catalogue", schema: z.object({ strategies: z.array(catalogueEntry) }) },
      },
    },
    async () => reply(200, { strategies: catalogue() }),
  );

  endpoint(
    router,
    {
      method: "post",
      path: "/api/strategy",
      operationId: "executeStrategy",
      tag,
      summary: "Run a strategy on a stream",
      description:
        "Without a stream: the one last written to. Without a field: close, price, value, else the first. `Prefer: respond-async`, or work that is told beforehand not to fit `Prefer: wait=N` (seconds of computing, 10 by default, 25 at most), is answered 202. An execution whose series take more than the deployment's budget fails with `work_budget_exceeded` and keeps the results of those that were done. Executions are kept for 30 days, the newest 10,000, and 1 GB at most.",
      access: "strategy:execute",
      body: executeSchema,
      idempotent: true,
      headers: PREFER_HEADER,
      responses: {
        200: { description: "The result", schema: executionAnswerSchema },
        202: {
          description: "Queued; Location names where the result will be",
          schema: executionAnswerSchema,
        },
      },
    },
    async (ctx, { body, raw }) => executeStrategy(ctx, body, parsePrefer(raw.headers.get("prefer"))),
  );

  endpoint(
    router,
    {
      method: "get",
      path: "/api/strategy",
      operationId: "listExecutions",
      tag,
      summary: "Executions, the newest first",
      access: "strategy:execute",
      query: listQuery,
      responses: { 200: { description: "A page", schema: executionListSchema } },
    },
    async (ctx, { query }) => {
      const page = await listWork(ctx, query.kind, query);
      return reply(200, { executions: page.items.map(executionSummary), next_cursor: page.nextCursor });
    },
  );

  endpoint(
    router,
    {
      method: "get",
      path: "/api/strategy/{execution_id}",
      operationId: "getExecution",
      tag,
      summary: "An execution and what it found",
      description: "That of a backtest has the members of the answer to `POST /api/strategy/backtest`.",
      access: "strategy:execute",
      params,
      responses: { 200: { description: "The execution", schema: executionAnswerSchema } },
    },
    async (ctx, { params: { execution_id } }) => {
      const tenant = tenantObject(ctx.env, ctx.principal.tenantId);
      return reply(200, executionOf(unwrap<WorkItem>(await tenant.getWork(execution_id, EXECUTION_KINDS))));
    },
  );

  endpoint(
    router,
    {
      method: "delete",
      path: "/api/strategy/{execution_id}",
      operationId: "cancelExecution",
      tag,
      summary: "Cancel an execution that has not ended",
      access: "strategy:execute",
      params,
      responses: { 200: { description: "The cancelled execution", schema: executionAnswerSchema } },
    },
    async (ctx, { params: { execution_id } }) => {
      const tenant = tenantObject(ctx.env, ctx.principal.tenantId);
      return reply(
        200,
        executionOf(unwrap<WorkItem>(await tenant.cancelWork(execution_id, EXECUTION_KINDS))),
      );
    },
  );

  endpoint(
    router,
    {
      method: "post",
      path: "/api/strategy/{execution_id}/redrive",
      operationId: "redriveExecution",
      tag,
      summary: "Queue again an execution that failed on our side",
      description:
        "An execution that breaks our code is tried three times and then kept as a dead letter: `GET /api/strategy?dead_letter=true` lists them. The same id runs again, with the request it came with; any other execution is answered 409.",
      access: "strategy:execute",
      params,
      responses: { 202: { description: "Queued again", schema: executionAnswerSchema } },
    },
    async (ctx, { params: { execution_id } }) => {
      const item = await redriveWork(ctx, execution_id, EXECUTION_KINDS);
      return reply(202, executionOf(item), { location: `/api/strategy/${execution_id}` });
    },
  );
}

const catalogueEntry = z.object({
  strategy_id: z.string(),
  title: z.string(),
  description: z.string(),
  config_schema: z.record(z.string(), z.unknown()),
});

const catalogue = () =>
  strategies.map(({ id, title, description, configSchema }) => ({
    strategy_id: id,
    title,
    description,
    config_schema: z.toJSONSchema(configSchema, { io: "input", unrepresentable: "any" }) as JsonObject,
  }));
