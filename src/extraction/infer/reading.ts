import { parseIso } from "../../core/timestamps";
import { EXTRACTION_LIMITS } from "../limits";
import { readCalendar, readTimeOfDay } from "./calendar";
import { parseNumber } from "./numbers";
import { splitMeasured } from "./units";

const US = { decimal: ".", group: "," } as const;
const EU = { decimal: ",", group: "." } as const;

/** A number or a time: what a header does not have. */
export function isReading(cell: string): boolean {
  if (cell.length > EXTRACTION_LIMITS.parsedCellChars || !/\d/.test(cell)) return false;
  return (
    parseNumber(cell, US) !== null ||
    parseNumber(cell, EU) !== null ||
    parseIso(cell.trim()) !== null ||
    readCalendar(cell, "dmy") !== null ||
    readCalendar(cell, "mdy") !== null ||
    readTimeOfDay(cell) !== null ||
    splitMeasured(cell) !== null
  );
}

/** A time that is no number as well, as 2024-03-05 and 3/5/24 are, and 2024 is not. */
export function isTimeReading(cell: string): boolean {
  if (cell.length > EXTRACTION_LIMITS.parsedCellChars || !/\d/.test(cell)) return false;
  if (parseNumber(cell, US) !== null || parseNumber(cell, EU) !== null) return false;
  return (
    parseIso(cell.trim()) !== null || readCalendar(cell, "dmy") !== null || readCalendar(cell, "mdy") !== null
  );
}
