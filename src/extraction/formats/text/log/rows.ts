import type { Cell, ReadRow } from "../../source-table";
import { TextRows } from "../layout";
import { type LogLayout, measureKey, saidIn } from "./decide";
import { TemplateTree } from "./drain";
import { fieldsIn } from "./fields";
import { readHeads } from "./heads";
import { measuresIn } from "./measures";
import { takeLevel, takeTail } from "./outside-head";

/** Characters of a message that a row keeps, lines that continue it included. */
const MESSAGE_CHARS = 16_000;

/** Reads the lines of a log in order. Holds one record and the tree of templates. */
export class LogRows extends TextRows {
  private readonly tree: TemplateTree;
  private readonly places: ReadonlyMap<string, number>;
  private readonly measureNames: ReadonlySet<string>;
  private open: { row: number; cells: Cell[]; message: string; lines: number } | null = null;
  private began = false;
  private notKept = 0;

  constructor(
    private readonly layout: LogLayout,
    width: number,
  ) {
    super(width);
    this.tree = new TemplateTree(layout.templates);
    const first = layout.heads[0]!.columns.length + 2;
    this.places = new Map(layout.measures.map(({ name, unit }, i) => [measureKey(name, unit), first + i]));
    this.measureNames = new Set(layout.measures.map(({ name }) => name));
  }

  protected line(text: string, row: number): ReadRow[] {
    const cells = this.emptyCells();
    const at = readHeads(this.layout.heads, text, cells);
    if (at < 0) return this.continueRecord(text, row);
    const done = this.end();
    this.open = { row, cells, message: takeTail(this.layout.outside, text.slice(at), cells), lines: 1 };
    this.began = true;
    return done;
  }

  /** The record that was still open. */
  override end(): ReadRow[] {
    if (!this.open) return [];
    const { row, cells, message } = this.open;
    this.open = null;
    const at = this.layout.heads[0]!.columns.length;
    if (message !== "") {
      cells[at] = message;
      cells[at + 1] = this.tree.learn(saidIn(message, this.layout));
    }
    if (this.places.size > 0)
      for (const { name, value, unit } of measuresIn(message, this.measureNames)) {
        const place = this.places.get(measureKey(name, unit));
        if (place !== undefined) cells[place] = value;
      }
    this.readFields(cells, message);
    return [{ row, cells }];
  }

  override notes(): string[] {
    return this.notKept === 0
      ? []
      : [`${this.notKept} line(s) that continue a message of over ${MESSAGE_CHARS} characters are not kept.`];
  }

  private readFields(cells: Cell[], message: string): void {
    const { fields, heads } = this.layout;
    if (!fields) return;
    const first = this.width - fields.names.length;
    const text = fields.source === "json" ? message : cells[heads[0]!.columns.indexOf("structured_data")];
    const found = fieldsIn(fields.source, text as string | null);
    fields.names.forEach((name, i) => {
      cells[first + i] = found?.get(name) ?? null;
    });
  }

  /** Stack traces and wrapped messages belong to the record above them. */
  private continueRecord(line: string, row: number): ReadRow[] {
    if (!this.open && this.began) return [{ row, reason: "the line continues one that cannot be read" }];
    if (!this.open) {
      this.skipped.preamble++;
      return [];
    }
    this.skipped.continued++;
    // Only the line right below a head is part of it.
    const text = this.open.lines++ === 1 ? takeLevel(this.layout.outside, line, this.open.cells) : line;
    const room = MESSAGE_CHARS - this.open.message.length;
    if (text.length < room) this.open.message += `\n${text}`;
    else this.notKept++;
    return [];
  }
}
