import type { SeriesReader } from "../reader";
import { rowPage } from "./page";
import { samplePage } from "./sample";
import type { QueryPage, QuerySpec } from "./spec";
import { windowPage } from "./windowed";

/**
 * One page of the answer to a query. Fails with `field_not_found`, `work_budget_exceeded`, and with `invalid_request`
 * where the cursor, the zone or the width is none.
 */
export function runQuery(reader: SeriesReader, spec: QuerySpec): QueryPage {
  if (spec.every !== null || spec.agg !== null) return windowPage(reader, spec);
  return spec.maxPoints === null ? rowPage(reader, spec) : samplePage(reader, spec);
}
