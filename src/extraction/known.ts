import type { TenantContext } from "../platform/context";
import { db } from "../platform/db";
import { tenantObject } from "../platform/objects";
import { adviseTables } from "./advice/advise";
import { counselled } from "./advice/counsel";
import { forgetPlan, keepPlan, latestPlans } from "./plan-store";
import { type ReadTables, readTables, type Source } from "./read";
import { samePlan, shapeOf, shapePlanOf } from "./shape";
import {
  assemble,
  draftTables,
  type UnderstandHints,
  type Understanding,
  type UnderstoodTable,
  understandTables,
  understoodIn,
} from "./understand";

/**
 * {@link understand} with what the tenant's earlier data have settled, and with what a model says of what is left open.
 * `alive` is called while one is waited for. Throws what it throws.
 */
export async function understandKnown(
  ctx: TenantContext,
  body: Source["body"],
  hints: UnderstandHints,
  alive?: () => Promise<unknown>,
): Promise<Understanding> {
  return understandReadKnown(ctx, await readTables({ body, ...hints }, hints.plan?.tables), hints, alive);
}

/** The same of tables that were read. */
export async function understandReadKnown(
  ctx: TenantContext,
  read: ReadTables,
  hints: UnderstandHints,
  alive?: () => Promise<unknown>,
): Promise<Understanding> {
  if (hints.plan) return understandTables(read, hints);
  const shapes = new Set(read.tables.flatMap(({ format, table }) => shapeOf(format, table) ?? []));
  const kept = await latestPlans(db(ctx.env), ctx.principal.tenantId, [...shapes]);
  const drafts = draftTables(read, hints, kept);
  const counsel = await adviseTables(ctx, drafts, hints, alive);
  if (!counsel) return assemble(read, understoodIn(drafts), hints);
  const understanding = assemble(read, counselled(drafts, counsel), hints);
  return {
    ...understanding,
    warnings: [...counsel.warnings, ...understanding.warnings],
    llm: counsel.llm,
  };
}

/**
 * Keeps the plans by which a job's data were loaded, for the next data of their shapes: a person's always, what a model
 * has seen, so that it is not asked again, and code's own where nobody has settled anything and it is no less sure than
 * before.
 */
export async function remember(
  ctx: TenantContext,
  jobId: string,
  { tables }: Understanding,
  asked: "code" | "person",
): Promise<void> {
  const { tenantId } = ctx.principal;
  const byShape = new Map<string, UnderstoodTable>();
  for (const one of tables) {
    const shapeId = shapeOf(one.format, one.table);
    if (shapeId !== null && !byShape.has(shapeId)) byShape.set(shapeId, one);
  }
  const latest = await latestPlans(db(ctx.env), tenantId, [...byShape.keys()]);
  for (const [shapeId, { plan, confidence, ambiguities, reviewed }] of byShape) {
    const origin = asked === "code" && reviewed ? "model" : asked;
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
