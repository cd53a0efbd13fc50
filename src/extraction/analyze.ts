import { z } from "zod";
import { fail } from "../core/errors";
import type { TenantContext } from "../platform/context";
import { analysis } from "./answer";
import { type AnalyzeAnswer, llmAskSchema } from "./contract";
import { understandKnown } from "./known";
import { levelsOf } from "./levels";

export const analyzeSchema = z.strictObject({
  text_sample: z.string().min(1),
  description: z.string().max(10_000).optional(),
  tenant_id: z.string().max(128).optional(),
  llm: llmAskSchema.optional(),
});

/** How a sample would be understood. Nothing is stored. */
export async function analyzeSample(
  ctx: TenantContext,
  body: z.infer<typeof analyzeSchema>,
): Promise<AnalyzeAnswer> {
  if (body.tenant_id !== undefined && body.tenant_id !== ctx.principal.tenantId) {
    throw fail("tenant_not_found", "There is no tenant with this id.");
  }
  const hints = { description: body.description, receivedAt: ctx.clock.nowMs(), llm: body.llm };
  return analysis(await understandKnown(ctx, body.text_sample, hints), levelsOf(ctx.config));
}
