import { readCalendar } from "../../infer/calendar";
import { isReading } from "../../infer/reading";
import { EXTRACTION_LIMITS } from "../../limits";
import { type ColumnHint, distinctNames, type ReadRow } from "../source-table";
import { type TextLayout, TextRows } from "./layout";
import type { Line } from "./lines";

/**
 * A table whose lines all begin with a clock, that of its names as well, as commands print that report again and again
 * (sysstat: `12:00:01 AM  CPU  %user  %idle`). The day stands above the table, if anywhere.
 */
export interface ClockedTableLayout {
  kind: "clocked_table";
  names: string[];
  /** The day as it is written above the table. */
  day: string | null;
}

/** Of the lines that begin with a clock, those that must be names or rows of the table. */
const MOST = 0.8;
/** Of the cells of a row, those that must be readings. */
const READINGS = 0.5;
/** Lines above the names. */
const MOST_ABOVE = 8;
const CLOCK = /^(\d{1,2}:\d{2}:\d{2}(?: [AP]M)?)\s{1,40}(\S.*)$/;
/** With two digits of a year between dots it would be a version. */
const DAY = /^(?:\d{4}([-/.])\d{1,2}\1\d{1,2}|\d{1,2}(?:([-/.])\d{1,2}\2\d{4}|([-/])\d{1,2}\3\d{2}))$/;
/** What is computed from the rows above it. */
const SUMMARY = /^[\p{L}]{1,20}:\s/u;

interface Clocked {
  clock: string;
  cells: string[];
}

function clockedOf(text: string): Clocked | null {
  const match = CLOCK.exec(text);
  return match && { clock: match[1]!, cells: match[2]!.split(/\s+/, EXTRACTION_LIMITS.columns) };
}

const areNames = ({ cells }: Clocked): boolean => cells.length >= 2 && !cells.some(isReading);
const isRow = ({ cells }: Clocked, width: number): boolean =>
  cells.length === width && cells.filter(isReading).length >= width * READINGS;

/** Names behind a clock and, below them, as many words behind clocks, at least half of them readings; or null. */
export function decideClockedTable(sample: readonly Line[]): TextLayout<ClockedTableLayout> | null {
  const above = sample.findIndex(({ text }) => CLOCK.test(text));
  if (above < 0 || above > MOST_ABOVE) return null;
  const header = clockedOf(sample[above]!.text)!;
  if (!areNames(header)) return null;
  const width = header.cells.length;
  const below = sample.slice(above + 1).filter(({ text }) => !SUMMARY.test(text));
  const lines = below.flatMap(({ text }) => clockedOf(text) ?? []);
  const rows = lines.filter((line) => isRow(line, width));
  const fitting = rows.length + lines.filter((line) => isSame(line.cells, header.cells)).length;
  if (rows.length < 2 || fitting < lines.length * MOST || lines.length < below.length * MOST) return null;
  const day = dayIn(sample.slice(0, above).map(({ text }) => text));
  const columns = distinctNames([day === null ? "clock" : "timestamp", ...header.cells]);
  return {
    columns,
    hints: hintsOf(columns, rows, day !== null),
    timeColumn: day === null ? null : columns[0]!,
    // A clock of twelve hours is that of places which write the month first.
    ...(/M$/.test(header.clock) ? { leanOrder: "mdy" as const } : {}),
    notes: day === null ? ["The lines have no date: their rows keep the order of the source."] : [],
    certainty: 0.9,
    detail: { kind: "clocked_table", names: header.cells, day },
  };
}

/** A column with words in it names what was measured, though numbers stand among them: all, 0, 1. */
function hintsOf(
  [time, ...names]: readonly string[],
  rows: readonly Clocked[],
  dated: boolean,
): Record<string, ColumnHint> {
  const hints: Record<string, ColumnHint> = dated ? {} : { [time!]: "attribute" };
  names.forEach((name, i) => {
    if (rows.some(({ cells }) => WORD.test(cells[i]!) && !isReading(cells[i]!))) hints[name] = "category";
  });
  return hints;
}

/** Not that there is no number. */
const WORD = /^(?!-?nan$|n\/?a$)(?=.*\p{L})/iu;

const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((cell, i) => cell === other[i]);

function dayIn(lines: readonly string[]): string | null {
  const words = lines.flatMap((text) => text.split(/\s+/, 64)).filter((word) => DAY.test(word));
  return (
    words.find((word) => (["ymd", "mdy", "dmy"] as const).some((order) => readCalendar(word, order))) ?? null
  );
}

export class ClockedTableRows extends TextRows {
  private headed = false;
  private day: string | null;
  /** Seconds into the day of the row before. */
  private last = 0;

  constructor(
    private readonly layout: ClockedTableLayout,
    width: number,
  ) {
    super(width);
    this.day = layout.day;
  }

  protected line(text: string, row: number): ReadRow[] {
    const { names } = this.layout;
    const found = clockedOf(text);
    if (found && isSame(found.cells, names)) {
      if (this.headed) this.skipped.repeated_headers++;
      this.headed = true;
      return [];
    }
    if (found?.cells.length === names.length) return [this.record(found, row)];
    const day = found || this.layout.day === null ? null : dayIn([text]);
    if (day !== null) {
      this.day = day;
      this.last = 0;
    }
    if (!this.headed || day !== null) {
      this.skipped.preamble++;
      return [];
    }
    if (!found && SUMMARY.test(text)) {
      this.skipped.totals++;
      return [];
    }
    return [{ row, reason: `the line has no clock and ${names.length} words behind it` }];
  }

  private record({ clock, cells }: Clocked, row: number): ReadRow {
    if (this.day === null) return { row, cells: [clock, ...cells] };
    const seconds = secondsOf(clock);
    // Behind midnight it is another day than that above, and which one is not written.
    if (seconds < this.last) return { row, reason: "the clock goes back, and no other day is written" };
    this.last = seconds;
    return { row, cells: [`${this.day} ${clock}`, ...cells] };
  }
}

function secondsOf(clock: string): number {
  const [hour, minute, second] = clock.split(/[: ]/, 3).map(Number) as [number, number, number];
  const half = clock.endsWith("PM") ? 12 : 0;
  return ((clock.endsWith("M") ? hour % 12 : hour) + half) * 3_600 + minute * 60 + second;
}
