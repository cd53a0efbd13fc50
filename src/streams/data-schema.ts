import { z } from "@hono/zod-openapi";
import { DURATION_FORM } from "./query/every";
import { AGGREGATES, FILLS, QUERY_LIMITS as LIMITS } from "./query/spec";

const described = (description: string) => z.string().optional().openapi({ description });
const time = "ISO 8601, or epoch seconds, milli-, micro- or nanoseconds.";

/** The query string, for the document. What it means is checked in query/parse.ts, together. */
export const dataQuerySchema = z
  .object({
    start: described(`The first moment, inclusive: ${time}`),
    end: described(`The last moment, exclusive; a date alone includes that day: ${time}`),
    field: described("Names of fields, parted by commas. All, where it is absent."),
    every: described(
      `The width of a window: ${DURATION_FORM}. A window's timestamp is its start. Days and weeks (from Monday) are aligned to UTC, or to \`tz\`.`,
    ),
    agg: z
      .string()
      .optional()
      .openapi({
        enum: [...AGGREGATES],
        description:
          "What a window has of its points: `mean` with `every`. Without `every` it is one value over the whole range, at `start` or the first point's time. Percentiles interpolate (R's type 7); `rate` is a counter's increase per second between a window's first and last point, a decrease being a reset; the rate of a group is the sum of those of its series.",
      }),
    group_by: described(
      "Names of tags, parted by commas: series are merged across all other tags, over all their points. Empty: across all. Absent: each tag set by itself.",
    ),
    tz: described(
      "An IANA zone, such as Europe/Berlin. Windows of an hour or more then follow its clock: a day has 23 or 25 hours where it changes.",
    ),
    fill: z
      .string()
      .optional()
      .openapi({
        enum: [...FILLS],
        description:
          "What windows without points have, from `start` to `end`, or between the first and the last with points: nothing, null, the value before, or a line between both sides.",
      }),
    max_gap: described(`Longer gaps stay unfilled: ${DURATION_FORM}.`),
    max_points: z
      .string()
      .optional()
      .openapi({
        type: "integer",
        description: `Points of each series at most (${LIMITS.maxPoints.least} to ${LIMITS.maxPoints.most}), chosen so that the line keeps its shape (LTTB). The answer is one page, without texts.`,
      }),
    limit: z
      .string()
      .optional()
      .openapi({
        type: "integer",
        description: `Rows of a page of JSON, up to ${LIMITS.pageRows} (${LIMITS.pageRowsDefault} unless told); a page may have fewer. Of NDJSON and CSV the rows altogether, all unless told.`,
      }),
    cursor: z.string().max(4_000).optional().openapi({ description: "`next_cursor` of the page before." }),
  })
  .catchall(z.string());

const texts = z.record(z.string(), z.string());

export const pointSchema = z.object({
  timestamp: z.string(),
  fields: z.record(z.string(), z.number().nullable()),
  tags: texts,
  attributes: texts.optional(),
});

/** The three forms of an answer. */
export const dataContent = {
  "application/json": z.object({
    stream_id: z.string(),
    points: z.array(pointSchema),
    next_cursor: z.string().nullable(),
  }),
  "application/x-ndjson": pointSchema.openapi({ description: "A point a line, of the whole answer." }),
  "text/csv": z.string().openapi({
    description:
      "`timestamp`, the tags, the fields (RFC 4180), of the whole answer. Attributes are left out. Text that begins with = + - @ is written as it is.",
  }),
};
