import { type DrizzleD1Database, drizzle } from "drizzle-orm/d1";

export type Db = DrizzleD1Database;

const opened = new WeakMap<D1Database, Db>();

/** The tenants' metadata: small, relational, rarely written. Never written once per request. */
export function db(env: Env): Db {
  const known = opened.get(env.DB);
  if (known) return known;
  const database = drizzle(env.DB);
  opened.set(env.DB, database);
  return database;
}
