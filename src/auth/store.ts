import { and, eq } from "drizzle-orm";
import { db } from "../platform/db";
import { clients } from "./table";

export interface Client {
  clientId: string;
  secretHash: string;
  scopes: string[];
}

export async function findClient(env: Env, tenantId: string, clientId: string): Promise<Client | null> {
  const row = await db(env)
    .select()
    .from(clients)
    .where(and(eq(clients.tenantId, tenantId), eq(clients.clientId, clientId)))
    .get();
  return row ? { clientId: row.clientId, secretHash: row.secretHash, scopes: JSON.parse(row.scopes) } : null;
}

/** The statement that inserts a client: sign-up runs it in one batch with the tenant's own. */
export const insertClient = (env: Env, row: typeof clients.$inferInsert) =>
  db(env).insert(clients).values(row);

export async function deleteClients(env: Env, tenantId: string): Promise<number> {
  const gone = await db(env)
    .delete(clients)
    .where(eq(clients.tenantId, tenantId))
    .returning({ id: clients.clientId });
  return gone.length;
}
