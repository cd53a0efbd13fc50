import type { SourceRow } from "../source-table";
import { type TextLayout, TextRows } from "./layout";

/** Text in no order that is known: its lines are kept. */
export interface ProseLayout {
  kind: "prose";
}

export function decideProse(): TextLayout<ProseLayout> {
  return {
    columns: ["text"],
    units: [null],
    hints: {},
    timeColumn: null,
    notes: ["No readings were found: the lines are kept as text."],
    certainty: 0.4,
    detail: { kind: "prose" },
  };
}

export class ProseRows extends TextRows {
  protected line(text: string, row: number): SourceRow[] {
    return [{ row, cells: [text.trimStart()] }];
  }
}
