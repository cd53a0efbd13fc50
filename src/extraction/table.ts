import { integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** How tables of a shape were read, every version of it. Eraser: "plans". */
export const extractionPlans = sqliteTable(
  "extraction_plans",
  {
    tenantId: text("tenant_id").notNull(),
    /** Names the shape: see shape.ts. */
    shapeId: text("shape_id").notNull(),
    /** From 1. */
    version: integer("version").notNull(),
    /** JSON of a ShapePlan. */
    plan: text("plan").notNull(),
    origin: text("origin").notNull(),
    confidence: real("confidence").notNull(),
    jobId: text("job_id").notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.shapeId, table.version] })],
);
