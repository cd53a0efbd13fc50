import { z } from "zod";
import { fail } from "../core/errors";
import { newId } from "../core/ids";
import { unwrap } from "../core/result";
import type { WorkItem } from "../core/work";
import { readSealed } from "../platform/blobs";
import type { TenantContext } from "../platform/context";
import type { Reply } from "../platform/http/endpoint";
import { tenantObject } from "../platform/objects";
import type { Preference } from "../platform/prefer";
import { type ExtractionPlan, givenPlanSchema } from "./contract";
import { type EarlierPlan, INLINE_BYTES, isUnfetched, type JobRequest, type UrlRequest } from "./intake";
import { beginJob } from "./process";

/** Plans under which rows of an upload were stored already, this many at most. */
const MOST_PLANS = 8;

export const replaySchema = z.strictObject({
  plan: givenPlanSchema,
  desired_format: z.enum(["time_series", "records"]).optional(),
});

/**
 * Loads the rows of a job that its plan rejected, under another plan, as a job of its own. What is stored stays as it
 * is, and no row is stored twice: see {@link cascade}. Throws `job_not_found`, `rows_not_repeatable` where a model found
 * its rows, and `conflict` where the job has not ended or was replayed too often.
 */
export async function replayJob(
  ctx: TenantContext,
  ofJobId: string,
  body: z.infer<typeof replaySchema>,
  preference: Preference,
): Promise<Reply> {
  const { request: asked, under } = await replayable(ctx, ofJobId);
  const request: JobRequest = {
    ...asked,
    desiredFormat: body.desired_format ?? asked.desiredFormat,
    plan: body.plan,
    replays: { jobId: asked.replays?.jobId ?? ofJobId, under },
  };
  const kept = request.bytes <= INLINE_BYTES ? await readSealed(ctx, request.blobKey) : null;
  return beginJob(ctx, newId("job", ctx.random), { request, kept, storedBytes: 0 }, preference);
}

/** What was asked, and the plans that have stored rows of it: none where nothing could be read. */
async function replayable(
  ctx: TenantContext,
  jobId: string,
): Promise<{ request: JobRequest; under: EarlierPlan[] }> {
  const tenant = tenantObject(ctx.env, ctx.principal.tenantId);
  const { status, request: asked, result } = unwrap<WorkItem>(await tenant.getWork(jobId, "extract"));
  if (status === "queued" || status === "running")
    throw fail("conflict", "The job has not ended yet: its rows are not all read.");
  const request = JSON.parse(asked) as JobRequest | UrlRequest;
  if (isUnfetched(request))
    throw fail("conflict", "The job has no data: what its URL leads to could not be fetched.");
  const under = [...(request.replays?.under ?? [])];
  if (result !== null) {
    const { plan } = JSON.parse(result) as { plan: ExtractionPlan };
    if (plan.tables.some(({ found_by }) => found_by === "model"))
      throw fail(
        "rows_not_repeatable",
        "A language model found the job's rows in free text: reading it again would not give the same ones.",
      );
    under.push({ plan, desiredFormat: request.desiredFormat });
  }
  if (under.length > MOST_PLANS)
    throw fail(
      "conflict",
      `The upload was replayed ${MOST_PLANS} times already; process it again as a whole.`,
    );
  return { request, under };
}
