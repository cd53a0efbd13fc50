import { deleteClients } from "./auth";
import { erasePlans } from "./extraction";
import { forgetTenantOfTotals } from "./ops";
import type { TenantContext } from "./platform/context";
import { db } from "./platform/db";
import { hubObject, streamObject, tenantObject } from "./platform/objects";
import { listStreams, unregisterStream } from "./streams";

/** Every store that holds tenant data. A new store gets its name here, and then the table below does not compile without its eraser. */
type Store = "stream_points" | "stream_registry" | "uploads" | "events" | "work" | "plans" | "totals";

/** Erases one store of a tenant whole; gives how many things went. Each may run twice: an erasure cut off is asked for again. */
type Eraser = (ctx: TenantContext, tenantId: string) => Promise<number>;

const R2_PAGE = 1_000;
const STREAM_PAGE = 200;

const ERASERS: Record<Store, Eraser> = {
  stream_points: (ctx, tenantId) =>
    eachStream(ctx, tenantId, (streamId) =>
      streamObject(ctx.env, tenantId, streamId, 0, ctx.grant.region).erase({ tenantId, streamId }),
    ),
  stream_registry: (ctx, tenantId) =>
    eachStream(ctx, tenantId, (streamId) => unregisterStream(db(ctx.env), tenantId, streamId)),
  uploads: async (ctx, tenantId) => {
    let objects = 0;
    for (;;) {
      const page = await ctx.env.UPLOADS.list({ prefix: `${tenantId}/`, limit: R2_PAGE });
      if (page.objects.length > 0) await ctx.env.UPLOADS.delete(page.objects.map((object) => object.key));
      objects += page.objects.length;
      if (!page.truncated) return objects;
    }
  },
  work: async (ctx, tenantId) => {
    const actor = { clientId: ctx.principal.clientId, requestId: ctx.requestId };
    return (await tenantObject(ctx.env, tenantId).eraseOwn(actor)).work;
  },
  // After the figures that they are of, which go with the work.
  totals: (ctx, tenantId) => forgetTenantOfTotals(db(ctx.env), tenantId),
  // After the work that might keep one.
  plans: (ctx, tenantId) => erasePlans(db(ctx.env), tenantId),
  // After everything that still might tell one.
  events: async (ctx, tenantId) => (await hubObject(ctx.env, tenantId).erase()).events,
};

/** Does one thing for every registered stream, page by page; gives how many there were. */
async function eachStream(
  ctx: TenantContext,
  tenantId: string,
  work: (streamId: string) => Promise<unknown>,
): Promise<number> {
  let after = "";
  for (let count = 0; ; ) {
    const page = await listStreams(db(ctx.env), tenantId, after, STREAM_PAGE);
    for (const { streamId } of page) await work(streamId);
    count += page.length;
    if (page.length < STREAM_PAGE) return count;
    after = page.at(-1)!.streamId;
  }
}

/** What an erasure cannot reach at once, said in its receipt. */
const NOTE =
  "Backups of the databases keep what was erased for up to 30 days; uploads in them are unreadable, for their key was destroyed. " +
  "The audit log is kept and stays verifiable; its details are unreadable, for their key was destroyed.";

/** Erases everything of a tenant but the account and its audit chain: first the epoch, so that nothing under way writes again. */
export async function eraseTenantData(ctx: TenantContext, tenantId: string) {
  await tenantObject(ctx.env, tenantId).beginErasure();
  const stores: Record<string, number> = {};
  for (const [store, erase] of Object.entries(ERASERS)) stores[store] = await erase(ctx, tenantId);
  return {
    deleted: true as const,
    timestamp: new Date(ctx.clock.nowMs()).toISOString(),
    receipt: { stores, note: NOTE },
  };
}

/** The credentials, when the account closes with its data. */
export const eraseCredentials: Eraser = (ctx, tenantId) => deleteClients(ctx.env, tenantId);
