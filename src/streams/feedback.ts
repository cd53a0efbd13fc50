import { z } from "zod";
import { fail } from "../core/errors";
import { parseTimestamp } from "../core/timestamps";
import type { TenantContext } from "../platform/context";
import { type Feedback, type FeedbackAnswer, STREAM_LIMITS } from "./contract";
import { callShards } from "./shard";

const name = z.string().min(1).max(STREAM_LIMITS.nameChars);

export const feedbackSchema = z
  .strictObject({
    alert_id: z.string().min(1).max(128).optional().describe("The alert's `id`."),
    timestamp: z
      .union([z.string().max(64), z.number()])
      .refine((value) => parseTimestamp(value) !== null, "is not a time")
      .optional()
      .describe(
        "With `field` and `tags`, instead of `alert_id`: the reading as the alert's context names it.",
      ),
    field: name.optional(),
    tags: z.record(name, z.string().max(STREAM_LIMITS.tagValueChars)).optional(),
    expected: z.boolean().describe("True: this was no anomaly. False: it was one."),
    comment: z.string().max(1_000).optional(),
  })
  .superRefine(({ alert_id, timestamp, field, tags }, issue) => {
    const isReading = timestamp !== undefined && field !== undefined;
    const isAnyOfReading = timestamp !== undefined || field !== undefined || tags !== undefined;
    if (alert_id === undefined ? !isReading : isAnyOfReading)
      issue.addIssue({
        code: "custom",
        path: ["alert_id"],
        message: "Either this, or timestamp and field (and tags)",
      });
  });

export const feedbackAnswerSchema = z.object({
  stream_id: z.string(),
  alert_id: z.string(),
  expected: z.boolean(),
  comment: z.string().nullable(),
  series: z.int(),
});

/** Keeps what the caller says of an alert of the stream; the detectors learn from what was expected. */
export async function giveFeedback(
  ctx: TenantContext,
  streamId: string,
  given: z.infer<typeof feedbackSchema>,
) {
  const { requestId, principal } = ctx;
  const feedback = feedbackOf(given);
  const answers = await callShards<FeedbackAnswer | null>(ctx, streamId, (object, call) =>
    object.feedback({ ...call, requestId, clientId: principal.clientId, feedback }),
  );
  const known = answers.find((answer) => answer !== null);
  if (!known)
    throw fail(
      "alert_not_found",
      "The stream has raised no such alert, or so many since that this one is no longer kept.",
    );
  const { alertId, expected, comment, series } = known;
  return { stream_id: streamId, alert_id: alertId, expected, comment, series };
}

function feedbackOf(given: z.infer<typeof feedbackSchema>): Feedback {
  const { alert_id, timestamp, field, tags, expected, comment } = given;
  // The schema has seen to it that one of both is whole.
  const alert =
    alert_id === undefined
      ? { timeMicros: parseTimestamp(timestamp)!, field: field!, tags: tags ?? {} }
      : { id: alert_id };
  return { alert, expected, comment: comment ?? null };
}
