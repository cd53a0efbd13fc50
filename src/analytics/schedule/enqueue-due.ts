import type { Context } from "../../platform/context";
import { type Db, db } from "../../platform/db";
import { continueTrace } from "../../platform/http/trace";
import { advanceStreams, type DueStream, dueStreams } from "../../streams";
import { advanceTenants, type DueTenant, dueTenants } from "../../tenants";

/** As many as one call to a queue takes. */
const PAGE = 100;
/** Of each kind a run; three calls a page stay far from what an invocation may make. The rest is due the next time. */
const PAGES = 50;

interface Kind<Due> {
  due(database: Db, nowMs: number, limit: number): Promise<Due[]>;
  advance(database: Db, due: readonly Due[], nowMs: number): Promise<void>;
  message(due: Due): object;
}

const schedules: Kind<DueStream> = {
  due: dueStreams,
  advance: advanceStreams,
  message: ({ tenantId, streamId, dueMs }) => ({
    kind: "schedule",
    tenant_id: tenantId,
    stream_id: streamId,
    due_ms: dueMs,
  }),
};

const autoProcessing: Kind<DueTenant> = {
  due: dueTenants,
  advance: advanceTenants,
  message: ({ tenantId, dueMs }) => ({
    kind: "auto_processing",
    tenant_id: tenantId,
    due_ms: dueMs,
    after: "",
    error: null,
  }),
};

/**
 * Puts everything that is due on the queue, and moves it to its next time. Put there first: a run that dies in between
 * puts it there again, and each is done once, for its execution has the id of what was due.
 */
export async function enqueueDue(ctx: Pick<Context, "env" | "random">, nowMs: number): Promise<void> {
  await enqueue(ctx, schedules, nowMs);
  await enqueue(ctx, autoProcessing, nowMs);
}

async function enqueue<Due>(
  { env, random }: Pick<Context, "env" | "random">,
  { due: dueOf, advance, message }: Kind<Due>,
  nowMs: number,
): Promise<void> {
  const database = db(env);
  for (let pages = 0; pages < PAGES; pages++) {
    const due = await dueOf(database, nowMs, PAGE);
    if (due.length === 0) return;
    await env.ANALYZE.sendBatch(
      due.map((one) => ({ body: { ...message(one), traceparent: continueTrace(null, random) } })),
    );
    await advance(database, due, nowMs);
    if (due.length < PAGE) return;
  }
}
