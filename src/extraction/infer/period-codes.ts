import type { Cell } from "../formats/source-table";

export type PeriodCode = "quarter" | "month";

const CODES: readonly (readonly [PeriodCode, RegExp])[] = [
  ["quarter", /^Q0?[1-4]$/i],
  // The thirteenth is the mean of the year, as the Bureau of Labor Statistics writes it: no month.
  ["month", /^M(?:0?[1-9]|1[0-3])$/i],
];
const MOST_CODES = 13;

/** Whether all values of a column are codes of quarters ("Q01") or of months ("M01"), which stand beside a year. */
export function periodCodesIn(distinct: ReadonlySet<Cell>): PeriodCode | null {
  if (distinct.size === 0 || distinct.size > MOST_CODES) return null;
  const fits = (pattern: RegExp) =>
    [...distinct].every((cell) => typeof cell === "string" && cell.length <= 8 && pattern.test(cell.trim()));
  return CODES.find(([, pattern]) => fits(pattern))?.[0] ?? null;
}

/** "M01" is "01". */
export const withoutMonthMark = (text: string): string => text.trim().replace(/^M(?=\d)/i, "");
