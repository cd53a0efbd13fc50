import { daysInMonth } from "../../../core/timestamps";
import type { ReadRow } from "../source-table";
import { type TextLayout, TextRows } from "./layout";
import type { Line } from "./lines";

/**
 * Readings of weather stations, the days of a month or the months of a year in a line, as the Global Historical Climatology
 * Network writes them (readme.txt of GHCN-Daily, section III; readme.txt of GHCN-Monthly, version 4): the station in 11
 * characters, the year, the month of days, the element in 4, and for each day or month a value in 5 with three flags.
 */
export interface StationDaysLayout {
  kind: "station_days";
  /** A line holds a month of days, else a year of months. */
  daily: boolean;
}

const LINE = {
  daily: /^([A-Z]{2}[\dA-Z_-]{9})(\d{4})(\d{2})([A-Z]{2}[A-Z\d]{2})(?=[ \d-])/,
  monthly: /^([A-Z]{2}[\dA-Z_-]{9})(\d{4})([A-Z]{2}[A-Z\d]{2})(?=[ \d-])/,
};
const VALUE_CHARS = 5;
const GROUP_CHARS = 8;
const DAYS = 31;
const MONTHS = 12;
/** Of the lines. */
const MOST = 0.95;
const MISSING = -9_999;
const COLUMNS = ["station", "date", "element", "value", "measurement_flag", "quality_flag", "source_flag"];

interface StationLine {
  station: string;
  year: number;
  month: number | null;
  element: string;
  /** What stands behind the element: as many groups as the line has characters for. */
  groups: string[];
}

function stationLine(text: string, daily: boolean): StationLine | null {
  const match = (daily ? LINE.daily : LINE.monthly).exec(text);
  if (!match) return null;
  const [head, station, year] = match as unknown as [string, string, string];
  const most = daily ? DAYS : MONTHS;
  const rest = text.slice(head.length);
  const groups = Array.from({ length: Math.ceil(rest.length / GROUP_CHARS) }, (_, i) =>
    rest.slice(i * GROUP_CHARS, (i + 1) * GROUP_CHARS),
  );
  const isEven =
    groups.length <= most && groups.every((group) => /^[ -]{0,5}\d{1,5}/.test(group.slice(0, VALUE_CHARS)));
  if (!isEven || groups.length < (daily ? 28 : MONTHS)) return null;
  const month = daily ? Number(match[3]) : null;
  if (month !== null && (month < 1 || month > 12)) return null;
  return { station, year: Number(year), month, element: match[daily ? 4 : 3]!, groups };
}

/** Lines that are nearly all a station's month of days, or its year of months; or null. */
export function decideStationDays(sample: readonly Line[]): TextLayout<StationDaysLayout> | null {
  for (const daily of [true, false]) {
    const found = sample.filter(({ text }) => stationLine(text, daily)).length;
    if (found === 0 || found < sample.length * MOST) continue;
    return {
      columns: COLUMNS,
      hints: {
        station: "category",
        element: "category",
        measurement_flag: "attribute",
        quality_flag: "attribute",
        source_flag: "attribute",
      },
      timeColumn: "date",
      about: "sensor_data",
      notes: ["Values are as they are written: many elements are in tenths of their unit."],
      certainty: 0.97,
      detail: { kind: "station_days", daily },
    };
  }
  return null;
}

/** A row for each day or month that has a value, numbered through all lines: the first line's are 1 to 31. */
export class StationDaysRows extends TextRows {
  constructor(
    private readonly layout: StationDaysLayout,
    width: number,
  ) {
    super(width);
  }

  protected line(text: string, row: number): ReadRow[] {
    const { daily } = this.layout;
    const most = daily ? DAYS : MONTHS;
    const first = (row - 1) * most + 1;
    const line = stationLine(text, daily);
    if (!line) return [{ row: first, reason: `line ${row} is no ${daily ? "month" : "year"} of a station` }];
    const { station, year, month, element, groups } = line;
    return groups.flatMap((group, i) => {
      const value = Number(group.slice(0, VALUE_CHARS));
      if (value === MISSING || (month !== null && i >= daysInMonth(year, month))) return [];
      const date = `${year}-${two(month ?? i + 1)}${month === null ? "" : `-${two(i + 1)}`}`;
      const flags = [0, 1, 2].map((at) => group[VALUE_CHARS + at]?.trim() || null);
      return [{ row: first + i, cells: [station, date, element, value, ...flags] }];
    });
  }
}

const two = (number: number): string => String(number).padStart(2, "0");
