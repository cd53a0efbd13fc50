import { type Cell, distinctNames, type ReadRow } from "../source-table";
import { ElementTree, MOST_FIELDS, type OpenElement } from "./element-tree";
import { type TextLayout, TextRows } from "./layout";
import type { Line } from "./lines";
import { type MarkupEvent, MarkupLines } from "./markup";

/** Elements of XML or SGML that come again and again, a record each: all that stands in them, and what their parents say. */
export interface ElementsLayout {
  kind: "elements";
  /** The path of the records from the root. */
  record: string;
  fields: string[];
  /** What elements around a record say of it, where that differs between records: `[path, field]`. */
  around: [string, string][];
  unclosed: string[];
  /** The text has no lines: each tag is read as one. */
  unbroken?: boolean;
}

/** Records that a sample must have. */
const LEAST = 2;
/** Of the lines, those that need not be XML, as one that a sample ends in. */
const MOST_BROKEN = 0.05;
/** Lines of a head above the first tag, as `OFXHEADER:100`. */
const MOST_HEAD = 20;
const HEAD_LINE = /^[\w. -]{1,40}[:=]\S{0,200}$/;

/** Lines that are XML, of which one element is a record by what comes again and again in it; or null. */
export function decideElements(sample: readonly Line[]): TextLayout<ElementsLayout> | null {
  const events = eventsIn(sample);
  if (!events) return null;
  const unclosed = neverClosed(events);
  const record = recordIn(events, unclosed);
  if (!record) return null;
  const fields = [...record.fields];
  const around = saidAround(events, unclosed, record.path).slice(0, MOST_FIELDS - fields.length);
  const columns = distinctNames([
    ...around.map(([path, field]) => `${path.slice(path.lastIndexOf("/") + 1)}.${field}`),
    ...fields,
  ]);
  return {
    columns,
    certainty: 0.95,
    detail: { kind: "elements", record: record.path, fields, around, unclosed: [...unclosed] },
  };
}

function eventsIn(sample: readonly Line[]): MarkupEvent[] | null {
  const first = sample.slice(0, MOST_HEAD).findIndex(({ text }) => text.trimStart().startsWith("<"));
  if (first < 0 || !sample.slice(0, first).every(({ text }) => HEAD_LINE.test(text))) return null;
  const lines = new MarkupLines();
  const events: MarkupEvent[] = [];
  let broken = 0;
  for (const { text } of sample.slice(first)) {
    const said = lines.take(text);
    if (!said && ++broken > sample.length * MOST_BROKEN) return null;
    for (const event of said ?? []) events.push(event);
  }
  return events;
}

/** Elements with a text that are opened again and again and never closed. */
function neverClosed(events: readonly MarkupEvent[]): Set<string> {
  const closed = new Set<string>();
  const withText = new Set<string>();
  for (const [i, event] of events.entries()) {
    if (event.kind === "close" || (event.kind === "open" && event.closed)) closed.add(event.name);
    else if (event.kind === "open" && events[i + 1]?.kind === "text") withText.add(event.name);
  }
  return new Set([...withText].filter((name) => !closed.has(name)));
}

/** The element with the most in all of its kind together; of those with as much, the one around the others. */
function recordIn(
  events: readonly MarkupEvent[],
  unclosed: ReadonlySet<string>,
): { path: string; fields: Set<string> } | null {
  const found = new Map<string, { count: number; cells: number; fields: Set<string> }>();
  const tree = new ElementTree(unclosed);
  for (const event of events)
    tree.take(event, ({ path, fields }) => {
      const entry = found.get(path) ?? { count: 0, cells: 0, fields: new Set<string>() };
      entry.count++;
      entry.cells += fields.size;
      for (const field of fields.keys()) if (entry.fields.size < MOST_FIELDS) entry.fields.add(field);
      found.set(path, entry);
      return false;
    });
  const depth = (path: string) => path.split("/").length;
  const [best] = [...found]
    .filter(([, { count, fields }]) => count >= LEAST && fields.size >= 2)
    .sort((a, b) => b[1].cells - a[1].cells || depth(a[0]) - depth(b[0]));
  return best ? { path: best[0], fields: best[1].fields } : null;
}

/** Texts and attributes of the elements around a record that are not the same for all: the root's are the document's. */
function saidAround(
  events: readonly MarkupEvent[],
  unclosed: ReadonlySet<string>,
  record: string,
): [string, string][] {
  const values = new Map<string, { place: [string, string]; texts: Set<string> }>();
  const tree = new ElementTree(unclosed);
  for (const event of events)
    tree.take(event, ({ path }) => {
      if (path !== record) return false;
      for (const parent of tree.open.slice(1))
        for (const [field, text] of parent.fields) {
          if (field.includes(".")) continue;
          const key = `${parent.path}.${field}`;
          const entry = values.get(key) ?? { place: [parent.path, field], texts: new Set<string>() };
          if (entry.texts.size < 2) entry.texts.add(text);
          values.set(key, entry);
        }
      return true;
    });
  return [...values.values()].flatMap(({ place, texts }) => (texts.size > 1 ? [place] : []));
}

export class ElementRows extends TextRows {
  private readonly lines = new MarkupLines();
  private readonly tree: ElementTree;
  private readonly places: ReadonlyMap<string, number>;
  private begun = false;

  constructor(
    private readonly layout: ElementsLayout,
    width: number,
  ) {
    super(width);
    this.tree = new ElementTree(new Set(layout.unclosed));
    this.places = new Map(layout.fields.map((name, i) => [name, layout.around.length + i]));
  }

  protected line(text: string, row: number): ReadRow[] {
    this.begun ||= text.trimStart().startsWith("<");
    if (!this.begun) {
      this.skipped.preamble++;
      return [];
    }
    const events = this.lines.take(text);
    if (!events) return [{ row, reason: "the line is no XML whose tags can be read" }];
    const rows: ReadRow[] = [];
    for (const event of events)
      this.tree.take(event, (element) => {
        if (element.path !== this.layout.record) return false;
        rows.push({ row, cells: this.cellsOf(element) });
        return true;
      });
    if (rows.length === 0) this.skipped.continued++;
    return rows;
  }

  private cellsOf({ fields }: OpenElement): Cell[] {
    const cells = this.emptyCells();
    for (const [i, [path, field]] of this.layout.around.entries())
      cells[i] = this.tree.open.find((one) => one.path === path)?.fields.get(field) ?? null;
    for (const [field, value] of fields) {
      const at = this.places.get(field);
      if (at !== undefined && value !== "") cells[at] = value;
    }
    return cells;
  }
}
