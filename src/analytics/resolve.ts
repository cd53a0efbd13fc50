import { fail } from "../core/errors";
import { formatMicros, MAX_MICROS, MIN_MICROS } from "../core/timestamps";
import type { TenantContext } from "../platform/context";
import { tenantObject } from "../platform/objects";
import { callShards } from "../streams";
import type { SeriesColumns, StreamDescription } from "../streams/contract";
import type { StrategyInput } from "./contract";
import { byTags, fieldsIn, type Joined, joinFields, pooled } from "./join";
import { EXECUTION_LIMITS, type ExecutionRequest, type Target } from "./request";
import type { PreparedStrategy } from "./strategies/registry";

/** What an execution was run on, and why. */
export type Resolved = {
  stream_id: string | null;
  field: string;
  /** Where fields were taken together: all of them. `rows` have a value of each, `rows_left_out` do not. */
  fields?: string[];
  rows_left_out?: number;
  tags: Record<string, string>;
  rows: number;
  from: string | null;
  to: string | null;
  reason: string;
};

export interface Resolution {
  /** At least one, that with the most points first, at most 20. */
  series: StrategyInput[];
  resolved: Resolved;
}

/** What a strategy says of the inputs that it wants. */
type Wanting = Pick<PreparedStrategy, "requiredPoints" | "takesFieldsTogether">;

/** A field of these names is what a stream is about, in this order. */
const PREFERRED_FIELDS = ["close", "price", "value"];
const SECOND_MICROS = 1_000_000;

/**
 * Finds the series of a request: the named stream or the one last written to, the named fields or the one that a stream
 * is about, every set of tags; fields taken together are joined on their times. Throws `stream_not_found`,
 * `field_not_found` or `not_enough_data`.
 */
export async function resolve(
  ctx: TenantContext,
  request: ExecutionRequest,
  strategy: Wanting,
): Promise<Resolution> {
  const { target } = request;
  if (target.data) return inline(target.data, request.requestedMs);
  const stream = await streamOf(ctx, target);
  const known = (
    await callShards<StreamDescription>(ctx, stream.id, (object, call) => object.describe(call))
  ).flatMap(({ series }) => series);
  const names = [...new Set(known.map(({ field }) => field))];
  const fields = fieldsOf(stream.id, names, target.fields);
  const range = { startMicros: target.startMicros ?? MIN_MICROS, endMicros: target.endMicros ?? MAX_MICROS };
  const perField = await Promise.all(
    fields.names.map((field) =>
      callShards<SeriesColumns[]>(ctx, stream.id, (object, call) =>
        object.columns({
          ...call,
          field,
          tags: target.tags ?? {},
          ...range,
          maxPoints: EXECUTION_LIMITS.points,
        }),
      ),
    ),
  );
  const found = perField.flat(2).filter(({ times }) => times.length > 0);
  if (found.length === 0) {
    throw fail(
      "not_enough_data",
      `No point of "${fields.names.join('", "')}" in ${stream.id} fits the tags and the range asked for.`,
      {
        extra: { required: 1, available: 0 },
      },
    );
  }
  const reason = `${stream.reason}; ${fields.reason}`;
  if (strategy.takesFieldsTogether) return together(stream.id, found, fields.names, reason, strategy);
  const { series, more } = largest(found, ({ times }) => times.length, "series");
  return { series, resolved: resolvedOf(stream.id, series[0]!, `${reason}${more}`) };
}

/** As many as one execution takes, those with the most rows first. */
function largest<T>(all: T[], rowsOf: (one: T) => number, what: string): { series: T[]; more: string } {
  const series = all.sort((a, b) => rowsOf(b) - rowsOf(a)).slice(0, EXECUTION_LIMITS.series);
  const more =
    all.length > series.length
      ? `; ${all.length} ${what}, the ${series.length} with the most points are analysed`
      : "";
  return { series, more };
}

async function streamOf(ctx: TenantContext, target: Target): Promise<{ id: string; reason: string }> {
  if (target.streamId !== null) return { id: target.streamId, reason: "the stream was named" };
  const last = await tenantObject(ctx.env, ctx.principal.tenantId).lastStream();
  if (last !== null) return { id: last, reason: "no stream was named: the one last written to" };
  throw fail("stream_not_found", "No stream was named, and nothing has been written to any yet.");
}

function fieldsOf(
  streamId: string,
  names: readonly string[],
  asked: readonly string[] | null,
): { names: string[]; reason: string } {
  const find = (wanted: string) =>
    names.find((name) => name === wanted) ??
    names.find((name) => name.toLowerCase() === wanted.toLowerCase());
  if (asked) {
    const found = asked.flatMap((wanted) => find(wanted) ?? []);
    const missing = asked.filter((wanted) => find(wanted) === undefined);
    if (found.length === 0) {
      throw fail(
        "field_not_found",
        `${streamId} has no field "${asked.join('", "')}". It has: ${names.slice(0, 20).join(", ") || "none"}.`,
      );
    }
    const reason = asked.length === 1 ? "the field was named" : "the fields were named";
    return {
      names: [...new Set(found)],
      reason: missing.length === 0 ? reason : `${reason}; not in the stream: ${missing.join(", ")}`,
    };
  }
  for (const wanted of PREFERRED_FIELDS) {
    const name = find(wanted);
    if (name !== undefined)
      return { names: [name], reason: `no field was named: "${name}" is what the stream is about` };
  }
  const [first] = names;
  if (first === undefined) throw fail("field_not_found", `${streamId} has no field with numbers.`);
  return { names: [first], reason: "no field was named: the first one" };
}

/** Values without times are taken as a second apart, the last at the time of the request. */
function inline(data: readonly number[], requestedMs: number): Resolution {
  const last = requestedMs * 1_000;
  const first = last - (data.length - 1) * SECOND_MICROS;
  const times = Float64Array.from(data, (_, i) => first + i * SECOND_MICROS);
  const series: StrategyInput = { field: "value", tags: {}, times, values: Float64Array.from(data) };
  return {
    series: [series],
    resolved: resolvedOf(null, series, "the data came with the request, taken as a second apart"),
  };
}

/**
 * Each set of tags with its fields joined; one that lacks a field altogether is judged by those it has. Where none has
 * rows enough, as of customers with a few purchases each, their rows are judged together.
 */
function together(
  streamId: string,
  found: readonly StrategyInput[],
  names: readonly string[],
  reason: string,
  { requiredPoints }: Wanting,
): Resolution {
  const all = byTags(found, names).map(joinFields);
  const { series: joined, more } = largest(all, ({ input }) => input.times.length, "sets of tags");
  const isEnough = joined[0]!.input.times.length >= requiredPoints;
  const whole = all.filter(({ input }) => fieldsIn(input).length === names.length);
  if (!isEnough && whole.length > 1) return asPool(streamId, whole, reason, requiredPoints);
  const { input, leftOut } = joined[0]!;
  const resolved = resolvedJoined(streamId, input, leftOut, `${reason}${more}`);
  return { series: joined.map((one) => one.input), resolved };
}

function asPool(streamId: string, joined: readonly Joined[], reason: string, required: number): Resolution {
  const input = pooled(
    joined.map((one) => one.input),
    EXECUTION_LIMITS.points,
  );
  const leftOut = joined.reduce((sum, one) => sum + one.leftOut, 0);
  const why = `${reason}; no set of tags has the ${required} rows that this takes: the rows of all ${joined.length} are judged together`;
  return { series: [input], resolved: resolvedJoined(streamId, input, leftOut, why) };
}

function resolvedJoined(streamId: string, input: StrategyInput, leftOut: number, reason: string): Resolved {
  const fields = fieldsIn(input);
  if (fields.length === 1) return resolvedOf(streamId, input, reason);
  const missing = leftOut > 0 ? `, ${leftOut} rows without one of them are left out` : "";
  const why = `${reason}; the fields are joined on their times${missing}`;
  return { ...resolvedOf(streamId, input, why), fields, rows_left_out: leftOut };
}

export function resolvedOf(
  streamId: string | null,
  { field, tags, times }: StrategyInput,
  reason: string,
): Resolved {
  return {
    stream_id: streamId,
    field,
    tags,
    rows: times.length,
    from: times.length > 0 ? formatMicros(times[0]!) : null,
    to: times.length > 0 ? formatMicros(times.at(-1)!) : null,
    reason,
  };
}
