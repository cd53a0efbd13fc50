import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/**
 * What each tenant has come to, for the platform's counters. Written by its object every few minutes at most. Eraser:
 * "totals", which takes the tenant's name off: a counter does not go backwards.
 */
export const platformTotals = sqliteTable(
  "platform_totals",
  {
    /** Random: a tenant whose figures were erased begins another row. */
    id: text("id").primaryKey(),
    /** Null: its data were erased. */
    tenantId: text("tenant_id"),
    /** JSON: counter -> a whole number that only grows. */
    counters: text("counters").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [index("platform_totals_tenant").on(table.tenantId)],
);
