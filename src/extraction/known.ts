import type { TenantContext } from "../platform/context";
import { db } from "../platform/db";
import { tenantObject } from "../platform/objects";
import { forgetPlan, keepPlan, latestPlans } from "./plan-store";
import { type ReadTables, readTables, type Source } from "./read";
import { samePlan, shapeOf, shapePlanOf } from "./shape";
import {
  type UnderstandHints,
  type Understanding,
  type UnderstoodTable,
  understandTables,
} from "./understand";

/** {@link understand} with what the tenant's earlier data have settled. Throws what it throws. */
export async function understandKnown(
  ctx: TenantContext,
  body: Source["body"],
  hints: UnderstandHints,
): Promise<Understanding> {
  return understandReadKnown(ctx, await readTables({ body, ...hints }, hints.plan?.tables), hints);
}

/** The same of tables that were read. */
export async function understandReadKnown(
  ctx: TenantContext,
  read: ReadTables,
  hints: UnderstandHints,
): Promise<Understanding> {
  if (hints.plan) return understandTables(read, hints);
  const shapes = new Set(read.tables.flatMap(({ format, table }) => shapeOf(format, table) ?? []));
  const kept = await latestPlans(db(ctx.env), ctx.principal.tenantId, [...shapes]);
  return understandTables(read, hints, kept);
}

/**
 * Keeps the plans by which a job's data were loaded, for the next data of their shapes: a person's always, code's own
 * where nobody has settled anything and it is no less sure than before.
 */
export async function remember(
  ctx: TenantContext,
  jobId: string,
  { tables }: Understanding,
  origin: "code" | "person",
): Promise<void> {
  const { tenantId } = ctx.principal;
  const byShape = new Map<string, UnderstoodTable>();
  for (const one of tables) {
    const shapeId = shapeOf(one.format, one.table);
    if (shapeId !== null && !byShape.has(shapeId)) byShape.set(shapeId, one);
  }
  const latest = await latestPlans(db(ctx.env), tenantId, [...byShape.keys()]);
  for (const [shapeId, { plan, confidence, ambiguities }] of byShape) {
    const before = latest.get(shapeId);
    const made = shapePlanOf(plan);
    if (before && samePlan(before.plan, made) && (before.origin === origin || origin === "code")) continue;
    const isWeaker = before && (before.origin === "person" || confidence < before.confidence);
    if (origin === "code" && (ambiguities.length > 0 || isWeaker)) continue;
    const version = (before?.version ?? 0) + 1;
    const createdAt = ctx.clock.nowMs();
    await keepPlan(db(ctx.env), tenantId, {
      shapeId,
      version,
      plan: made,
      origin,
      confidence,
      jobId,
      createdAt,
    });
    // An erasure that ran meanwhile has taken the job, and would have missed this.
    const found = await tenantObject(ctx.env, tenantId).getWork(jobId, "extract");
    if (!found.ok) await forgetPlan(db(ctx.env), tenantId, shapeId);
  }
}
