import { EXTRACTION_LIMITS } from "../../limits";
import { type Cell, distinctNames, type ReadRow } from "../source-table";
import { type TextLayout, TextRows } from "./layout";
import type { Line } from "./lines";

/** Elements of XML that come again and again, a record each: their attributes, and the elements in them that hold text. */
export interface ElementsLayout {
  kind: "elements";
  record: string;
  fields: string[];
}

type Event =
  | { kind: "open"; name: string; attributes: [string, string][]; closed: boolean }
  | { kind: "close"; name: string }
  | { kind: "text"; text: string };

const NAME = "[A-Za-z_][\\w:.-]{0,80}";
const VALUE = "(?:\"[^\"<]{0,4000}\"|'[^'<]{0,4000}')";
// A tag, or what stands between tags; neither can begin like the other.
const PART = new RegExp(
  `<(/?)(${NAME})((?:\\s{1,40}${NAME}=${VALUE}){0,64})\\s{0,40}(/?)>|<!\\[CDATA\\[([^\\]]{0,16000})\\]\\]>|<[?!][^>]{0,1000}>|([^<]{1,16000})`,
  "y",
);
const ATTRIBUTE = new RegExp(`(${NAME})=(${VALUE})`, "g");
const ENTITIES: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };
/** Records that a sample must have. */
const LEAST = 2;

/** Names come without their prefix, texts without the five entities that XML has of its own. */
const bare = (name: string): string => name.slice(name.indexOf(":") + 1);
const plain = (text: string): string =>
  text.replace(/&(lt|gt|amp|quot|apos);/g, (_, name: string) => ENTITIES[name]!);

/** What a line of XML says, or null where it is none: a tag that is not closed in its line is not read. */
function eventsOf(line: string): Event[] | null {
  const events: Event[] = [];
  const text = line.trim();
  for (PART.lastIndex = 0; PART.lastIndex < text.length; ) {
    const match = PART.exec(text);
    if (!match) return null;
    const [, close, name, attributes, closed, data, words] = match;
    if (name === undefined) {
      const said = data ?? (words === undefined ? "" : plain(words).trim());
      if (said !== "") events.push({ kind: "text", text: said });
    } else if (close === "/") events.push({ kind: "close", name: bare(name) });
    else {
      const pairs = Array.from(attributes!.matchAll(ATTRIBUTE), ([, key, value]): [string, string] => [
        bare(key!),
        plain(value!.slice(1, -1)),
      ]);
      events.push({ kind: "open", name: bare(name), attributes: pairs, closed: closed === "/" });
    }
  }
  return events;
}

/** Follows events, and gives each element that ends with the fields that it has, by name. */
class Elements {
  private readonly open: { name: string; fields: Map<string, string>; leaf: boolean; text: string }[] = [];

  take(event: Event, ended: (name: string, fields: ReadonlyMap<string, string>) => void): void {
    if (event.kind === "text") {
      const top = this.open.at(-1);
      if (top && top.text.length < EXTRACTION_LIMITS.textLineChars)
        top.text += top.text ? `\n${event.text}` : event.text;
      return;
    }
    if (event.kind === "open") {
      const parent = this.open.at(-1);
      if (parent) parent.leaf = false;
      if (this.open.length < MOST_DEPTH)
        this.open.push({ name: event.name, fields: new Map(event.attributes), leaf: true, text: "" });
      if (!event.closed) return;
    }
    if (this.open.at(-1)?.name !== event.name) return;
    const { name, fields, leaf, text } = this.open.pop()!;
    if (leaf && text !== "") this.open.at(-1)?.fields.set(name, text);
    ended(name, fields);
  }
}

const MOST_DEPTH = 32;
/** Of the lines, those that need not be XML, as one that a sample ends in. */
const MOST_BROKEN = 0.05;

/** Lines that are XML, of which one element is a record by having fields and coming most often; or null. */
export function decideElements(sample: readonly Line[]): TextLayout<ElementsLayout> | null {
  if (!sample[0]?.text.trimStart().startsWith("<")) return null;
  const found = new Map<string, { count: number; fields: Set<string> }>();
  const elements = new Elements();
  let broken = 0;
  for (const { text } of sample) {
    const events = eventsOf(text);
    if (!events && ++broken > sample.length * MOST_BROKEN) return null;
    for (const event of events ?? [])
      elements.take(event, (name, fields) => {
        if (fields.size < 2) return;
        const entry = found.get(name) ?? { count: 0, fields: new Set<string>() };
        entry.count++;
        for (const field of fields.keys()) if (entry.fields.size < MOST_FIELDS) entry.fields.add(field);
        found.set(name, entry);
      });
  }
  const [record] = [...found].sort((a, b) => b[1].count - a[1].count);
  if (!record || record[1].count < LEAST) return null;
  const fields = [...record[1].fields];
  const columns = distinctNames(fields);
  return {
    columns,
    units: columns.map(() => null),
    hints: {},
    timeColumn: null,
    notes: [],
    certainty: 0.95,
    detail: { kind: "elements", record: record[0], fields },
  };
}

const MOST_FIELDS = Math.min(256, EXTRACTION_LIMITS.columns);

export class ElementRows extends TextRows {
  private readonly elements = new Elements();
  private readonly places: ReadonlyMap<string, number>;

  constructor(
    private readonly layout: ElementsLayout,
    width: number,
  ) {
    super(width);
    this.places = new Map(layout.fields.map((name, i) => [name, i]));
  }

  protected line(text: string, row: number): ReadRow[] {
    const events = eventsOf(text);
    if (!events) return [{ row, reason: "the line is no XML whose tags end in it" }];
    const rows: ReadRow[] = [];
    for (const event of events)
      this.elements.take(event, (name, fields) => {
        if (name !== this.layout.record) return;
        const cells: Cell[] = this.emptyCells();
        for (const [field, value] of fields) {
          const at = this.places.get(field);
          if (at !== undefined) cells[at] = value === "" ? null : value;
        }
        rows.push({ row, cells });
      });
    if (rows.length === 0) this.skipped.continued++;
    return rows;
  }
}
