import { daysFromCivil, daysInMonth } from "../../core/timestamps";
import type { DateOrder } from "../contract";
import { monthOf } from "./months";

export type DatePrecision = "year" | "quarter" | "month" | "week" | "day";

/** A date as a cell writes it. `format` is its strptime notation. */
export interface DatePart {
  year: number;
  month: number;
  day: number;
  format: string;
  precision: DatePrecision;
  numericOrder?: boolean;
}

/**
 * A year of two digits lies between 1940 and 2039. POSIX strptime draws the line at 69 and spreadsheets at 30; data
 * are of the past more often than of what is fifteen years ahead.
 */
export const fullYear = (text: string): number => {
  const year = Number(text);
  return text.length > 2 ? year : year + (year >= 40 ? 1900 : 2000);
};

type DateReader = (text: string, order: DateOrder) => DatePart | null;

const threeNumbers: DateReader = (text, order) => {
  const match = /^(\d{1,4})([-/. ])\s?(\d{1,2})\2\s?(\d{1,4})\.?$/.exec(text);
  if (!match) return null;
  const [, first, mark, second, third] = match as unknown as [string, string, string, string, string];
  const sep = mark === " " ? " " : mark;
  if (first.length === 4 && third.length <= 2)
    return part(Number(first), Number(second), Number(third), `%Y${sep}%m${sep}%d`);
  if (first.length > 2 || third.length === 3 || third.length === 1) return null;
  const y = third.length === 4 ? "%Y" : "%y";
  if (order === "ymd" && third.length === 2)
    return {
      ...part(fullYear(first), Number(second), Number(third), `%y${sep}%m${sep}%d`),
      numericOrder: true,
    };
  if (order === "ymd") return null;
  const [day, month] = order === "dmy" ? [first, second] : [second, first];
  const format = order === "dmy" ? `%d${sep}%m${sep}${y}` : `%m${sep}%d${sep}${y}`;
  return { ...part(fullYear(third), Number(month), Number(day), format), numericOrder: true };
};

const part = (year: number, month: number, day: number, format: string): DatePart => ({
  year,
  month,
  day,
  format,
  precision: "day",
});

const dayMonthName: DateReader = (text) => {
  const match =
    /^(\d{1,2})(?:st|nd|rd|th|er|º)?\.?[-/\s.]{0,2}(?:(?:of|de)\s)?([\p{L}]{3,10})\.?,?[-/\s.]{0,2}(?:(?:de|del)\s)?(\d{4}|'?\d{2})$/iu.exec(
      text,
    );
  const month = match && monthOf(match[2]!);
  if (!match || !month) return null;
  const year = match[3]!.replace("'", "");
  const sep = /[-/]/.exec(text)?.[0] ?? " ";
  return part(fullYear(year), month, Number(match[1]), `%d${sep}%b${sep}${year.length === 4 ? "%Y" : "%y"}`);
};

const monthNameDay: DateReader = (text) => {
  const match =
    /^([\p{L}]{3,10})\.?[-/\s]{0,2}(\d{1,2})(?:st|nd|rd|th)?(?:,\s?|[-/\s]{1,2})(\d{4}|'\d{2}|\d{2})$/iu.exec(
      text,
    );
  const month = match && monthOf(match[1]!);
  if (!match || !month) return null;
  return part(
    fullYear(match[3]!.replace("'", "")),
    month,
    Number(match[2]),
    text.includes(",") ? "%b %d, %Y" : "%b %d %Y",
  );
};

const yearMonthName: DateReader = (text) => {
  const match = /^(\d{4})[-/\s.,]{0,2}([\p{L}]{3,10})\.?(?:[-/\s.]{1,2}(\d{1,2}))?$/iu.exec(text);
  const month = match && monthOf(match[2]!);
  if (!match || !month) return null;
  if (match[3] !== undefined) return part(Number(match[1]), month, Number(match[3]), "%Y %b %d");
  return { ...part(Number(match[1]), month, 1, "%Y %b"), precision: "month" };
};

const monthNameYear: DateReader = (text) => {
  const match = /^([\p{L}]{3,10})\.?,?[-/\s]{0,2}(\d{4}|'?\d{2})$/iu.exec(text);
  const month = match && monthOf(match[1]!);
  if (!match || !month) return null;
  const year = match[2]!.replace("'", "");
  const sep = /[-/]/.exec(text)?.[0] ?? " ";
  return {
    ...part(fullYear(year), month, 1, `%b${sep}${year.length === 4 ? "%Y" : "%y"}`),
    precision: "month",
  };
};

// "16-Jan" is January 2016 in lists of months: only where nothing else fits, see timestamps.ts.
const yearMonth: DateReader = (text) => {
  const match = /^(\d{4})(?:[-/.]|M|-M)(\d{1,2})$/.exec(text) ?? /^(\d{4})(0[1-9]|1[0-2])$/.exec(text);
  if (match) {
    const format = text.replace(/\d{4}/, "%Y").replace(/\d{1,2}$/, "%m");
    return { ...part(Number(match[1]), Number(match[2]), 1, format), precision: "month" };
  }
  const reversed = /^(\d{1,2})[-/.](\d{4})$/.exec(text);
  return reversed
    ? { ...part(Number(reversed[2]), Number(reversed[1]), 1, "%m/%Y"), precision: "month" }
    : null;
};

const compactDay: DateReader = (text) => {
  const match = /^(\d{4})(\d{2})(\d{2})$/.exec(text);
  return match ? part(Number(match[1]), Number(match[2]), Number(match[3]), "%Y%m%d") : null;
};

const quarter: DateReader = (text) => {
  const match = /^(\d{4})[-/\s:]{0,2}Q([1-4])$/i.exec(text);
  const [year, index] = match
    ? [match[1], match[2]]
    : (/^(?:Q([1-4])|([1-4])\.?\s?Q)[-/\s:]{0,2}'?(\d{4}|\d{2})$/i
        .exec(text)
        ?.slice(1)
        .filter(Boolean)
        .reverse() ?? []);
  if (year === undefined) return null;
  return { ...part(fullYear(year), Number(index) * 3 - 2, 1, "%Y-Q%q"), precision: "quarter" };
};

/** The ordinal date of ISO 8601: 2021-032 is 1 February. */
const dayOfYear: DateReader = (text) => {
  const match = /^(\d{4})-(\d{3})$/.exec(text);
  const days = Number(match?.[2]);
  if (!match || days < 1 || days > 366) return null;
  const date = new Date((daysFromCivil(Number(match[1]), 1, 1) + days - 1) * 86_400_000);
  if (date.getUTCFullYear() !== Number(match[1])) return null;
  return part(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate(), "%Y-%j");
};

const isoWeek: DateReader = (text) => {
  const match = /^(\d{4})-?W(\d{2})(?:-?([1-7]))?$/i.exec(text);
  if (!match || Number(match[2]) < 1 || Number(match[2]) > 53) return null;
  // ISO 8601: week 1 holds 4 January; weeks start on Monday.
  const fourth = daysFromCivil(Number(match[1]), 1, 4);
  const monday = fourth - ((fourth + 3) % 7) + (Number(match[2]) - 1) * 7 + Number(match[3] ?? 1) - 1;
  const date = new Date(monday * 86_400_000);
  return {
    ...part(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate(), "%G-W%V"),
    precision: "week",
  };
};

const yearAlone: DateReader = (text) =>
  /^\d{4}$/.test(text) ? { ...part(Number(text), 1, 1, "%Y"), precision: "year" } : null;

const READERS: readonly DateReader[] = [
  threeNumbers,
  dayMonthName,
  monthNameDay,
  yearMonthName,
  monthNameYear,
  compactDay,
  yearMonth,
  quarter,
  isoWeek,
  dayOfYear,
  yearAlone,
];

export function readDate(text: string, order: DateOrder): DatePart | null {
  for (const reader of READERS) {
    const date = reader(text, order);
    if (date) {
      const { year, month, day } = date;
      return month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month) ? date : null;
    }
  }
  return null;
}
