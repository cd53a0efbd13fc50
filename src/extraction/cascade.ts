import { type Accounting, type AppliedRow, applyPlan, newAccounting } from "./apply";
import type { TablePlan } from "./contract";
import type { SourceTable } from "./formats/source-table";

/** A table as one plan describes it. */
export interface Reading {
  plan: TablePlan;
  table: SourceTable;
  /** See {@link applyPlan}. */
  keepTimeless: boolean;
}

/**
 * Rows of an upload under several plans, the oldest first: each row is read by the first plan that can. All rows of an
 * older plan come before those of a newer one, as they were stored: so the n-th row of a series at a time is the same
 * as before, and what one plan has stored is not overwritten by the next. `accounting` counts what the last plan adds or
 * rejects; what was stored before is counted in `again`.
 */
export function* cascade(
  earlier: readonly Reading[],
  last: Reading,
  accounting: Accounting,
  again: { rows: number },
): Generator<AppliedRow> {
  const taken = new RowSet();
  for (const { plan, table, ...options } of earlier)
    for (const applied of applyPlan(plan, table, newAccounting(), options))
      if ("point" in applied && taken.add(applied.row)) {
        again.rows++;
        yield applied;
      }
  yield* applyPlan(last.plan, last.table, accounting, { keepTimeless: last.keepTimeless, taken });
}

/** Numbers of rows, a bit each. */
export class RowSet {
  private bits = new Uint32Array(1_024);

  /** False where it was in. */
  add(row: number): boolean {
    if (this.has(row)) return false;
    const at = row >>> 5;
    if (at >= this.bits.length) {
      const wider = new Uint32Array(Math.max(at + 1, this.bits.length * 2));
      wider.set(this.bits);
      this.bits = wider;
    }
    this.bits[at]! |= 1 << (row & 31);
    return true;
  }

  has(row: number): boolean {
    return ((this.bits[row >>> 5] ?? 0) & (1 << (row & 31))) !== 0;
  }
}
