import type { Cell } from "../../source-table";
import type { Line } from "../lines";
import { decideHead, firstTime, type LogHead, readHead } from "./head";
import { isServiceColumn } from "./head-columns";
import { RECOGNISERS } from "./slots";
import type { TimeForm } from "./time-head";

/** Formats in one log. */
const MOST_HEADS = 8;
const MOST_SERVICES = 64;
/** Of the lines, those that a further format must have. */
const LEAST_SHARE = 0.05;
/** Forms of times that come out alike, with their year, whatever way they are written. */
const ALIKE: ReadonlySet<TimeForm | null> = new Set<TimeForm>([
  "year_first",
  "compact",
  "six_digits",
  "day_name_month",
  "week_day",
  "month_day_year",
]);

/**
 * Decides how lines begin where several programs write to one log, each in its own way: the heads in the order in which
 * a line is tried on them, with one list of columns. Most logs have one head; none where {@link decideHead} finds none.
 */
export function decideHeads(sample: readonly Line[]): LogHead[] {
  const own = [...servicesIn(sample)].flatMap(([service, lines]) => decideHead(lines, service) ?? []);
  if (own.length > 0 && own.every(({ timeForm }) => ALIKE.has(timeForm))) return joined(own);
  const heads: LogHead[] = [];
  let rest = sample;
  while (heads.length < MOST_HEADS && rest.length >= Math.max(2, sample.length * LEAST_SHARE)) {
    const head = decideHead(rest);
    if (!head || (heads.length > 0 && !ALIKE.has(head.timeForm))) break;
    heads.push(head);
    if (!ALIKE.has(heads[0]!.timeForm)) break;
    const cells: Cell[] = [];
    rest = rest.filter(({ text }) => beginsElsewhere(heads, text, cells));
  }
  return joined(heads);
}

/** Lines by the names before their bars; none where the lines of a log have no such names. */
function servicesIn(sample: readonly Line[]): ReadonlyMap<string, Line[]> {
  if (!isServiceColumn(sample.map(({ text }) => ({ line: text, at: 0 })))) return new Map();
  const lines = Map.groupBy(sample, ({ text }) => RECOGNISERS.service(text, 0)?.parts[0] ?? "");
  lines.delete("");
  return lines.size > MOST_SERVICES ? new Map() : lines;
}

/** Whether a line fits no head and is no part of a record above it either: flush, and with a time of its own. */
export function beginsElsewhere(heads: readonly LogHead[], line: string, cells: Cell[]): boolean {
  if (/^\s/.test(line) || readHeads(heads, line, cells) >= 0) return false;
  const service = heads[0]?.slots[0]?.kind === "service" && RECOGNISERS.service(line, 0) !== null;
  return service || firstTime(line) !== null;
}

/** The heads with the columns of all of them: those of one name are one. */
function joined(heads: readonly LogHead[]): LogHead[] {
  const columns = [...new Set(heads.flatMap((head) => head.columns))];
  return heads.map((head) => ({
    ...head,
    columns,
    slots: head.slots.map((slot) => ({
      ...slot,
      columns: slot.columns.map((column) => (column < 0 ? column : columns.indexOf(head.columns[column]!))),
    })),
    time: head.time === null ? null : columns.indexOf(head.columns[head.time]!),
  }));
}

/** Reads the head of a line by the first that fits. Returns where the message begins, or -1 where none fits. */
export function readHeads(heads: readonly LogHead[], line: string, cells: Cell[]): number {
  const service = heads[0]?.service === undefined ? undefined : RECOGNISERS.service(line, 0)?.parts[0];
  for (const head of heads) {
    if (head.service !== undefined && head.service !== service) continue;
    const at = readHead(head, line, cells);
    if (at >= 0) return at;
    if (heads.length > 1) cells.fill(null);
  }
  return -1;
}
