import { DAY_MS } from "../../core/clock";
import { type FieldError, fail } from "../../core/errors";
import { formatMs, MICROS_PER_MS, parseRangeEnd, parseTimestamp } from "../../core/timestamps";

/** Days for which figures are kept, today among them. */
export const DAYS_KEPT = 400;

const MICROS_PER_DAY = DAY_MS * MICROS_PER_MS;
const TIME_FORM = "ISO 8601, or epoch seconds, milli-, micro- or nanoseconds";

/** Days since the epoch (UTC), both ends inclusive. */
export interface Period {
  firstDay: number;
  lastDay: number;
}

export const dayOf = (nowMs: number): number => Math.floor(nowMs / DAY_MS);

/**
 * The days that [start, end) touches. Without an end, to the end of today; without a start, from the first of the month
 * that the end lies in: without both, the running month. Throws `invalid_request`.
 */
export function periodOf(
  given: { start?: string | undefined; end?: string | undefined },
  nowMs: number,
): Period {
  const errors: FieldError[] = [];
  const read = (name: "start" | "end", parse: (value: unknown) => number | null): number | null => {
    const text = given[name];
    const micros = text === undefined ? null : parse(text);
    if (text !== undefined && micros === null)
      errors.push({ pointer: `#/query/${name}`, message: TIME_FORM });
    return micros;
  };
  const start = read("start", parseTimestamp);
  const end = read("end", parseRangeEnd);
  const endMicros = end ?? Math.max((dayOf(nowMs) + 1) * MICROS_PER_DAY, (start ?? 0) + 1);
  const startMicros = start ?? monthOfEnd(endMicros);
  if (errors.length === 0 && endMicros <= startMicros)
    errors.push({ pointer: "#/query/end", message: "must be after start" });
  const [first] = errors;
  if (first) throw fail("invalid_request", `${first.pointer}: ${first.message}`, { errors });
  return {
    firstDay: Math.floor(startMicros / MICROS_PER_DAY),
    lastDay: Math.ceil(endMicros / MICROS_PER_DAY) - 1,
  };
}

/** The period as it is answered: its days whole, the end exclusive. */
export const periodView = ({ firstDay, lastDay }: Period) => ({
  start: formatMs(firstDay * DAY_MS),
  end: formatMs((lastDay + 1) * DAY_MS),
});

/** Days of the period that a tenant has lived through, the first and the last in part; at least one. */
export const daysLived = ({ firstDay, lastDay }: Period, bornMs: number, nowMs: number): number =>
  Math.max(1, Math.min(lastDay, dayOf(nowMs)) - Math.max(firstDay, dayOf(bornMs)) + 1);

function monthOfEnd(endMicros: number): number {
  const last = new Date((endMicros - 1) / MICROS_PER_MS);
  return Date.UTC(last.getUTCFullYear(), last.getUTCMonth()) * MICROS_PER_MS;
}
