import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** The registry of streams. Points live in the StreamObject. Eraser: "streams". */
export const streams = sqliteTable(
  "streams",
  {
    tenantId: text("tenant_id").notNull(),
    streamId: text("stream_id").notNull(),
    /** JSON array of shard numbers: a list from the first day. */
    shards: text("shards").notNull(),
    dataType: text("data_type"),
    description: text("description"),
    /** Days for which readings are kept; null: for ever. The StreamObject acts on its own copy. */
    retentionDays: integer("retention_days"),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.streamId] })],
);
