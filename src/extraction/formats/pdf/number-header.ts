import { isPeriod } from "./cells";
import { type Columns, cellsOf } from "./columns";
import { isNumeric, type Row, textOf } from "./lines";

/** An age group, a class of sizes. */
export const isRange = (text: string): boolean => RANGE.test(text);

const RANGE = /^(?:[<>≤≥]\s?)?\d+(?:\s?[-–]\s?\d+|\s?\+)?$|^[<>≤≥]\s?\d+$/;
const BRACED = /^[([]?(\d{1,2})[)\]]?$/;

/** Rows below that are looked at. */
const LOOKED_AT = 12;

/** Whether a row whose cells are numbers heads the columns: years, age groups, the columns' own numbering. */
export function isNumberHeader(
  row: Row,
  rest: readonly Row[],
  columns: Columns,
): "names" | "numbering" | null {
  const texts = (line: Row) => cellsOf(line, columns.bounds).map(textOf);
  return isNumberHead(texts(row), rest.slice(0, LOOKED_AT).map(texts), columns.numeric);
}

/** The same of the texts of cells. */
export function isNumberHead(
  cells: readonly string[],
  below: readonly (readonly string[])[],
  numeric: readonly boolean[],
): "names" | "numbering" | null {
  const inNumbers = cells.filter((text, c) => numeric[c] && text !== "");
  const numbers = inNumbers.filter(isNumeric);
  if (numbers.length === 0) return null;
  const like = (test: (text: string) => boolean): boolean => {
    if (!numbers.every(test)) return false;
    const values = below.flatMap((other) =>
      other.filter((text, c) => numeric[c] && cells[c] !== "" && isNumeric(text)),
    );
    return values.length > 0 && values.filter(test).length <= values.length * 0.3;
  };
  const numbered = numbers.map((text) => Number(BRACED.exec(text)?.[1] ?? Number.NaN));
  const counts = numbered.every((value, i) => i === 0 || value === numbered[i - 1]! + 1);
  if (numbers.length >= 3 && counts && numbered[0]! <= 2 && inNumbers.length === numbers.length)
    return "numbering";
  if (like(isPeriod) && areYears(numbers) && (numbers.length > 1 || inNumbers.length > 1 || cells[0] === ""))
    return "names";
  const stub = cells.find((_, c) => !numeric[c]);
  if (
    numbers.length >= 2 &&
    (stub === "" || stub === undefined) &&
    like((text) => RANGE.test(text) && /\D/.test(text))
  )
    return "names";
  return null;
}

/** Years that head columns rise or fall, and are never far apart. Quarters may begin anew. */
function areYears(texts: readonly string[]): boolean {
  const years = texts.map((text) => Number(/\d{4}/.exec(text)?.[0] ?? Number.NaN));
  if (years.some(Number.isNaN)) return true;
  const steps = years.slice(1).map((year, i) => year - years[i]!);
  // Under names that span them the same years come again.
  const again = new Set(years).size < years.length;
  return (
    steps.every((step) => Math.abs(step) <= 25) &&
    (again || steps.every((step) => step > 0) || steps.every((step) => step < 0))
  );
}
