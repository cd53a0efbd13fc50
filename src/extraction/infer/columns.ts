import type { NumberFormat } from "../contract";
import type { Cell, SourceTable } from "../formats/source-table";
import { EXTRACTION_LIMITS } from "../limits";
import { readTimeOfDay } from "./calendar";
import { type CellEvidence, weighCells } from "./cell-evidence";
import { readValue, timeText, wordsIn } from "./cell-values";
import { decideNumberFormat, isEmpty, isMissingWord, type NumberEvidence } from "./numbers";
import { type PeriodCode, periodCodesIn } from "./period-codes";
import { type CalendarColumn, type DateHints, inferCalendar, mayBeTimes } from "./timestamps";
import { asUnit, splitUnit, unitInName } from "./units";
import { inferYearless, mayBeYearless, type YearlessColumn } from "./yearless-column";

/** What the cells of one column are, counted over the rows that were looked at. */
export interface ColumnProfile {
  index: number;
  source: string;
  name: string;
  unit: string | null;
  rows: number;
  /** Cells with something in them, and of those the ones that only say "no value". */
  filled: number;
  missing: number;
  numeric: number;
  /** Of the numbers those that the source has as such, and not as texts of digits. */
  typed: number;
  /** Distinct texts beside the numbers, up to seven of them. */
  otherTexts: number;
  booleans: number;
  numberFormat: NumberFormat;
  /** The format follows from the cells, not from habit. */
  numberFormatDecided: boolean;
  integers: boolean;
  min: number;
  max: number;
  /** Each number is the one before plus one. */
  counter: boolean;
  /** The numbers never fall, or never rise. */
  monotone: boolean;
  leadingZeros: boolean;
  sameDigits: boolean;
  distinct: number;
  meanLength: number;
  maxLength: number;
  meanWords: number;
  calendar: CalendarColumn | null;
  /** Times without a year; `calendar` is null where they are. */
  yearless: YearlessColumn | null;
  timesOfDay: number;
  /** Texts with a digit in them. */
  withDigits: number;
  periodCodes: PeriodCode | null;
  /** Cells that are machine text: addresses of the web, hashes, UUIDs. */
  machineText: number;
}

/** Cells that say something. */
export const usableCells = ({ filled, missing }: ColumnProfile): number => filled - missing;

/** The cells of the rows that inference looks at, column by column, without the empty ones. */
interface Collected {
  cells: Exclude<Cell, null>[];
  empty: number;
}

/** Profiles every column of a table. All rows count up to {@link EXTRACTION_LIMITS.profiledCells} cells. */
export function profileColumns(table: SourceTable, hints: DateHints = {}): ColumnProfile[] {
  const collected = collect(table);
  const evidence = collected.map(({ cells }) => weighCells(cells));
  const fileIsEu = evidence.some(({ numbers }) => numbers.onlyEu > 0 && numbers.onlyEu > numbers.onlyUs);
  const lean =
    hints.lean ??
    leanByCurrency(
      evidence.map(({ numbers }) => numbers),
      fileIsEu,
    );
  const profiles = table.columns.map((source, index) =>
    profile(index, source, table.units[index] ?? null, collected[index]!, evidence[index]!, fileIsEu, {
      ...hints,
      lean,
    }),
  );
  return shareOrder(profiles, collected, hints);
}

function collect(table: SourceTable): Collected[] {
  const most = Math.max(1, Math.floor(EXTRACTION_LIMITS.profiledCells / Math.max(1, table.columns.length)));
  // Of their full length from the start: lists that grow leave three times their size behind as garbage.
  const columns: Collected[] = table.columns.map(() => ({
    cells: new Array(Math.min(most, table.rowCount)),
    empty: 0,
  }));
  const filled = new Uint32Array(columns.length);
  let rows = 0;
  for (const { cells } of table.rows) {
    if (rows++ >= most) break;
    columns.forEach((column, i) => {
      const cell = cells[i] ?? null;
      if (cell === null || isEmpty(cell)) column.empty++;
      // JSON's 1e999 is read as the number infinity: it is as much a number as the word.
      else column.cells[filled[i]!++] = cell === Infinity || cell === -Infinity ? String(cell) : cell;
    });
  }
  columns.forEach((column, i) => {
    column.cells.length = filled[i]!;
  });
  return columns;
}

/** Dollars lean to month first, pounds and decimal commas to day first. A lean decides nothing alone. */
function leanByCurrency(all: readonly NumberEvidence[], fileIsEu: boolean): DateHints["lean"] {
  if (fileIsEu) return "dmy";
  const marks = all.flatMap((numbers) => [...numbers.currency.keys()]);
  if (marks.some((mark) => /£|€|GBP|EUR/.test(mark))) return "dmy";
  return marks.some((mark) => mark === "$" || mark === "USD" || mark === "US$") ? "mdy" : undefined;
}

/** Of the numbers of a column, those that must have its unit. */
const LEAST_MEASURED = 1 / 3;

const TRUTH = /^(?:true|false)$/i;
const MACHINE_TEXT =
  /^(?:https?:\/\/|www\.)\S+$|^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$|^[\da-f]{20,}$|^[\w+/-]{22,}={1,2}$/i;

function profile(
  index: number,
  source: string,
  ownUnit: string | null,
  { cells, empty }: Collected,
  { numbers, numeric, typed, missing, units, otherTexts }: CellEvidence,
  fileIsEu: boolean,
  hints: DateHints,
): ColumnProfile {
  const { name, unit: headerUnit } = splitUnit(source);
  // Thousands beside millions, or beside plain numbers, are no kelvin.
  const plain = numeric - numbers.scaled - [...units.values()].reduce((sum, count) => sum + count, 0);
  const scaled = numbers.scaled > 0 || (numbers.thousands > 0 && plain > 0);
  // B beside them is a billion and no byte.
  if (scaled) for (const letter of ["K", "B"]) units.delete(letter);
  const numberFormat: NumberFormat = {
    ...decideNumberFormat(numbers, fileIsEu),
    ...(scaled ? { scaled } : {}),
  };
  const mostlyNumbers = numeric > (cells.length - missing) / 2;
  const distinct = new Set<Cell>();
  const shape = {
    booleans: 0,
    integers: true,
    min: Infinity,
    max: -Infinity,
    counter: true,
    rises: true,
    falls: true,
  };
  const text = {
    length: 0,
    longest: 0,
    words: 0,
    zeros: 0,
    machine: 0,
    timesOfDay: 0,
    withDigits: 0,
    digits: new Set<number>(),
  };
  let last: number | null = null;
  for (const cell of cells) {
    if (distinct.size < EXTRACTION_LIMITS.distinctValues) distinct.add(cell);
    if (typeof cell === "boolean" || (typeof cell === "string" && cell.length <= 5 && TRUTH.test(cell)))
      shape.booleans++;
    const value = numeric > 0 ? readValue(cell, numberFormat) : null;
    if (value !== null) {
      if (!Number.isInteger(value)) shape.integers = false;
      if (value < shape.min) shape.min = value;
      if (value > shape.max) shape.max = value;
      if (last !== null) {
        if (value !== last + 1) shape.counter = false;
        if (value < last) shape.rises = false;
        if (value > last) shape.falls = false;
      }
      last = value;
    }
    if (typeof cell !== "string") continue;
    text.length += cell.length;
    if (cell.length > text.longest) text.longest = cell.length;
    if (mostlyNumbers) {
      if (cell.charCodeAt(0) === 0x30 && /^0\d+$/.test(cell)) text.zeros++;
      if (text.digits.size < 3) text.digits.add(cell.length);
    } else if (cell.length <= EXTRACTION_LIMITS.parsedCellChars) {
      text.words += wordsIn(cell);
      if (/\d/.test(cell)) {
        text.withDigits++;
        if (cell.length <= 20 && /^\s*\d/.test(cell) && readTimeOfDay(cell)) text.timesOfDay++;
      }
      if (cell.length > 6 && MACHINE_TEXT.test(cell)) text.machine++;
    } else text.words += wordsIn(cell.slice(0, 400));
  }
  const [commonUnit, measured] = [...units].sort((a, b) => b[1] - a[1])[0] ?? [null, 0];
  // Letters behind a few of the numbers are marks of those ("45s" is a suspect 45), no unit of all.
  const cellUnit = measured >= numeric * LEAST_MEASURED ? commonUnit : null;
  const [currency] = [...numbers.currency].sort((a, b) => b[1] - a[1])[0] ?? [null];
  const percent = numbers.percent > numeric / 2 ? "%" : null;
  const sample = sampleTexts(cells);
  const dated = mayBeTimes(sample) ? inferCalendar(timeTexts(cells), hints) : null;
  const yearless =
    !mostlyNumbers && (!dated || dated.precision === "month") && mayBeYearless(sample)
      ? inferYearless(timeTexts(cells), hints)
      : null;
  const calendar = yearless ? null : dated;
  return {
    index,
    source,
    name,
    unit:
      headerUnit ??
      (ownUnit === null ? null : (asUnit(ownUnit) ?? ownUnit)) ??
      percent ??
      cellUnit ??
      currency ??
      unitInName(name),
    rows: cells.length + empty,
    filled: cells.length,
    missing,
    numeric,
    typed,
    otherTexts: otherTexts.size,
    booleans: shape.booleans,
    numberFormat,
    numberFormatDecided: numbers.onlyEu !== numbers.onlyUs || fileIsEu,
    integers: shape.integers && numeric > 0,
    min: shape.min,
    max: shape.max,
    counter: shape.counter && numeric >= 3,
    monotone: (shape.rises || shape.falls) && numeric >= 3,
    leadingZeros: text.zeros > 0 && text.digits.size === 1,
    sameDigits: text.digits.size === 1,
    distinct: distinct.size,
    meanLength: cells.length === 0 ? 0 : text.length / cells.length,
    maxLength: text.longest,
    meanWords: cells.length === 0 ? 0 : text.words / cells.length,
    calendar,
    yearless,
    timesOfDay: text.timesOfDay,
    withDigits: text.withDigits,
    periodCodes: periodCodesIn(distinct),
    machineText: text.machine,
  };
}

function timeTexts(cells: Collected["cells"]): string[] {
  const texts = new Array<string>(cells.length);
  let count = 0;
  for (const cell of cells)
    if (typeof cell !== "boolean" && !(typeof cell === "string" && isMissingWord(cell)))
      texts[count++] = timeText(cell);
  texts.length = count;
  return texts;
}

/** A few cells over the column, which are looked at before all of them are made texts. */
function sampleTexts(cells: Collected["cells"]): string[] {
  const step = Math.max(1, Math.floor(cells.length / 40));
  const sample: string[] = [];
  for (let i = 0; i < cells.length; i += step) sample.push(timeText(cells[i]!));
  return sample.filter((text) => !isMissingWord(text));
}

/** A file writes its dates in one order: a column that leaves it open follows one that does not. */
function shareOrder(profiles: ColumnProfile[], collected: Collected[], hints: DateHints): ColumnProfile[] {
  const sure = profiles.find(
    ({ calendar }) => calendar && calendar.orderCertainty === 1 && calendar.formats.some(isNumericDate),
  );
  if (!sure?.calendar) return profiles;
  const order = sure.calendar.order;
  return profiles.map((one) =>
    one.calendar && one.calendar.orderCertainty < 0.9
      ? { ...one, calendar: inferCalendar(timeTexts(collected[one.index]!.cells), { ...hints, order }) }
      : one,
  );
}

const isNumericDate = (format: string): boolean => /^%[dm].%[dm].%[yY]/.test(format);
