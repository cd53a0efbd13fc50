import { unwrap } from "../core/result";
import { claimOf, type WorkItem } from "../core/work";
import type { TenantContext } from "../platform/context";
import { tenantObject } from "../platform/objects";
import { type JobKeeper, type JobProgress, type JobState, Superseded } from "./job-state";
import { jobEvent, progressOf } from "./jobs";

/** Events of one job are at least this far apart. */
const EVENT_MS = 1_000;

/** Keeps what a job has come to in the tenant's checkpoints, which renews its lease, and tells of it now and then. */
export async function keeperOf(ctx: TenantContext, item: WorkItem): Promise<JobKeeper> {
  const tenant = tenantObject(ctx.env, ctx.principal.tenantId);
  const held = await tenant.workState(item.id);
  const claim = claimOf(item);
  let toldMs = Number.NEGATIVE_INFINITY;
  const keep = async (state: JobState, { stage, records, fraction }: JobProgress): Promise<void> => {
    const nowMs = ctx.clock.nowMs();
    const progress = progressOf(stage, records, fraction);
    const events = nowMs - toldMs < EVENT_MS ? [] : [JSON.stringify(jobEvent(item, progress, nowMs))];
    if (events.length > 0) toldMs = nowMs;
    const checkpoint = {
      state: JSON.stringify(state),
      progress: JSON.stringify(progress),
      release: false,
    };
    const kept = await tenant.checkpointWork(claim, checkpoint, events);
    if (!kept.ok && kept.failure.code === "conflict") throw new Superseded();
    unwrap<WorkItem>(kept);
  };
  const alive = async () => tenant.progressWork(claim, JSON.stringify(progressOf("understanding")));
  return { state: stateIn(held), keep, alive };
}

/**
 * For what is done within its request. A model may answer otherwise the next time: what it said is kept, should the
 * request end early and the queue go on with the job.
 */
export const inlineKeeper = (ctx: TenantContext, item: WorkItem): JobKeeper => ({
  state: null,
  async keep(state, progress) {
    const { llm } = state.reads === "whole" ? state.understood : state.head;
    if (llm?.used) await (await keeperOf(ctx, item)).keep(state, progress);
  },
});

/** Null: nothing is kept, or not in the form of today. */
function stateIn(json: string | null): JobState | null {
  const held = json === null ? null : (JSON.parse(json) as JobState);
  return held?.version === 2 ? held : null;
}
