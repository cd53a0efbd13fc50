import type { Context } from "../../platform/context";
import { db } from "../../platform/db";
import { continueTrace } from "../../platform/http/trace";
import { advanceStreams, dueStreams } from "../../streams";
import { advanceTenants, dueTenants } from "../../tenants";

/** As many as one call to a queue takes. */
const PAGE = 100;
/** Of each kind a run; three calls a page stay far from what an invocation may make. The rest is due the next time. */
const PAGES = 50;

/**
 * Puts everything that is due on the queue, and moves it to its next time. Put there first: a run that dies in between
 * puts it there again, and each is done once, for its execution has the id of what was due.
 */
export async function enqueueDue(
  { env, random }: Pick<Context, "env" | "random">,
  nowMs: number,
): Promise<void> {
  const database = db(env);
  const traceparent = continueTrace(null, random);
  await pageByPage(async () => {
    const due = await dueStreams(database, nowMs, PAGE);
    await send(
      env,
      due.map(({ tenantId, streamId, dueMs }) => ({
        ...{ kind: "schedule", tenant_id: tenantId, stream_id: streamId, due_ms: dueMs, traceparent },
      })),
    );
    if (due.length > 0) await advanceStreams(database, due, nowMs);
    return due.length;
  });
  await pageByPage(async () => {
    const due = await dueTenants(database, nowMs, PAGE);
    await send(
      env,
      due.map(({ tenantId, dueMs }) => ({
        ...{ kind: "auto_processing", tenant_id: tenantId, due_ms: dueMs, after: "", traceparent },
      })),
    );
    if (due.length > 0) await advanceTenants(database, due, nowMs);
    return due.length;
  });
}

async function pageByPage(page: () => Promise<number>): Promise<void> {
  for (let pages = 0; pages < PAGES; pages++) if ((await page()) < PAGE) return;
}

async function send(env: Env, bodies: object[]): Promise<void> {
  if (bodies.length > 0) await env.ANALYZE.sendBatch(bodies.map((body) => ({ body })));
}
