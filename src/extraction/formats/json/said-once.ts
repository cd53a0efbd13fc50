import { isObject } from "../../../core/json";
import { identifierName, isDatePartName, isLevelName, timeNameWeight } from "../../infer/names";
import type { ColumnHint } from "../source-table";
import { isMoment } from "./moments";
import { NO_CONTEXT } from "./record-sequence";

/**
 * Numbers that a parent says once for all of its records: how many they are, how far apart, where they were taken. They are
 * no readings of the records. Those that may tell parents apart, or be a piece of the time, are left to what they hold.
 */
export class SaidOnce {
  private readonly names = new Set<string>();
  private readonly own = new Set<string>();
  private parents = 0;
  private last: unknown = NO_CONTEXT;

  /** A record and what its parents say; the same object for all records of a parent. */
  note(context: Readonly<Record<string, unknown>>, record: unknown): void {
    if (context === NO_CONTEXT) return;
    // A record that says the same itself means its own.
    if (isObject(record)) for (const name of this.names) if (Object.hasOwn(record, name)) this.own.add(name);
    if (context === this.last) return;
    this.last = context;
    this.parents++;
    for (const [name, cell] of Object.entries(context)) {
      if (typeof cell === "number" && !tells(name, cell)) this.names.add(name);
      else if (cell !== null) this.own.add(name);
    }
  }

  /** For a table of so many rows; null where there is nothing to say. */
  hints(rows: number): Record<string, ColumnHint> | null {
    const said = [...this.names].filter((name) => !this.own.has(name));
    if (said.length === 0 || rows < 2 * this.parents) return null;
    return Object.fromEntries(said.map((name) => [name, "attribute" as const]));
  }
}

const tells = (name: string, cell: number): boolean =>
  isMoment(cell) ||
  identifierName(name) !== "none" ||
  isLevelName(name) ||
  isDatePartName(name) ||
  timeNameWeight(name) > 0;
