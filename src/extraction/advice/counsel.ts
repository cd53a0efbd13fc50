import type { LlmUse } from "../contract";
import type { Draft, UnderstoodTable } from "../understand";

/** What a model's look at a table has changed: its plan, or, of a free text, all of it. */
export type Reviewed =
  | (Pick<UnderstoodTable, "plan" | "confidence" | "ambiguities"> & { reviewed: true })
  | Omit<UnderstoodTable, "format">;

/** What models said of data. */
export interface Counsel {
  /** By the place of the table; null: nothing came of it. */
  tables: (Reviewed | null)[];
  llm: LlmUse;
  /** What is to be told of it. */
  warnings: string[];
}

export const counselled = (drafts: readonly Draft[], { tables }: Counsel): UnderstoodTable[] =>
  drafts.map(({ understood }, i) => ({ ...understood, ...tables[i] }));
