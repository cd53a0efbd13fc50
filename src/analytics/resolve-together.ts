import type { StrategyInput } from "./contract";
import { byTags, fieldsIn, type Joined, joinFields, pooled } from "./join";
import { EXECUTION_LIMITS } from "./request";
import { largest, type Resolution, type Resolved, resolvedOf } from "./resolved";

/**
 * Each set of tags with its fields joined; one that lacks a field altogether is judged by those it has. Where none has
 * rows enough, as of customers with a few purchases each, their rows are judged together.
 */
export function together(
  streamId: string,
  found: readonly StrategyInput[],
  names: readonly string[],
  reason: string,
  requiredPoints: number,
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
