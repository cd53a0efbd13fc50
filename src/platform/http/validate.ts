import type { z } from "zod";
import { type FieldError, fail } from "../../core/errors";

const ERRORS_LISTED = 50;
/** Of a message, and of a pointer: both repeat names that the caller chose, and may have chosen long and many. */
const CHARS_REPEATED = 500;

/** The value as the schema types it, or `invalid_request` with a JSON Pointer to each wrong place. */
export function validate<T>(schema: z.ZodType<T>, value: unknown, base: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors = result.error.issues.slice(0, ERRORS_LISTED).map((issue) => ({
    pointer: shortened(base + pointerOf(issue.path)),
    message: shortened(issue.message),
  }));
  throw fail("invalid_request", summary(errors), { errors });
}

const shortened = (text: string): string =>
  text.length <= CHARS_REPEATED ? text : `${text.slice(0, CHARS_REPEATED)}…`;

/** A JSON Pointer (RFC 6901). */
const pointerOf = (path: readonly PropertyKey[]): string =>
  path.map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");

function summary(errors: readonly FieldError[]): string {
  const first = errors[0]!;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
  return `${first.pointer || "The body"}: ${first.message}${more}`;
}
