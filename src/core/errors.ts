/**
 * Every code a caller can meet, with the title of its problem document (RFC 9457). A code is part of the
 * contract: it may be added, never renamed. Its HTTP status stands in one place, platform/http/status.ts.
 */
export const ERROR_TITLES = {
  // The request itself
  invalid_request: "The request is not valid",
  invalid_json: "The body is not valid JSON",
  not_found: "No such resource",
  method_not_allowed: "The method is not allowed here",
  unsupported_media_type: "The content type is not supported",
  payload_too_large: "The body is too large",
  idempotency_key_reused: "The idempotency key was used with another body",
  idempotency_in_progress: "The first request with this idempotency key is still running",
  conflict: "The request conflicts with the current state",
  upgrade_required: "A WebSocket upgrade is expected",
  // Who is asking
  unauthorized: "No valid access token",
  invalid_client: "The client credentials are not valid",
  invalid_grant: "The refresh token is not valid",
  insufficient_scope: "The token does not have the scope this needs",
  operator_only: "Only the operator may do this",
  tenant_suspended: "The account is not active",
  // How much is asked
  rate_limited: "Too many requests",
  strategy_quota_exceeded: "The hourly number of strategies is used up",
  work_limit_reached: "Too much work is waiting",
  stream_limit_reached: "The number of concurrent streams is used up",
  storage_limit_reached: "The storage is used up",
  limit_above_ceiling: "The limit is above the ceiling of the tier",
  strategy_not_allowed: "The strategy is not allowed for this tenant",
  // What is asked for
  tenant_not_found: "No such tenant",
  stream_not_found: "No such stream",
  alert_not_found: "No such alert",
  field_not_found: "No such field in the stream",
  strategy_not_found: "No such strategy",
  execution_not_found: "No such execution",
  job_not_found: "No such job",
  plan_not_found: "No such plan",
  client_not_found: "No such client",
  // The data
  no_valid_rows: "No row of the body is valid",
  too_many_series: "The stream would have too many series",
  unrecognised_format: "The data is of no format that is understood",
  malformed_data: "The data is damaged or incomplete",
  rows_not_repeatable: "The rows cannot be read again as they were",
  url_fetch_failed: "The URL could not be fetched",
  not_enough_data: "There is not enough data for this",
  data_changed: "The data changed while they were worked on",
  work_budget_exceeded: "The work is larger than an execution may take",
  // Ours
  unavailable: "A part of the platform does not answer",
  internal: "Something went wrong on our side",
} as const;

export type ErrorCode = keyof typeof ERROR_TITLES;

/** One invalid place of a request: `pointer` is a JSON Pointer (RFC 6901) into the body, or `#/query/name`. */
export interface FieldError {
  pointer: string;
  message: string;
}

/** Not nested further: the type crosses RPC, whose own types give up on recursion. */
type Scalar = string | number | boolean | null;

/** An expected failure as plain data. `extra` becomes further members of the problem document. */
export interface Failure {
  code: ErrorCode;
  detail: string;
  errors?: FieldError[];
  extra?: Record<string, Scalar | Scalar[] | Record<string, Scalar>[]>;
  retryAfterSeconds?: number;
}

/** Failures on our side: worth another try, where it can be tried again. */
export const OUR_CODES: readonly ErrorCode[] = ["internal", "unavailable"];
export const isOurs = ({ code }: Failure): boolean => OUR_CODES.includes(code);

/** What use cases throw. Only platform/http turns it into a response. */
export class AppError extends Error {
  override readonly name = "AppError";
  constructor(readonly failure: Failure) {
    super(`${failure.code}: ${failure.detail}`);
  }
}

/** Builds the error to throw: `throw fail("stream_not_found", "…")`. */
export function fail(code: ErrorCode, detail: string, more: Omit<Failure, "code" | "detail"> = {}): AppError {
  return new AppError({ code, detail, ...more });
}
