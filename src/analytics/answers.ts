import { z } from "zod";
import { ERROR_TITLES } from "../core/errors";
import { EXECUTION_KINDS, WORK_STATUSES } from "../core/work";

const json = z.record(z.string(), z.unknown());
const tags = z.record(z.string(), z.string());
const errorSchema = z.looseObject({
  code: z.enum(Object.keys(ERROR_TITLES) as [string, ...string[]]),
  detail: z.string(),
});

const resultSchema = z.object({
  type: z.string(),
  data: json,
  confidence: z.number().min(0).max(1),
  metrics: json,
  explain: json,
});

/** What every execution is answered with, whatever it runs. */
export const executionBase = {
  execution_id: z.string(),
  kind: z.enum(EXECUTION_KINDS),
  strategy_id: z.string().nullable(),
  stream_id: z.string().nullable(),
  status: z.enum(WORK_STATUSES),
  attempts: z.int().describe("How often it was begun since it last got further"),
  created_at: z.string(),
  updated_at: z.string(),
  resolved: z
    .object({
      stream_id: z.string().nullable(),
      field: z.string(),
      fields: z.array(z.string()).optional(),
      tags,
      rows: z.int(),
      rows_left_out: z.int().optional(),
      from: z.string().nullable(),
      to: z.string().nullable(),
      reason: z.string(),
    })
    .optional(),
  progress: json.optional().describe("Of work that goes on in pieces"),
  error: errorSchema.optional(),
  redrivable: z.boolean().optional().describe("True where it failed on our side"),
};

export const executionAnswerSchema = z.object({
  ...executionBase,
  result: resultSchema.optional(),
  series: z
    .array(
      z.object({
        field: z.string(),
        fields: z.array(z.string()).optional(),
        tags,
        result: resultSchema.nullable(),
        error: json.optional(),
      }),
    )
    .optional(),
  series_omitted: z.int().optional(),
});

export const executionListSchema = z.object({
  executions: z.array(
    z.looseObject({ ...executionBase, type: z.string().optional(), confidence: z.number().optional() }),
  ),
  next_cursor: z.string().nullable(),
});
