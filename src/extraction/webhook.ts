import { z } from "zod";
import { newId } from "../core/ids";
import type { TenantContext } from "../platform/context";
import { type Reply, reply } from "../platform/http/endpoint";
import type { Preference } from "../platform/prefer";
import { storeFor, takeGiven } from "./intake";
import { processTaken } from "./process";

const isData = (value: unknown): boolean =>
  typeof value === "string" ? value !== "" : typeof value === "object" && value !== null;

export const webhookSchema = z.strictObject({
  data: z
    .unknown()
    .refine(isData, "must be text, an object or a list")
    .describe("Text of any format, or JSON as it is"),
  source: z
    .string()
    .regex(/^[A-Za-z0-9_.:-]{1,120}$/, "1 to 120 letters, digits or _ . : -")
    .describe("Who sends: the stream is `webhook_{source}`"),
  format: z
    .string()
    .max(64)
    .optional()
    .describe("What the sender takes the data for; what they are is told by themselves"),
});

/**
 * Takes in what another system sends: understood and loaded like any data, and analysed where that is sure enough.
 * Throws what {@link processTaken} throws.
 */
export async function receiveExternalData(
  ctx: TenantContext,
  { data, source }: z.infer<typeof webhookSchema>,
  preference: Preference,
): Promise<Reply> {
  const jobId = newId("job", ctx.random);
  const given = {
    ...(typeof data === "string" ? { raw_text: data } : { data }),
    stream_id: `webhook_${source}`,
    description: `Webhook data from ${source}`,
    desired_format: "time_series" as const,
    analyse: true as const,
  };
  const taken = await takeGiven(given, storeFor(ctx, jobId));
  const { status, body, headers } = await processTaken(ctx, jobId, taken, preference, (work) => work());
  return reply(status, { processed: status === 200, ...(body as object) }, headers);
}
