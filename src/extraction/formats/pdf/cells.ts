import { isMissing, isNumeric } from "./lines";

/** A year, a fiscal year (2009/10) or a quarter, as it heads a column. */
const PERIOD =
  /^(?:(?:FY|CY)?\s?(?:1[6-9]|20)\d{2}(?:\s?[/–-]\s?\d{2,4})?\s?(?:[a-zA-Z*]|\([a-zA-Z\d]\))?|Q[1-4]|H[12]|[1-4]Q)$/;
export const isPeriod = (text: string): boolean => PERIOD.test(text.trim());

const FLAGGED =
  /^([-–−+(]*[$€£¥]?\s?[\d., ]*\d[.,]?\d*\)?\s?%?)(?:\s?[*†‡§¶¹²³⁴⁵⁶⁷⁸⁹]+|\s?\([a-z\d]{1,2}\)|\s?[a-z]\)|\s[ac-jln-su-z]|[pr]|\s?\[\w{1,2}\])$/;
const LONE_DASH_SIGN = /^[–—−]\s?(?=[\d.(])/;

/** A number without footnote marks and flags behind it; anything else as it stands. */
export function cleanValue(text: string): string {
  if (text.length > 40 || !/\d/.test(text)) return text;
  const unmarked = text.replace(/^[*†‡§]+\s?(?=[-–−($€£]*\d)/, "");
  const match = FLAGGED.exec(unmarked);
  const bare = match && isNumeric(match[1]!) ? match[1]!.trim() : unmarked;
  return isNumeric(bare)
    ? bare
        .replace(LONE_DASH_SIGN, "-")
        .replace(/^([($€£¥-]+)\s+(?=\d)/, "$1")
        .replace(/(\d)\s+([)%])/g, "$1$2")
        .replace(/^\(([^()]+)\)\s?%$/, "($1%)")
    : bare;
}

/** Text of several lines as one: a hyphen at the end of a line parts a word. */
export function joinLines(lines: readonly string[]): string {
  let joined = "";
  for (const line of lines) {
    if (line === "") continue;
    if (/\p{Ll}[-‐]$/u.test(joined) && /^\p{Ll}/u.test(line)) joined = joined.slice(0, -1) + line;
    else joined = joined === "" ? line : `${joined} ${line}`;
  }
  return joined;
}

const TRAILING_MARK = /(?<=[\p{L})%])\s?(?:[*†‡§¶¹²³⁴⁵⁶⁷⁸⁹]+)$/u;

/** Labels without leaders and footnote marks. */
export const cleanLabel = (text: string): string =>
  text
    .replace(/(?:\s?[.·…_]){3,}\s*$/u, "")
    .replace(TRAILING_MARK, "")
    .trim();

/**
 * Parentheses around a number mean it is negative. Where all numbers of a column wear them, they mark shares, errors or
 * years: nothing measured is negative throughout. They are kept if a minus could be meant (no percent sign and a name).
 */
export function unwrapColumn(cells: (string | null)[], shares: boolean): (string | null)[] {
  const numbers = cells.filter((cell): cell is string => cell !== null && isNumeric(cell));
  const wrapped = numbers.filter((cell) => /^\(.*\)$/.test(cell));
  if (numbers.length === 0 || wrapped.length < numbers.length) return cells;
  if (!shares && !wrapped.every((cell) => cell.includes("%") || isPeriod(cell.slice(1, -1)))) return cells;
  return cells.map((cell) =>
    cell !== null && /^\(.*\)$/.test(cell) && !isMissing(cell) ? cell.slice(1, -1) : cell,
  );
}
