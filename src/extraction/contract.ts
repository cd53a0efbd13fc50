import { z } from "zod";
import { zoneNamed } from "../core/zones";

/** What a body can be. A format is told by its content before its name or media type. */
export const TEXT_FORMAT_IDS = ["csv", "json", "ndjson", "text"] as const;
export const BINARY_FORMAT_IDS = [
  "xlsx",
  "xlsb",
  "xls",
  "ods",
  "spreadsheetml",
  "html",
  "dbf",
  "sylk",
  "dif",
  "lotus",
  "pdf",
] as const;
export const FORMAT_IDS = [...TEXT_FORMAT_IDS, ...BINARY_FORMAT_IDS] as const;
export type TextFormatId = (typeof TEXT_FORMAT_IDS)[number];
export type BinaryFormatId = (typeof BINARY_FORMAT_IDS)[number];
export type FormatId = (typeof FORMAT_IDS)[number];

/** What data can be about; a closed list. `text_data` is text in which no readings were found. */
export const DETECTED_TYPES = [
  "financial_data",
  "sensor_data",
  "sales_data",
  "web_traffic",
  "log_data",
  "social_media",
  "energy_data",
  "health_data",
  "generic_time_series",
  "tabular_data",
  "text_data",
] as const;
export type DetectedType = (typeof DETECTED_TYPES)[number];

export const CONFIDENCE_LEVELS = ["high", "medium", "low"] as const;
export type ConfidenceLevel = (typeof CONFIDENCE_LEVELS)[number];

const nameSchema = z
  .string()
  .min(1)
  .max(256)
  // As a key of an object it would be lost without a word.
  .refine((name) => name !== "__proto__", "is no name that can be stored");
const zoneSchema = z
  .string()
  .max(64)
  .refine(
    (text) => zoneNamed(text) !== null,
    "a zone of the IANA time zone database, UTC or an offset such as +01:00",
  );

/** How the numbers of a column are written. `group` is the thousands mark, empty where there is none. */
export const numberFormatSchema = z.strictObject({
  decimal: z.enum([".", ","]),
  group: z.enum(["", ",", ".", " ", "'"]),
  /** K, M, B and T behind a number multiply it: 1.2M is 1200000. */
  scaled: z.boolean().optional(),
});
export type NumberFormat = z.infer<typeof numberFormatSchema>;

export const COLUMN_ROLES = ["timestamp", "value", "category", "attribute", "ignored"] as const;
export const COLUMN_TYPES = ["number", "integer", "boolean", "string", "timestamp", "empty"] as const;
export type ColumnRole = (typeof COLUMN_ROLES)[number];
export type ColumnType = (typeof COLUMN_TYPES)[number];

/**
 * A column of the source and what becomes of it. Values are fields, categories are tags, attributes are text kept
 * with the row. `source` is the column's own name, made distinct where the source repeats one.
 */
export const planColumnSchema = z.strictObject({
  source: nameSchema,
  name: nameSchema,
  role: z.enum(COLUMN_ROLES),
  type: z.enum(COLUMN_TYPES),
  unit: z.string().max(64).nullable(),
  number_format: numberFormatSchema.optional(),
});
export type PlanColumn = z.infer<typeof planColumnSchema>;

export const EPOCH_UNITS = ["s", "ms", "us", "ns"] as const;

/** How rows without a year of their own follow one another. */
export const ROW_ORDERS = ["ascending", "descending", "unordered"] as const;
export type RowOrder = (typeof ROW_ORDERS)[number];

/**
 * What times without a year are read by. `year` is that of the first row; where rows are in order it turns between
 * December and January (infer/year-turns.ts), where they are not it is that of all rows.
 */
export const yearlessSchema = z.strictObject({
  year: z.int().min(1_900).max(2_200),
  rows: z.enum(ROW_ORDERS),
});
export type Yearless = z.infer<typeof yearlessSchema>;

/**
 * How the time of a row is read. `calendar` covers everything written as a date; `order` settles what 03/04/05
 * means. `serial_day` counts days from 30 December 1899, as spreadsheets do. `formats` (strptime notation) says what was seen and is for people; reading follows the other members.
 */
export const timestampPlanSchema = z.strictObject({
  /** The columns that make the time together, in the order date, time of day; or year, month, day, hour. */
  fields: z.array(nameSchema).min(1).max(4),
  kind: z.enum(["calendar", "epoch", "parts", "decimal_year", "serial_day"]),
  formats: z.array(z.string().max(64)).max(8),
  order: z.enum(["ymd", "dmy", "mdy"]),
  epoch_unit: z.enum(EPOCH_UNITS).optional(),
  /** What a time without a zone of its own is read in. */
  zone: zoneSchema,
  /** The column that names the zone of each row's time, by a name of the IANA database or an offset; `zone` is not used then. */
  zone_column: nameSchema.optional(),
  /** What abbreviations in that column mean: they stand for several zones each. */
  zone_names: z.record(nameSchema, zoneSchema).optional(),
  /** Of `calendar`, where times are written without a year. */
  yearless: yearlessSchema.optional(),
});
export type TimestampPlan = z.infer<typeof timestampPlanSchema>;
export type DateOrder = TimestampPlan["order"];

/** Seconds from one time to another; the balance of positive and negative words of a text; 1 in every row. */
export const DERIVED_KINDS = ["duration", "sentiment", "count"] as const;
export type DerivedKind = (typeof DERIVED_KINDS)[number];

/** A field that is computed from columns of its row, by their names in the plan. */
export const derivedFieldSchema = z
  .strictObject({ name: nameSchema, kind: z.enum(DERIVED_KINDS), of: z.array(nameSchema).max(2) })
  .refine(({ kind, of }) => of.length === { duration: 2, sentiment: 1, count: 0 }[kind], {
    error: "a duration is of two columns, a sentiment of one, a count of none",
    path: ["of"],
  });
export type DerivedField = z.infer<typeof derivedFieldSchema>;

/** How delimited text is written. `delimiter` "" is one column; `whitespace` means runs of blanks. */
export const csvDialectSchema = z.strictObject({
  delimiter: z.string().max(10),
  quote: z.enum(['"', "'", ""]),
  /** Lines above the header, or above the first row where there is none; blank ones and comments count. */
  preamble_lines: z.int().min(0).max(1_000),
  has_header: z.boolean(),
  /** Rows of names, the lowest the columns' own and those above of groups of them; absent: one. */
  header_rows: z.int().min(1).max(6).optional(),
  /** The header is one name short: rows begin with a name of their own, which has none above it, as R writes them. */
  row_names: z.boolean().optional(),
  units_row: z.boolean(),
  /** Further rows between the names and the first record, which say what the columns hold. */
  description_rows: z.int().min(1).max(6).optional(),
  /** What a line begins with that is no row. */
  comment: z.enum(["#", "//", "%"]).nullable().optional(),
  /** Cells of a row at most; absent: as many as the header has. */
  columns: z.int().min(1).max(512).optional(),
});
export type CsvDialect = z.infer<typeof csvDialectSchema>;

/** Where a table stands in its source, so that it is found again in the next one of the same make. */
export const tablePlaceSchema = z.strictObject({
  /** Path in an archive. */
  file: z.string().max(1_024).optional(),
  sheet: z.string().max(256).optional(),
  /** In the notation of spreadsheets, the header among it: A3:H120. */
  range: z.string().max(64).optional(),
  header_rows: z.int().min(0).max(20).optional(),
  /** Counted from 1, as is `table` among the tables of the first of them. */
  pages: z.array(z.int().min(1)).max(1_000).optional(),
  table: z.int().min(1).optional(),
});
export type TablePlace = z.infer<typeof tablePlaceSchema>;

/** What was understood of one table. */
export const tablePlanSchema = z.strictObject({
  name: nameSchema,
  format: z.enum(FORMAT_IDS),
  place: tablePlaceSchema.optional(),
  dialect: csvDialectSchema.optional(),
  /** JSON: where the records are, keys and `[]` joined by dots; "" is the root. */
  record_path: z.string().max(1_024).optional(),
  /** What is put behind the stream's id where tables of other columns have streams of their own. */
  stream_suffix: z
    .string()
    .regex(/^[A-Za-z0-9_.:-]{1,64}$/)
    .optional(),
  /** Tags that all of its rows get: tables of one stream are told apart by them. */
  tags: z.record(nameSchema, nameSchema).optional(),
  /** Null: rows have no time and get distinct arrival times. */
  timestamp: timestampPlanSchema.nullable(),
  columns: z.array(planColumnSchema).max(512),
  derived: z.array(derivedFieldSchema).max(64).optional(),
  /** Its rows are records that a language model found in free text: the plan cannot be carried out again. */
  found_by: z.literal("model").optional(),
});
export type TablePlan = z.infer<typeof tablePlanSchema>;

/** Tables that one upload may have; more are refused by name. */
export const MOST_TABLES = 100;

/**
 * What was understood of data, as a document that code carries out. It can be kept, corrected by a person or a model,
 * and used again on the next data of the same make. Tables that are not in it are not loaded.
 */
export const extractionPlanSchema = z.strictObject({
  version: z.literal(1),
  tables: z.array(tablePlanSchema).min(1).max(MOST_TABLES),
});
export type ExtractionPlan = z.infer<typeof extractionPlanSchema>;

/** A plan that is to be carried out. */
export const givenPlanSchema = extractionPlanSchema.superRefine(({ tables }, context) => {
  for (const [at, { found_by }] of tables.entries())
    if (found_by)
      context.addIssue({
        code: "custom",
        path: ["tables", at, "found_by"],
        message:
          "a language model found the rows of this table: the plan cannot be carried out again; leave the table or the plan out",
      });
});

/** `table` is named where the data have several. */
export const rejectedRowSchema = z.object({ row: z.int(), reason: z.string(), table: z.string().optional() });

/** Rows of the source that are no records. */
export const skippedSchema = z.object({
  blank: z.int(),
  comments: z.int(),
  preamble: z.int(),
  repeated_headers: z.int(),
  units_rows: z.int(),
  /** Rows below the names that say what columns hold: their kinds, how a mean was taken, what they are in words. */
  descriptions: z.int(),
  totals: z.int(),
  footnotes: z.int(),
  /** Lines that continue the record above them, in which they are kept. */
  continued: z.int(),
  /** Rows of a free text in which a language model found no record. */
  without_records: z.int(),
});
export type Skipped = z.infer<typeof skippedSchema>;

export const schemaOfDataSchema = z.object({
  timestamp_field: z.string().nullable(),
  timestamp_fields: z.array(z.string()),
  value_fields: z.array(z.string()),
  category_fields: z.array(z.string()),
  attribute_fields: z.array(z.string()),
  units: z.record(z.string(), z.string()),
  types: z.record(z.string(), z.enum(COLUMN_TYPES)),
});

export const SUGGESTED_STRATEGY_IDS = [
  "moving_average",
  "anomaly_detection",
  "arima_prediction",
  "hybrid_arima_ma",
] as const;

export const suggestionSchema = z.object({
  strategy_id: z.enum(SUGGESTED_STRATEGY_IDS),
  config: z.record(z.string(), z.union([z.number(), z.string(), z.array(z.string())])),
  reason: z.string(),
});
export type Suggestion = z.infer<typeof suggestionSchema>;

/** A question that the data leave open, with what each answer would mean. */
export const ambiguitySchema = z.object({
  field: z.string(),
  question: z.string(),
  readings: z.array(z.object({ reading: z.string(), example: z.string(), chosen: z.boolean() })),
});
export type Ambiguity = z.infer<typeof ambiguitySchema>;

/** Asks a language model about the plan also where code is sure of it, or never. A plan that is kept is not asked about. */
export const llmAskSchema = z.enum(["always", "never"]);

/** What became of the records that a model named in free text, and of their values. */
export const modelRecordsSchema = z.object({
  proposed: z.int(),
  kept: z.int(),
  dropped: z.int(),
  /** Values of kept records that do not stand in the words of their record, or have no name that can be used. */
  values_dropped: z.int(),
});
export type ModelRecords = z.infer<typeof modelRecordsSchema>;

/** Whether a model had a say in the plan of these data; provider and model are named where one was asked. */
export const llmUseSchema = z.object({
  used: z.boolean(),
  provider: z.string().nullable(),
  model: z.string().nullable(),
  /** Sent and received, also where nothing came of them. */
  tokens: z.int(),
  /** Absent: no model was asked about a free text. */
  records: modelRecordsSchema.optional(),
});
export type LlmUse = z.infer<typeof llmUseSchema>;

/** What is the same in every answer about data: how it was understood. */
const understoodShape = {
  success: z.literal(true),
  detected_type: z.enum(DETECTED_TYPES),
  confidence: z.number().min(0).max(1),
  confidence_level: z.enum(CONFIDENCE_LEVELS),
  format: z.enum(FORMAT_IDS),
  schema: schemaOfDataSchema,
  suggested_strategies: z.array(z.enum(SUGGESTED_STRATEGY_IDS)),
  suggestions: z.array(suggestionSchema),
  ambiguities: z.array(ambiguitySchema),
  warnings: z.array(z.string()),
  plan: extractionPlanSchema,
  /** Fields that could be derived from the first table: each may be taken over into its plan's `derived`. */
  derivable: z.array(derivedFieldSchema),
  llm: llmUseSchema,
};

const rememberedShape = {
  /** Names the table's shape, by which its plan is kept for the next data; null where columns have no names. */
  shape_id: z.string().nullable(),
  /** The version of the kept plan that it was read by; null: it was read afresh. */
  plan_version: z.int().nullable(),
};

/** One of the tables that were found. */
export const tableAnswerSchema = z.object({
  name: z.string(),
  format: z.enum(FORMAT_IDS),
  place: tablePlaceSchema.optional(),
  confidence: z.number().min(0).max(1),
  schema: schemaOfDataSchema,
  ...rememberedShape,
  records_processed: z.int(),
  records_rejected: z.int(),
  skipped: skippedSchema,
});
export const loadedTableSchema = tableAnswerSchema.extend({ stream_id: z.string() });
export type LoadedTable = z.infer<typeof loadedTableSchema>;

/**
 * The answer about processed data, without what only the caller of extraction knows (`job_id`, `stream_id`). Schema and
 * shape are those of the first table, the counts are of all.
 */
export const processAnswerSchema = z.object({
  ...understoodShape,
  ...rememberedShape,
  /** Received and skipped: every row of the source once. */
  rows_seen: z.int(),
  /** Accepted, updated, duplicates and rejected. */
  received: z.int(),
  accepted: z.int(),
  updated: z.int(),
  duplicates: z.int(),
  /** Accepted, updated and duplicates. */
  records_processed: z.int(),
  records_rejected: z.int(),
  rejected: z.array(rejectedRowSchema),
  skipped: skippedSchema,
  /** Of data with several tables. */
  tables: z.array(loadedTableSchema).optional(),
});
export type ProcessAnswer = z.infer<typeof processAnswerSchema>;

export const previewPointSchema = z.object({
  row: z.int(),
  timestamp: z.string().nullable(),
  fields: z.record(z.string(), z.number()),
  tags: z.record(z.string(), z.string()),
  attributes: z.record(z.string(), z.string()).optional(),
});

/** The answer to an analysis: nothing is stored, `preview` shows the first rows as they would be. */
export const analyzeAnswerSchema = z.object({
  ...understoodShape,
  ...rememberedShape,
  records_found: z.int(),
  records_rejected: z.int(),
  rejected: z.array(rejectedRowSchema),
  skipped: skippedSchema,
  tables: z.array(tableAnswerSchema).optional(),
  preview: z.array(previewPointSchema),
});
export type AnalyzeAnswer = z.infer<typeof analyzeAnswerSchema>;
