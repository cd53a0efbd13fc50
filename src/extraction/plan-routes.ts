import { z } from "zod";
import { fail } from "../core/errors";
import { formatMs } from "../core/timestamps";
import { db } from "../platform/db";
import { endpoint, type Router, reply } from "../platform/http/endpoint";
import { tablePlanSchema } from "./contract";
import { forgetPlan, listPlans, planVersions } from "./plan-store";
import { type KeptPlan, PLAN_ORIGINS } from "./shape";

const tag = "Data processing";
const shapeIdSchema = z.string().regex(/^[0-9a-f]{32}$/, "is no shape's id");
const params = z.object({ shape_id: shapeIdSchema });

const keptSchema = z.object({
  shape_id: z.string(),
  version: z.int(),
  origin: z
    .enum(PLAN_ORIGINS)
    .describe(
      "Who made it: what a person corrected counts more than what code finds, or a model that was asked about it",
    ),
  confidence: z.number(),
  job_id: z.string().describe("The job whose data it was made for"),
  created_at: z.string(),
  plan: tablePlanSchema.pick({ timestamp: true, columns: true, derived: true }),
});

const answerOf = ({ shapeId, jobId, createdAt, ...kept }: KeptPlan): z.infer<typeof keptSchema> => ({
  shape_id: shapeId,
  ...kept,
  job_id: jobId,
  created_at: formatMs(createdAt),
});

const unknown = () => fail("plan_not_found", "No plan is kept for this shape.");

export function planRoutes(router: Router): void {
  endpoint(
    router,
    {
      method: "get",
      path: "/api/llm/plans",
      operationId: "listPlans",
      tag,
      summary: "Plans kept for the shapes of data that were loaded",
      description:
        "A shape is a format and the names of its columns in their order. The next data of a shape are read by its plan where a person settled it, or where they leave open what earlier data decided.",
      access: "stream:read",
      query: z.strictObject({
        limit: z.coerce.number().int().min(1).max(100).default(50),
        cursor: shapeIdSchema.optional(),
      }),
      responses: {
        200: {
          description: "A page, the latest version of each",
          schema: z.object({ plans: z.array(keptSchema), next_cursor: z.string().nullable() }),
        },
      },
    },
    async (ctx, { query: { limit, cursor } }) => {
      const page = await listPlans(db(ctx.env), ctx.principal.tenantId, cursor ?? "", limit);
      return reply(200, {
        plans: page.map(answerOf),
        next_cursor: page.length < limit ? null : page.at(-1)!.shapeId,
      });
    },
  );

  endpoint(
    router,
    {
      method: "get",
      path: "/api/llm/plans/{shape_id}",
      operationId: "getPlan",
      tag,
      summary: "Every version of the plan of a shape, the latest first",
      access: "stream:read",
      params,
      responses: {
        200: { description: "The versions", schema: z.object({ versions: z.array(keptSchema) }) },
      },
    },
    async (ctx, { params: { shape_id } }) => {
      const versions = await planVersions(db(ctx.env), ctx.principal.tenantId, shape_id);
      if (versions.length === 0) throw unknown();
      return reply(200, { versions: versions.map(answerOf) });
    },
  );

  endpoint(
    router,
    {
      method: "delete",
      path: "/api/llm/plans/{shape_id}",
      operationId: "forgetPlan",
      tag,
      summary: "Forget the plan of a shape: its next data are read afresh",
      access: "stream:write",
      params,
      responses: { 200: { description: "Forgotten", schema: z.object({ versions: z.int() }) } },
    },
    async (ctx, { params: { shape_id } }) => {
      const versions = await forgetPlan(db(ctx.env), ctx.principal.tenantId, shape_id);
      if (versions === 0) throw unknown();
      return reply(200, { versions });
    },
  );
}
