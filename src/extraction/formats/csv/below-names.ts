import { isMissingWord, parseNumber } from "../../infer/numbers";
import { isReading, isTimeReading } from "../../infer/reading";
import { asUnit, bareUnit, splitMeasured } from "../../infer/units";
import { filledCount } from "../row-kinds";
import { cleaned, share } from "./header";

/** Rows between the names and the first record that say what the columns hold. */
export interface RowsBelowNames {
  /** How many they are, that of units among them and blank ones not. */
  count: number;
  /** Lines from the names to the last of them. */
  reach: number;
  hasUnits: boolean;
  /** The lowest holds the name of the first column alone, set below those of the others. */
  namesFirst: boolean;
}

/** Units, how a mean was taken, kinds, descriptions, a place: more rows of them are none. */
export const MOST_DESCRIBING = 6;
const FEWEST_RECORDS = 2;
const LOOKED_AT = 200;

/**
 * The rows right below the names from `first` to `last` that are no records, as what stands in columns of readings is
 * none there, or one of another kind ("10s" above "4711"). What may be a record that is hard to read is one.
 */
export function rowsBelowNames(
  rows: readonly string[][],
  { first, last }: { first: number; last: number },
  width: number,
): RowsBelowNames {
  const below = rows.slice(last + 1, last + 1 + LOOKED_AT);
  const typed = typedColumns(below, width);
  const isCornerFree = first < last || (rows[last]?.[0] ?? "").trim() === "";
  const found = { count: 0, reach: 0, hasUnits: false, namesFirst: false };
  for (let at = 0; at < below.length && found.count < MOST_DESCRIBING; at++) {
    const row = below[at]!;
    if (filledCount(row) === 0) continue;
    const records = below.slice(at + 1).filter((one) => filledCount(one) > 0);
    if (records.length === 0) break;
    const isUnits = isUnitsRow(row, records);
    const isAfter = found.count > 0;
    const isNameOfFirst = (isAfter || isCornerFree) && namesFirstColumn(row, records, typed);
    if (!isUnits && !isNameOfFirst && !describes(row, records, typed, isAfter)) break;
    // One record below units is enough, as they are told by themselves.
    if (!isUnits && records.length < FEWEST_RECORDS) break;
    found.count++;
    found.reach = at + 1;
    found.hasUnits ||= isUnits;
    found.namesFirst = isNameOfFirst;
    if (isNameOfFirst) break;
  }
  return found;
}

type ReadingKind = "time" | "number" | "measured";

interface TypedColumn {
  at: number;
  kinds: ReadonlySet<ReadingKind>;
}

function kindOf(cell: string): ReadingKind | null {
  if (!isReading(cell)) return null;
  if (splitMeasured(cell) !== null) return "measured";
  return isNumber(cell) ? "number" : "time";
}

const isNumber = (cell: string): boolean =>
  parseNumber(cell, { decimal: ".", group: "," }) !== null ||
  parseNumber(cell, { decimal: ",", group: "." }) !== null;

/** Columns that hold readings in the later half of the rows, where none stands any more that says what they hold. */
function typedColumns(below: readonly string[][], width: number): TypedColumn[] {
  const filled = below.filter((row) => filledCount(row) >= Math.max(1, width / 2));
  const late = filled.slice(filled.length >> 1);
  return Array.from({ length: width }, (_, at) => at)
    .filter((at) => share(late, at) >= 0.7)
    .map((at) => ({ at, kinds: new Set(late.flatMap((row) => kindOf((row[at] ?? "").trim()) ?? [])) }));
}

/** "<5", "10M", "12*": most likely a reading that is written in another way. */
const BEGINS_AS_NUMBER = /^[<>≤≥~≈±+\-$€£¥]?\s?\d/;

/** Whether a row is no record by its cells over readings. `isAfter`: one such stands above it. */
function describes(
  row: readonly string[],
  records: readonly string[][],
  typed: readonly TypedColumn[],
  isAfter: boolean,
): boolean {
  const cells = cleaned(row);
  if (isKindsRow(cells, records)) return true;
  let words = 0;
  let otherKinds = 0;
  let timeless = false;
  for (const { at, kinds } of typed) {
    const cell = cells[at] ?? "";
    if (isTimes(kinds) && kindOf(cell) === null) timeless = true;
    if (cell === "" || isMissingWord(cell)) continue;
    const kind = kindOf(cell);
    if (kind !== null && kinds.has(kind)) return false;
    // Words of a device in trouble come back.
    if (kind === null && records.some((record) => (record[at] ?? "").trim() === cell)) return false;
    if (kind === null && !BEGINS_AS_NUMBER.test(cell)) words++;
    else otherKinds++;
  }
  const isHeading = filledCount(cells) === 1 && (cells[0] ?? "") !== "";
  if (isHeading || typed.length === 0) return false;
  if (isAfter && words + otherKinds === 0) return (cells[0] ?? "") === "";
  // A row without its time is no record; without one in the table, a single cell may be a record's bad one.
  return words > 0 && (timeless || words + otherKinds >= 2);
}

const isTimes = (kinds: ReadonlySet<ReadingKind>): boolean => kinds.has("time") && kinds.size === 1;

/** The first column of readings has its name below the row of the others' (as tables of pandas do), and once only. */
function namesFirstColumn(
  row: readonly string[],
  records: readonly string[][],
  typed: readonly TypedColumn[],
): boolean {
  const isAlone = (cells: readonly string[]) =>
    filledCount(cells) === 1 && (cells[0] ?? "").trim() !== "" && !isReading(cells[0]!);
  return typed[0]?.at === 0 && typed.length > 1 && isAlone(row) && !records.some(isAlone);
}

const KIND_WORD =
  /^(?:(?:big|small|tiny|u)?int(?:eger)?(?:8|16|32|64)?|(?:unsigned )?long|numeric|number|float(?:32|64)?|double(?: precision)?|real|decimal|bool(?:ean)?|te?xt|str(?:ing)?|(?:var)?char(?:acter)?|date|time|date-?time(?:64)?|timestamp(?:tz)?|uuid|object|categor(?:y|ical)|factor|continuous|discrete|class|meta|[cdst])(?:\s?\([\d, ]+\))?$/i;
/** The kind of a column in RDB tables (Hobbs), as public water services publish: a width and a letter. */
const RDB_KIND = /^\d{1,4}[SNDM]$/i;

/** A row that names the kinds of columns, as none of the rows below it does. */
function isKindsRow(cells: readonly string[], records: readonly string[][]): boolean {
  const filled = cells.filter((cell) => cell !== "");
  const isOf = (kind: RegExp) => filled.every((cell) => kind.test(cell));
  if (filled.length < 2 || !(isOf(KIND_WORD) || isOf(RDB_KIND))) return false;
  return !records.some((record) =>
    record.some((cell, at) => cell.trim() !== "" && cell.trim() === cells[at]),
  );
}

/** A row of which most cells over columns of other things than times are units. */
export function isUnitsRow(row: readonly string[], below: readonly string[][]): boolean {
  const cells = cleaned(row);
  if (cells.some(isReading)) return false;
  const filled = cells.flatMap((cell, at) => (cell !== "" && !holdsTimes(below, at) ? [{ cell, at }] : []));
  return (
    areMostlyUnits(filled.map(({ cell }) => cell)) &&
    filled.some(({ cell, at }) => isUnit(cell) && share(below, at) >= 0.7)
  );
}

/** Units that are as often words: beside others that are none they say nothing. */
const WORDS_AS_WELL = new Set(["in", "min"]);

/** Whether of filled cells at least half are units, bracketed or not. */
export function areMostlyUnits(filled: readonly string[]): boolean {
  const units = filled.filter(isUnit);
  if (units.length < filled.length && units.every((cell) => WORDS_AS_WELL.has(cell.toLowerCase())))
    return false;
  return units.length > 0 && units.length >= filled.length / 2;
}

/** Of rows that describe columns, the one that holds units. */
export function unitsAmong<Row extends readonly string[]>(rows: readonly Row[]): Row | undefined {
  const count = (row: Row) => row.filter((cell) => cell.trim() !== "" && isUnit(cell)).length;
  return rows.toSorted((a, b) => count(b) - count(a))[0];
}

/** What is no unit that we know is one in brackets. */
const isUnit = (cell: string): boolean => asUnit(bareUnit(cell)) !== null || /^\s*\[[^[\]]*\]\s*$/.test(cell);

const holdsTimes = (rows: readonly string[][], at: number): boolean => {
  const cells = rows.map((row) => (row[at] ?? "").trim()).filter((cell) => cell !== "");
  return cells.length > 0 && cells.filter(isTimeReading).length >= cells.length * 0.7;
};
