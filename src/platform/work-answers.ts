import { z } from "zod";
import { type Failure, isOurs } from "../core/errors";
import { unwrap } from "../core/result";
import { WORK_STATUSES, type WorkItem, type WorkKind, type WorkKinds, type WorkSummary } from "../core/work";
import type { TenantContext } from "./context";
import { tenantObject } from "./objects";

/** What lists of work are asked for. */
export const workQuery = {
  status: z.enum(WORK_STATUSES).optional(),
  dead_letter: z
    .stringbool()
    .optional()
    .describe("True: what failed on our side each time it was tried, and can be redriven"),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z
    .string()
    .regex(/^\d{1,15}$/, "is no cursor of this list")
    .optional(),
};

/** How work that failed is answered: as a problem document has it, what belongs to a code stands beside it. */
export function errorOf({ error }: Pick<WorkSummary, "error">) {
  if (error === null) return {};
  const failure = JSON.parse(error) as Failure;
  const { code, detail, errors, extra } = failure;
  return { error: { code, detail, ...(errors ? { errors } : {}), ...extra }, redrivable: isOurs(failure) };
}

/** A page of the tenant's work, the newest first. */
export async function listWork(
  ctx: TenantContext,
  kind: WorkKind,
  query: z.infer<z.ZodObject<typeof workQuery>> & { stream_id?: string | undefined },
): Promise<{ items: WorkSummary[]; nextCursor: string | null }> {
  return tenantObject(ctx.env, ctx.principal.tenantId).listWork({
    kind,
    streamId: query.stream_id ?? null,
    status: query.status ?? null,
    deadLetter: query.dead_letter ?? null,
    cursor: query.cursor ?? null,
    limit: query.limit,
  });
}

/** Queues again what failed on our side. Throws `conflict` where it did not, and where there is none. */
export async function redriveWork(ctx: TenantContext, id: string, kinds: WorkKinds): Promise<WorkItem> {
  const { tenantId, clientId } = ctx.principal;
  const actor = { clientId, requestId: ctx.requestId };
  return unwrap<WorkItem>(await tenantObject(ctx.env, tenantId).redriveWork(id, kinds, actor));
}
