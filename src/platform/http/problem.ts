import { AppError, ERROR_TITLES, type Failure } from "../../core/errors";
import { STATUS } from "./status";

export const PROBLEM_JSON = "application/problem+json";

/**
 * The problem document (RFC 9457) of a failure. 429 also carries `error`, `retryAfter` (seconds) and, where known,
 * `limit`, which clients of the first version read.
 */
export function problemOf(failure: Failure, requestId: string, instance: string) {
  const status = STATUS[failure.code];
  const title = ERROR_TITLES[failure.code];
  return {
    type: `https://stratosmesh.dev/problems/${failure.code}`,
    title,
    status,
    detail: failure.detail,
    instance,
    code: failure.code,
    request_id: requestId,
    ...(failure.errors ? { errors: failure.errors } : {}),
    ...(status === 429 ? { error: title, retryAfter: failure.retryAfterSeconds ?? 1 } : {}),
    ...failure.extra,
  };
}

export function problemResponse(failure: Failure, requestId: string, instance: string): Response {
  const headers = new Headers({ "content-type": PROBLEM_JSON, "cache-control": "no-store" });
  if (failure.retryAfterSeconds !== undefined) headers.set("retry-after", String(failure.retryAfterSeconds));
  if (failure.code === "unauthorized") headers.set("www-authenticate", 'Bearer realm="stratosmesh"');
  if (failure.code === "insufficient_scope") {
    headers.set("www-authenticate", 'Bearer realm="stratosmesh", error="insufficient_scope"');
  }
  return new Response(JSON.stringify(problemOf(failure, requestId, instance)), {
    status: STATUS[failure.code],
    headers,
  });
}

/** What a stranger may know of an error that we did not expect: that it happened, and its request id. */
export const failureOf = (error: unknown): Failure =>
  error instanceof AppError
    ? error.failure
    : {
        code: "internal",
        detail: "The request failed on our side. Quote the request id when you report it.",
      };
