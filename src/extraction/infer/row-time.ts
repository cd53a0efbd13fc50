import { civilToMicros, daysInMonth, inRange, type Micros, offsetSeconds } from "../../core/timestamps";
import type { TimestampPlan } from "../contract";
import type { Cell } from "../formats/source-table";
import { isoOfSerial } from "../formats/xlsx/serial";
import { monthNumber, readCalendar, readTimeOfDay } from "./calendar";
import { timeText } from "./cell-values";
import { fullYear } from "./dates";
import { readEpoch } from "./epoch";
import { withoutMonthMark } from "./period-codes";
import { hasOwnZone, momentIn, zoneIn } from "./row-zone";
import { phaseOf, YearTurns } from "./year-turns";
import { inYear, readYearless } from "./yearless";

/** Reads the times of rows in their order: where they have no year, that of one follows from those before it. */
export class RowTimes {
  private readonly turns: YearTurns | null;

  constructor(private readonly plan: TimestampPlan) {
    this.turns = plan.yearless ? new YearTurns(plan.yearless.year, plan.yearless.rows) : null;
  }

  /** The time of the next row from the cells of the plan's time columns, in their order; null where they are none. */
  next(cells: readonly Cell[]): Micros | null {
    return readRowTime(cells, this.plan, this.turns);
  }
}

/** The columns whose cells {@link readRowTime} wants, in their order. */
export const timeColumnsOf = ({ fields, zone_column }: TimestampPlan): string[] =>
  zone_column === undefined ? fields : [...fields, zone_column];

/**
 * The time of a row from the cells of {@link timeColumnsOf}; null where they are none, or name no zone for certain.
 * Without the rows before it a time without a year is of the first row's.
 */
export function readRowTime(
  cells: readonly Cell[],
  plan: TimestampPlan,
  turns: YearTurns | null = null,
): Micros | null {
  const fixed = plan.zone_column === undefined ? fixedSeconds(plan.zone) : null;
  if (fixed !== null) return readWritten(cells, plan, fixed, turns);
  const own = cells.slice(0, plan.fields.length);
  const local = readWritten(own, plan, 0, turns);
  if (local === null || plan.kind === "epoch" || hasOwnZone(own, plan)) return local;
  const zone = zoneIn(plan.zone_column === undefined ? plan.zone : (cells[plan.fields.length] ?? null), plan);
  if (!zone) return null;
  const moment = momentIn(zone, local);
  return inRange(moment) ? moment : null;
}

/** Seconds that UTC or an offset is ahead of UTC; null of a zone by its name, whose clock may change. */
export function fixedSeconds(zone: TimestampPlan["zone"]): number | null {
  if (zone === "UTC") return 0;
  return /^[+-]\d{2}:\d{2}$/.test(zone) ? offsetSeconds(zone) : null;
}

/** What the cells say; a time without a zone of its own `zone` seconds east of UTC. */
function readWritten(
  cells: readonly Cell[],
  plan: TimestampPlan,
  zone: number,
  turns: YearTurns | null,
): Micros | null {
  const [first = null] = cells;
  if (plan.kind === "epoch") return readEpoch(first, plan.epoch_unit ?? "s");
  if (plan.kind === "decimal_year") return readDecimalYear(first);
  if (plan.kind === "serial_day") return readSerialDay(first, zone);
  if (plan.kind === "parts") return readParts(cells, plan.formats, zone);
  if (first === null || typeof first === "boolean") return null;
  const date =
    (plan.yearless ? readYearlessDate(timeText(first), plan, zone, turns) : null) ??
    readCalendar(timeText(first), plan.order, zone)?.micros ??
    null;
  if (date === null || cells.length === 1) return date;
  const clock = clockOf(cells[1] ?? null);
  if (!clock) return null;
  const shift = clock.offset === null ? 0 : zone - clock.offset;
  return date + (clock.secondsOfDay + shift) * 1e6 + clock.micros;
}

function readYearlessDate(
  text: string,
  { order, yearless }: TimestampPlan,
  zone: number,
  turns: YearTurns | null,
): Micros | null {
  const time = readYearless(text, order);
  if (!time) return null;
  return inYear(time, turns?.next(phaseOf(time)) ?? yearless!.year, zone);
}

/** 1949.0833 is February 1949: fractions that are twelfths are months, others a share of the year. */
function readDecimalYear(cell: Cell): Micros | null {
  const value =
    typeof cell === "number"
      ? cell
      : typeof cell === "string" && cell.trim() !== ""
        ? Number(cell)
        : Number.NaN;
  const year = Math.floor(value + 0.001);
  if (!Number.isFinite(value) || year < 1_500 || year > 2_200) return null;
  const months = (value - year) * 12;
  if (Math.abs(months - Math.round(months)) < 0.02) return civilToMicros(year, Math.round(months) + 1, 1);
  const start = civilToMicros(year, 1, 1);
  return Math.round((start + (value - year) * (civilToMicros(year + 1, 1, 1) - start)) / 1e6) * 1e6;
}

/** 45292.5 is noon of 1 January 2024. */
function readSerialDay(cell: Cell, zone: number): Micros | null {
  const value = typeof cell === "string" && cell.trim() !== "" ? Number(cell) : cell;
  if (typeof value !== "number" || !Number.isFinite(value)) return null;
  const text = isoOfSerial(value, 1900, { clock: true, fraction: false });
  return text === null ? null : (readCalendar(text, "ymd", zone)?.micros ?? null);
}

/** A time of day as text, as an hour (17), as four digits (1730) or as six (173059). */
function clockOf(cell: Cell): { secondsOfDay: number; micros: number; offset: number | null } | null {
  if (cell === null || typeof cell === "boolean") return null;
  const text = String(cell)
    .trim()
    .replace(/^(\d{2})(\d{2})(\d{2})$/, "$1:$2:$3");
  const digits = /^\d{1,4}(?:\.0)?$/.test(text) ? Number(text) : null;
  if (digits === null) return readTimeOfDay(text);
  const [hour, minute] = digits <= 24 ? [digits, 0] : [Math.floor(digits / 100), digits % 100];
  if (hour > 24 || minute > 59 || (hour === 24 && minute > 0)) return null;
  return { secondsOfDay: hour * 3600 + minute * 60, micros: 0, offset: null };
}

const PARTS = ["%Y", "%m", "%d", "%H"];

/** The columns are what `formats` says of them; year, month, day and hour where it does not say. */
function readParts(cells: readonly Cell[], formats: readonly string[], zone: number): Micros | null {
  const known = formats.length === cells.length && /^%[Yy]$/.test(formats[0]!);
  const at = (format: string) => (known ? formats : PARTS).indexOf(format);
  const cell = (format: string): Cell | undefined => (at(format) < 0 ? undefined : cells[at(format)]);
  const quarter = cell("%q");
  const short = cell("%y");
  const y =
    short === undefined ? Number(cell("%Y") ?? Number.NaN) : fullYear(String(Number(short ?? Number.NaN)));
  const m =
    quarter !== undefined
      ? firstMonthOf(quarter)
      : at("%m") < 0 || at("%m") >= cells.length
        ? 1
        : monthNumber(withoutMonthMark(String(cell("%m") ?? "")));
  const d = cell("%d") === undefined ? 1 : Number(cell("%d") ?? Number.NaN);
  const hour = cell("%H");
  const clock = hour === undefined ? { secondsOfDay: 0 } : clockOf(hour);
  const counted = at("%j") < 0 ? (at("%V") < 0 ? null : weekText(y, cell("%V"))) : dayText(y, cell("%j"));
  if (counted !== null) {
    const start = clock && readCalendar(counted, "ymd", zone)?.micros;
    return start == null ? null : start + clock!.secondsOfDay * 1e6;
  }
  if (!Number.isInteger(y) || m === null || !Number.isInteger(d) || d < 1 || d > daysInMonth(y, m) || !clock)
    return null;
  const micros = civilToMicros(y, m, d, clock.secondsOfDay - zone);
  return inRange(micros) ? micros : null;
}

/** The day of a year, and the Monday of a week of it (ISO 8601), as readCalendar knows them. */
const dayText = (year: number, day: Cell | undefined): string =>
  `${year}-${String(Number(day ?? Number.NaN)).padStart(3, "0")}`;
const weekText = (year: number, week: Cell | undefined): string =>
  `${year}-W${String(Number(week ?? Number.NaN)).padStart(2, "0")}`;

/** 2, "Q2" or "2. Quartal" is April. */
function firstMonthOf(quarter: Cell): number | null {
  const digit = /^\D{0,3}0?([1-4])(?:\.0)?(?:\D.{0,12})?$/.exec(String(quarter ?? "").trim())?.[1];
  return digit === undefined ? null : Number(digit) * 3 - 2;
}
