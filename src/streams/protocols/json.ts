import { fail } from "../../core/errors";
import { isObject } from "../../core/json";
import type { ParsedRow } from "../append";
import { parseRecord } from "./row";

/** The rows of a JSON body: an array, {"points": [...]}, or one object. Rows count from 1. */
export function* jsonRows(body: unknown, extraTags: Record<string, string> = {}): Generator<ParsedRow> {
  const records = recordsOf(body);
  for (const [i, record] of records.entries()) yield parseRecord(i + 1, record, extraTags);
}

function recordsOf(body: unknown): unknown[] {
  if (Array.isArray(body)) return body;
  if (isObject(body)) return Array.isArray(body.points) ? body.points : [body];
  throw fail("invalid_request", 'The body must be an array of rows, {"points": [...]} or one row.', {
    errors: [{ pointer: "", message: "an array or an object is expected" }],
  });
}
