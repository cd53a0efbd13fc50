import { z } from "zod";
import { endpoint, type Router, reply } from "../platform/http/endpoint";
import { streamIdSchema } from "./contract";
import { feedbackAnswerSchema, feedbackSchema, giveFeedback } from "./feedback";

export function feedbackRoutes(router: Router): void {
  endpoint(
    router,
    {
      method: "post",
      path: "/api/stream/{id}/feedback",
      operationId: "giveFeedback",
      tag: "Streams",
      access: "stream:write",
      admission: "object",
      idempotent: true,
      params: z.object({ id: streamIdSchema }),
      summary: "Say whether an alert was expected",
      description:
        "What was expected teaches the stream's detectors: the like is not told again. Saying the same again changes nothing. The newest 1,000 alerts of a stream can be named. `series`: of how many series it was said.",
      body: feedbackSchema,
      responses: { 200: { description: "What is now said of the alert", schema: feedbackAnswerSchema } },
    },
    async (ctx, { params: { id }, body }) => reply(200, await giveFeedback(ctx, id, body)),
  );
}
