import { createHash } from "node:crypto";
import { canonicalJson } from "../core/json";
import type { FormatId, TablePlan } from "./contract";
import type { SourceTable } from "./formats/source-table";

/** The part of a table's plan that holds for every table of its shape. */
export type ShapePlan = Pick<TablePlan, "timestamp" | "columns" | "derived">;

/** Who settled a plan: code, a model that has seen code's, a person. What a person said counts most. */
export const PLAN_ORIGINS = ["code", "model", "person"] as const;
export type PlanOrigin = (typeof PLAN_ORIGINS)[number];

export interface KeptPlan {
  shapeId: string;
  version: number;
  plan: ShapePlan;
  origin: PlanOrigin;
  confidence: number;
  jobId: string;
  /** Milliseconds since the epoch. */
  createdAt: number;
}

/**
 * Names what tables of one make have in common: the format and the names of the columns in their order. Null where
 * columns have no names, or a model's: those are alike by chance.
 */
export function shapeOf(format: FormatId, { columns, headerless, foundBy }: SourceTable): string | null {
  if (headerless || foundBy || columns.length === 0) return null;
  return createHash("sha256")
    .update(canonicalJson([format, columns]))
    .digest("hex")
    .slice(0, 32);
}

/** Without the year of times that have none: the next table of the shape is of another. */
export function shapePlanOf({ timestamp, columns, derived }: TablePlan): ShapePlan {
  const rest = { columns, ...(derived && derived.length > 0 ? { derived } : {}) };
  if (!timestamp?.yearless) return { timestamp, ...rest };
  const { yearless: _, ...written } = timestamp;
  return { timestamp: written, ...rest };
}

export const samePlan = (a: ShapePlan, b: ShapePlan): boolean =>
  canonicalJson(shapePlanOf(a as TablePlan)) === canonicalJson(shapePlanOf(b as TablePlan));
