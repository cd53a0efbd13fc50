import { type FieldError, fail } from "../../core/errors";
import { parseRangeEnd, parseTimestamp } from "../../core/timestamps";
import { zoneOf } from "../../core/zones";
import { DURATION_FORM, longestMicros, parseEvery } from "./every";
import { AGGREGATES, FILLS, QUERY_LIMITS as LIMITS, type QuerySpec } from "./spec";
import { gridOf } from "./windows";

/** The parameters besides `tag.NAME`. */
export const PARAMETERS = [
  "start",
  "end",
  "field",
  "every",
  "agg",
  "group_by",
  "tz",
  "fill",
  "max_gap",
  "max_points",
  "limit",
  "cursor",
] as const;
type Parameter = (typeof PARAMETERS)[number];

const TIME_FORM = "ISO 8601, or epoch seconds, milli-, micro- or nanoseconds";

/** Parameters of a query string, each at most once. */
type Given = Readonly<Record<string, string | undefined>>;

/** Gathers what is wrong, so that a caller reads of all of it at once. */
class Problems {
  readonly errors: FieldError[] = [];

  constructor(readonly given: Given) {}

  add(name: string, message: string): null {
    this.errors.push({ pointer: `#/query/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`, message });
    return null;
  }

  /** The parameter as `read` takes it; null where it is absent or, with a problem added, wrong. */
  read<T>(name: Parameter, message: string, read: (text: string) => T | null): T | null {
    const text = this.given[name];
    if (text === undefined) return null;
    return read(text) ?? this.add(name, message);
  }

  throwAny(): void {
    const [first] = this.errors;
    if (!first) return;
    const more = this.errors.length > 1 ? ` (and ${this.errors.length - 1} more)` : "";
    throw fail("invalid_request", `${first.pointer}: ${first.message}${more}`, { errors: this.errors });
  }
}

/**
 * The query that a query string asks for. `mostRows` is what `limit` may be at most. Fails with `invalid_request` and a
 * pointer (`#/query/every`) to each parameter that is wrong, unknown, or useless beside the others. The cursor is still
 * as the caller sent it.
 */
export function parseQuery(given: Given, mostRows: number = LIMITS.pageRows): QuerySpec {
  const problems = new Problems(given);
  const points = `a whole number from ${LIMITS.maxPoints.least} to ${LIMITS.maxPoints.most}`;
  const maxGap = problems.read("max_gap", DURATION_FORM, parseEvery);
  const spec: QuerySpec = {
    startMicros: problems.read("start", TIME_FORM, parseTimestamp),
    endMicros: problems.read("end", TIME_FORM, parseRangeEnd),
    fields: problems.read("field", "names, parted by commas", parseNames),
    tags: tagsOf(problems),
    every: problems.read("every", DURATION_FORM, parseEvery),
    agg: problems.read("agg", `one of ${AGGREGATES.join(", ")}`, (text) => oneOf(AGGREGATES, text)),
    groupBy: problems.read("group_by", "names of tags, parted by commas, or empty", (text) =>
      text.trim() === "" ? [] : parseNames(text),
    ),
    zone: problems.read("tz", "not a zone of the IANA time zone database, such as Europe/Berlin", (text) =>
      zoneOf(text) ? text : null,
    ),
    fill: problems.read("fill", `one of ${FILLS.join(", ")}`, (text) => oneOf(FILLS, text)) ?? "none",
    maxGapMicros: maxGap && longestMicros(maxGap),
    maxPoints: problems.read("max_points", points, (text) =>
      wholeNumber(text, LIMITS.maxPoints.least, LIMITS.maxPoints.most),
    ),
    limit:
      problems.read("limit", `a whole number from 1 to ${mostRows}`, (text) =>
        wholeNumber(text, 1, mostRows),
      ) ?? Math.min(LIMITS.pageRowsDefault, mostRows),
    cursor: given.cursor ?? null,
    columns: false,
  };
  checkTogether(problems, spec);
  problems.throwAny();
  return spec;
}

/** A range of time, as {@link parseQuery} reads it; null: open. */
export function parseRange(given: {
  start?: string | undefined;
  end?: string | undefined;
}): Pick<QuerySpec, "startMicros" | "endMicros"> {
  const problems = new Problems({ start: given.start, end: given.end });
  const range = {
    startMicros: problems.read("start", TIME_FORM, parseTimestamp),
    endMicros: problems.read("end", TIME_FORM, parseRangeEnd),
  };
  problems.throwAny();
  return range;
}

function checkTogether(problems: Problems, { every, zone, fill }: QuerySpec): void {
  const { given } = problems;
  const has = (name: Parameter) => given[name] !== undefined;
  if (has("fill") && !has("every")) problems.add("fill", "needs every: only windows have gaps");
  if (has("max_gap") && fill === "none") problems.add("max_gap", "needs fill");
  if (has("group_by") && !has("every") && !has("agg")) problems.add("group_by", "needs every or agg");
  if (has("max_points") && has("cursor")) problems.add("max_points", "has one page: it takes no cursor");
  if (has("max_points") && has("limit")) problems.add("max_points", "has one page: it takes no limit");
  if (has("max_points") && has("agg") && !has("every"))
    problems.add("max_points", "needs more than one value");
  if (zone !== null && every && !gridOf(every, zoneOf(zone)))
    problems.add("every", "in a zone, hours past a day are whole days");
}

function tagsOf(problems: Problems): Record<string, string> {
  const tags: Record<string, string> = {};
  for (const [name, value] of Object.entries(problems.given)) {
    if (PARAMETERS.some((known) => known === name) || value === undefined) continue;
    if (/^tag\../s.test(name)) tags[name.slice("tag.".length)] = value;
    else problems.add(name, "unknown parameter");
  }
  if (Object.keys(tags).length > LIMITS.names) problems.add("tag", `at most ${LIMITS.names} tags`);
  return tags;
}

function parseNames(text: string): string[] | null {
  const names = [...new Set(text.split(",").map((name) => name.trim()))];
  return names.includes("") || names.length > LIMITS.names ? null : names;
}

function wholeNumber(text: string, least: number, most: number): number | null {
  const value = /^\d{1,15}$/.test(text.trim()) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : null;
}

const oneOf = <T extends string>(known: readonly T[], text: string): T | null =>
  known.find((one) => one === text) ?? null;
