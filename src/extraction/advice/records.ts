import { z } from "zod";

/**
 * What a model finds in a free text: records, and their values apart, so that the schema stays flat. Ids are the model's
 * own numbers; rows go by the ids that it was shown.
 */
export const recordsSchema = z.strictObject({
  records: z
    .array(
      z.strictObject({
        id: z.string().max(12),
        row: z.string().max(12),
        quote: z.string().max(1_000),
        sentiment: z.string().max(12),
      }),
    )
    .max(400),
  values: z
    .array(
      z.strictObject({ record: z.string().max(12), name: z.string().max(80), value: z.string().max(400) }),
    )
    .max(4_000),
});
export type FoundRecords = z.infer<typeof recordsSchema>;

const text = (description: string) => ({ type: "string", description });
const listOf = (properties: Record<string, object>, description: string) => ({
  type: "array",
  description,
  items: { type: "object", properties, required: Object.keys(properties) },
});

/** The same as models are told it: flat, and without limits, which some makers refuse. */
export const RECORDS_JSON_SCHEMA = {
  type: "object",
  properties: {
    records: listOf(
      {
        id: text("A number of your own: 1, 2, 3"),
        row: text("The id of the row that it stands in"),
        quote: text("The words of the row that say it, copied letter by letter"),
        sentiment: text("From -1 to 1 where the words are an opinion; else an empty text"),
      },
      "What the rows report, a record each; empty where they report nothing",
    ),
    values: listOf(
      {
        record: text("The id of the record"),
        name: text("What it is, as the name of a column: temperature, city, date"),
        value: text("The value with its unit, copied letter by letter from the quote"),
      },
      "The values of the records: quantities, times, and words that tell records apart",
    ),
  },
  required: ["records", "values"],
};

/** Null where it is no answer of that kind. */
export function parseRecords(answer: unknown): FoundRecords | null {
  const parsed = recordsSchema.safeParse(answer);
  return parsed.success ? parsed.data : null;
}
