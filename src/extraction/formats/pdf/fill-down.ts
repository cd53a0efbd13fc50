import type { BodyRow } from "./body";
import type { Columns } from "./columns";

/** A first column that is written only where it changes, beside another that begins anew under each: fill it down. */
export function fillDown(body: BodyRow[], columns: Columns): void {
  if (columns.extents.length < 3 || body.length < 4 || body[0]!.cells[0] == null) return;
  const empty = body.filter(({ cells }) => cells[0] === null).length;
  const others = columns.extents.map((_, c) => body.map(({ cells }) => cells[c]!)).slice(1);
  if (empty < body.length * 0.4 || !others.some(comesAgain)) return;
  let value: string | null = null;
  for (const row of body) {
    value = row.cells[0] ?? value;
    row.cells[0] = value;
  }
}

/** Labels without a gap, of which most are there more than once. */
const comesAgain = (cells: readonly (string | null)[]): boolean =>
  !cells.some((cell) => cell === null || /^[^\p{L}]*$/u.test(cell)) &&
  new Set(cells).size <= cells.length * 0.7;
