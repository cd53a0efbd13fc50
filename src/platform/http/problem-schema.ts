import { z } from "@hono/zod-openapi";

/** RFC 9457, with our members. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    instance: z.string(),
    code: z
      .string()
      .openapi({ description: "Stable: what a program should look at.", example: "stream_not_found" }),
    request_id: z.string(),
    errors: z.array(z.object({ pointer: z.string(), message: z.string() })).optional(),
    retryAfter: z.number().optional().openapi({ description: "Seconds to wait, with 429." }),
  })
  .openapi("Problem");
