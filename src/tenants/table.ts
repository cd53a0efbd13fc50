import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Accounts. Eraser: "account". Times are milliseconds since the epoch. */
export const tenants = sqliteTable(
  "tenants",
  {
    tenantId: text("tenant_id").primaryKey(),
    name: text("name").notNull(),
    email: text("email").notNull(),
    tier: text("tier").notNull(),
    region: text("region"),
    /** active | closed */
    status: text("status").notNull(),
    /** JSON: the limits granted. */
    limits: text("limits").notNull(),
    /** JSON array of strategy ids. */
    allowedStrategies: text("allowed_strategies").notNull(),
    /** JSON: settings of the tenant's own. */
    settings: text("settings").notNull(),
    /** Counts changes: the ETag. */
    version: integer("version").notNull(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
    /** When automatic processing is due next; null: it is off. */
    autoDueMs: integer("auto_due_ms"),
    /** Streams written to since then are yet to be processed. */
    autoSinceMs: integer("auto_since_ms"),
    /** JSON of the last run: when it was due, and what went wrong. */
    autoLast: text("auto_last"),
  },
  (table) => [index("tenants_auto_due").on(table.autoDueMs).where(sql`auto_due_ms is not null`)],
);

/** Digests of the Idempotency-Keys of sign-ups: the second use of one is refused, for a secret is not handed out twice. */
export const signupKeys = sqliteTable("signup_keys", {
  keyHash: text("key_hash").primaryKey(),
  createdAt: integer("created_at").notNull(),
});
