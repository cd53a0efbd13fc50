import { and, desc, eq, gt, inArray, max, sql } from "drizzle-orm";
import type { Db } from "../platform/db";
import type { KeptPlan, PlanOrigin, ShapePlan } from "./shape";
import { extractionPlans as plans } from "./table";

/** Shapes of a tenant that are kept; the ones that changed least recently are forgotten. */
const MOST_SHAPES = 1_000;
/** D1 takes 100 bound parameters a statement. */
const SHAPES_A_QUERY = 90;

type Row = typeof plans.$inferSelect;

const keptOf = ({ plan, origin, tenantId: _, ...row }: Row): KeptPlan => ({
  ...row,
  plan: JSON.parse(plan) as ShapePlan,
  origin: origin as PlanOrigin,
});

/** The latest version of each shape that is known. */
export async function latestPlans(
  db: Db,
  tenantId: string,
  shapeIds: readonly string[],
): Promise<Map<string, KeptPlan>> {
  const found = new Map<string, KeptPlan>();
  for (let at = 0; at < shapeIds.length; at += SHAPES_A_QUERY) {
    const some = shapeIds.slice(at, at + SHAPES_A_QUERY);
    const rows = await db
      .select()
      .from(plans)
      .where(and(eq(plans.tenantId, tenantId), inArray(plans.shapeId, some)))
      .orderBy(plans.version);
    for (const row of rows) found.set(row.shapeId, keptOf(row));
  }
  return found;
}

/** Keeps a version; one that somebody else has kept meanwhile stays. */
export async function keepPlan(db: Db, tenantId: string, kept: KeptPlan): Promise<void> {
  await db
    .insert(plans)
    .values({ ...kept, tenantId, plan: JSON.stringify(kept.plan) })
    .onConflictDoNothing();
  if (kept.version > 1) return;
  const newest = db
    .select({ shapeId: plans.shapeId })
    .from(plans)
    .where(eq(plans.tenantId, tenantId))
    .groupBy(plans.shapeId)
    .orderBy(desc(max(plans.createdAt)))
    .limit(MOST_SHAPES);
  await db.delete(plans).where(and(eq(plans.tenantId, tenantId), sql`${plans.shapeId} not in ${newest}`));
}

/** The latest versions in the order of their shapes, after `afterShape`. */
export async function listPlans(
  db: Db,
  tenantId: string,
  afterShape: string,
  limit: number,
): Promise<KeptPlan[]> {
  const shapes = await db
    .selectDistinct({ shapeId: plans.shapeId })
    .from(plans)
    .where(and(eq(plans.tenantId, tenantId), gt(plans.shapeId, afterShape)))
    .orderBy(plans.shapeId)
    .limit(limit);
  const latest = await latestPlans(
    db,
    tenantId,
    shapes.map(({ shapeId }) => shapeId),
  );
  return shapes.map(({ shapeId }) => latest.get(shapeId)!);
}

/** All versions of a shape, the latest first; none where it is not known. */
export async function planVersions(db: Db, tenantId: string, shapeId: string): Promise<KeptPlan[]> {
  const rows = await db
    .select()
    .from(plans)
    .where(and(eq(plans.tenantId, tenantId), eq(plans.shapeId, shapeId)))
    .orderBy(desc(plans.version));
  return rows.map(keptOf);
}

/** Forgets a shape; gives how many versions there were. */
export async function forgetPlan(db: Db, tenantId: string, shapeId: string): Promise<number> {
  const gone = await db
    .delete(plans)
    .where(and(eq(plans.tenantId, tenantId), eq(plans.shapeId, shapeId)))
    .returning({ version: plans.version });
  return gone.length;
}

/** Forgets all of a tenant; gives how many there were. */
export async function erasePlans(db: Db, tenantId: string): Promise<number> {
  const gone = await db
    .delete(plans)
    .where(eq(plans.tenantId, tenantId))
    .returning({ version: plans.version });
  return gone.length;
}
