import { z } from "zod";

/** What a model may say a column is for. A time is named apart. */
const PATCH_ROLES = ["value", "category", "attribute", "ignored"] as const;
const PATCH_ORDERS = ["keep", "ymd", "dmy", "mdy"] as const;

/**
 * What a model may change of a plan. Columns and derived fields go by the ids of the profile that it was shown: it has no
 * words of its own for anything but a unit, and units are of a closed list too.
 */
export const patchSchema = z.strictObject({
  columns: z
    .array(z.strictObject({ id: z.string().max(8), role: z.enum(PATCH_ROLES), unit: z.string().max(32) }))
    .max(512),
  time_columns: z.array(z.string().max(8)).max(4),
  time_order: z.enum(PATCH_ORDERS),
  derived: z.array(z.string().max(8)).max(12),
});
export type PlanPatch = z.infer<typeof patchSchema>;

const text = (description: string) => ({ type: "string", description });
const list = (items: object, description: string) => ({ type: "array", items, description });

/** The same as models are told it: flat, and without limits, which some makers refuse. */
export const PATCH_JSON_SCHEMA = {
  type: "object",
  properties: {
    columns: list(
      {
        type: "object",
        properties: {
          id: text("The id of a column whose role is open"),
          role: { type: "string", enum: PATCH_ROLES, description: "What it is for" },
          unit: text("The unit of its values, or an empty text"),
        },
        required: ["id", "role", "unit"],
      },
      "Columns to be read otherwise; empty where all are right",
    ),
    time_columns: list(
      text("The id of a column"),
      "Columns that make the time of a row; empty to leave it as it is",
    ),
    time_order: {
      type: "string",
      enum: PATCH_ORDERS,
      description: "How dates such as 03/04/05 are written; keep where they leave no doubt",
    },
    derived: list(text("The id of a derivable field"), "Derivable fields worth having; mostly empty"),
  },
  required: ["columns", "time_columns", "time_order", "derived"],
};

/** Null where it is no patch. */
export function parsePatch(answer: unknown): PlanPatch | null {
  const parsed = patchSchema.safeParse(answer);
  return parsed.success ? parsed.data : null;
}
