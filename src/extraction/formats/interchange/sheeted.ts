import type { Sheet } from "../xlsx/sheet";

/** What a file for exchange holds, and what is to be said of it. */
export interface Sheeted {
  sheets: Sheet[];
  notes: string[];
}
