import { z } from "zod";

/** A record that a model proposes: words of a row that it was shown, and the values in them. */
export interface ProposedRecord {
  row: string;
  quote: string;
  fields: { name: string; value: string }[];
  /** As the model writes it. */
  sentiment: string;
}

const recordSchema = z.object({ id: z.string(), row: z.string(), quote: z.string(), sentiment: z.string() });
const valueSchema = z.object({ record: z.string(), name: z.string(), value: z.string() });
/** Records, and their values apart, so that the schema stays flat. What is none of them is dropped by itself. */
const answerSchema = z.object({ records: z.array(z.unknown()), values: z.array(z.unknown()) });

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

/** The records of an answer, null for each that is none; null where it is no such answer at all. */
export function parseRecords(answer: unknown): (ProposedRecord | null)[] | null {
  const parsed = answerSchema.safeParse(answer).data;
  if (!parsed) return null;
  const values = parsed.values.flatMap((one) => valueSchema.safeParse(one).data ?? []);
  const valuesOf = Map.groupBy(values, ({ record }) => record);
  return parsed.records.map((one) => {
    const record = recordSchema.safeParse(one).data;
    if (!record) return null;
    const { id, ...rest } = record;
    const fields = valuesOf.get(id) ?? [];
    // Of two records under one id nobody knows whose the values are: they are the first one's.
    valuesOf.delete(id);
    return { ...rest, fields };
  });
}
