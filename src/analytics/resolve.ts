import { fail } from "../core/errors";
import { MAX_MICROS, MIN_MICROS } from "../core/timestamps";
import type { TenantContext } from "../platform/context";
import { tenantObject } from "../platform/objects";
import { callShards } from "../streams";
import type { SeriesColumns, StreamDescription } from "../streams/contract";
import type { StrategyInput } from "./contract";
import { EXECUTION_LIMITS, type ExecutionRequest, type Target } from "./request";
import { together } from "./resolve-together";
import { largest, type Resolution, resolvedOf } from "./resolved";
import type { PreparedStrategy } from "./strategies/registry";

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
  strategy: Pick<PreparedStrategy, "requiredPoints" | "takesFieldsTogether">,
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
  if (strategy.takesFieldsTogether)
    return together(stream.id, found, fields.names, reason, strategy.requiredPoints);
  const { series, more } = largest(found, ({ times }) => times.length, "series");
  return { series, resolved: resolvedOf(stream.id, series[0]!, `${reason}${more}`) };
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
