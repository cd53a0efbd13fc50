import { type Cell, type ColumnHint, distinctNames, type ReadRow } from "../../source-table";
import { type TextLayout, TextRows } from "../layout";
import type { Line } from "../lines";
import { TemplateTree } from "./drain";
import { type FieldSource, fieldNames, fieldsIn } from "./fields";
import { decideHead, type LogHead, readHead } from "./head";
import { type MeasureColumn, measureColumns, measuresIn } from "./measures";
import { timeAt, YEARLESS } from "./time-head";
import { repeats } from "./vocabulary";

/** A log: how its lines begin, the measures in its messages and the templates that its sample has. */
export interface LogLayout {
  kind: "log";
  head: LogHead;
  measures: MeasureColumn[];
  /** Fields apart from the message, the columns of which come last. */
  fields: { source: FieldSource; names: string[] } | null;
  templates: string[];
}

/** Templates that are still told apart by a tag; more are kept as text of the row. */
const TAG_TEMPLATES = 200;
const MOST_MEASURES = 32;
/** Characters of a message that a row keeps, lines that continue it included. */
const MESSAGE_CHARS = 16_000;

/** Decides on the layout of a log from its first lines, or null where they are none. */
export function decideLog(sample: readonly Line[]): TextLayout<LogLayout> | null {
  const head = decideHead(sample);
  if (!head) return null;
  const rows: Cell[][] = [];
  const messages: string[] = [];
  let continued = 0;
  for (const { text } of sample) {
    const cells: Cell[] = head.columns.map(() => null);
    const at = readHead(head, text, cells);
    if (at < 0) continued++;
    else {
      rows.push(cells);
      messages.push(text.slice(at));
    }
  }
  if (rows.length === 0) return null;
  const fields = decideFields(head, rows, messages);
  const tree = new TemplateTree();
  for (const message of messages) tree.train(saidIn(message, { fields }));
  const templates = tree.templates();
  const measures = fields?.source === "json" ? [] : measureColumns(messages, MOST_MEASURES);
  const names = measureNames(head, measures);
  const columns = distinctNames([...head.columns, "message", "template", ...names, ...(fields?.names ?? [])]);
  const hints = new Map<string, ColumnHint>();
  head.columns.forEach((name, i) => {
    if (i !== head.time)
      hints.set(
        name,
        headHint(
          name,
          rows.map((cells) => (cells[i] ?? null) as string | null),
        ),
      );
  });
  hints.set("message", "attribute");
  hints.set("template", templates.length <= TAG_TEMPLATES ? "category" : "attribute");
  for (const name of names) hints.set(name, "value");
  for (const name of columns.slice(columns.length - (fields?.names.length ?? 0)))
    if (/^(?:message|msg)(?:_\d+)?$/.test(name)) hints.set(name, "attribute");
  const notes: string[] = [];
  if (head.timeForm && YEARLESS.has(head.timeForm))
    notes.push("The times at the heads of the lines have no year.");
  if (head.time === null || head.timeForm === "clock")
    notes.push("The lines have no date: their rows keep the order of the source.");
  return {
    columns,
    units: [
      ...head.columns.map(() => null),
      null,
      null,
      ...measures.map(({ unit }) => unit),
      ...(fields?.names ?? []).map(() => null),
    ],
    hints: Object.fromEntries(hints),
    timeColumn: head.time !== null && head.timeForm !== "clock" ? head.columns[head.time]! : null,
    about: "log_data",
    leanOrder: "ymd",
    notes,
    certainty: certaintyOf(head, continued / sample.length),
    detail: { kind: "log", head, measures, fields, templates },
  };
}

/** Fields of the RFC 5424 data in the heads, or else of the objects of JSON that the messages are. */
function decideFields(
  head: LogHead,
  rows: readonly Cell[][],
  messages: readonly string[],
): LogLayout["fields"] {
  const data = head.columns.indexOf("structured_data");
  const source: FieldSource = data < 0 ? "json" : "structured_data";
  const texts = data < 0 ? messages : rows.map((cells) => cells[data] as string | null);
  const names = fieldNames(source, texts);
  return names.length === 0 ? null : { source, names };
}

/** What the templates are mined from: of a message that is an object, what it says. */
function saidIn(message: string, layout: Pick<LogLayout, "fields">): string {
  if (layout.fields?.source !== "json") return message;
  const fields = fieldsIn("json", message);
  const said = fields?.get("message") ?? fields?.get("msg") ?? fields?.get("event");
  return typeof said === "string" ? said : message;
}

const measureKey = (name: string, unit: string | null): string => `${name}\u0000${unit}`;

/** Measures may be called like a slot of the head. */
function measureNames(head: LogHead, measures: readonly MeasureColumn[]): string[] {
  const taken = new Set([...head.columns, "message", "template"]);
  return measures.map(({ name, unit }) => {
    const suffix = unit === "%" ? "percent" : (unit ?? "number").toLowerCase();
    let distinct = name;
    for (let n = 1; taken.has(distinct); n++) distinct = `${name}_${suffix}${n === 1 ? "" : `_${n}`}`;
    taken.add(distinct);
    return distinct;
  });
}

const ALWAYS_TEXT = /^(?:timestamp|line_number|local_time|date|structured_data|event_id|id)(?:_\d+)?$/;

/** Words that come again and again are categories; what is nearly different in every line is text. */
function headHint(name: string, cells: readonly (string | null)[]): ColumnHint {
  if (ALWAYS_TEXT.test(name)) return "attribute";
  if (/^(?:pid|thread_id)(?:_\d+)?$/.test(name)) return "attribute";
  if (/^(?:level|component|category|host|location|label|facility)(?:_\d+)?$/.test(name))
    return new Set(cells).size <= 2_000 ? "category" : "attribute";
  return repeats(cells, /^(?:thread|context)/.test(name) ? 50 : 1_000) ? "category" : "attribute";
}

function certaintyOf(head: LogHead, continued: number): number {
  const typed = head.columns.filter((name) => /^(?:level|component|host|timestamp)/.test(name)).length;
  const base = head.time === null ? 0.6 : typed >= 3 ? 0.95 : typed === 2 ? 0.9 : 0.8;
  return base * (1 - 0.3 * continued);
}

/** Reads the lines of a log in order. Holds one record and the tree of templates. */
export class LogRows extends TextRows {
  private readonly tree: TemplateTree;
  private readonly places: ReadonlyMap<string, number>;
  private open: { row: number; cells: Cell[]; message: string } | null = null;
  private began = false;
  private notKept = 0;

  constructor(
    private readonly layout: LogLayout,
    width: number,
  ) {
    super(width);
    this.tree = new TemplateTree(layout.templates);
    const first = layout.head.columns.length + 2;
    this.places = new Map(layout.measures.map(({ name, unit }, i) => [measureKey(name, unit), first + i]));
  }

  protected line(text: string, row: number): ReadRow[] {
    const cells = this.emptyCells();
    const at = readHead(this.layout.head, text, cells);
    if (at < 0) return this.continueRecord(text, row);
    const done = this.end();
    this.open = { row, cells, message: text.slice(at) };
    this.began = true;
    return done;
  }

  /** The record that was still open. */
  override end(): ReadRow[] {
    if (!this.open) return [];
    const { row, cells, message } = this.open;
    this.open = null;
    const at = this.layout.head.columns.length;
    if (message !== "") {
      cells[at] = message;
      cells[at + 1] = this.tree.learn(saidIn(message, this.layout));
    }
    if (this.places.size > 0)
      for (const { name, value, unit } of measuresIn(message)) {
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
    const { fields, head } = this.layout;
    if (!fields) return;
    const first = this.width - fields.names.length;
    const text = fields.source === "json" ? message : cells[head.columns.indexOf("structured_data")];
    const found = fieldsIn(fields.source, text as string | null);
    fields.names.forEach((name, i) => {
      cells[first + i] = found?.get(name) ?? null;
    });
  }

  /** Stack traces and wrapped messages belong to the record above them. */
  private continueRecord(text: string, row: number): ReadRow[] {
    if (!this.open && this.began) return [{ row, reason: "the line continues one that cannot be read" }];
    if (!this.open) {
      this.skipped.preamble++;
      return [];
    }
    this.skipped.continued++;
    const room = MESSAGE_CHARS - this.open.message.length;
    if (text.length < room) this.open.message += `\n${text}`;
    else this.notKept++;
    return [];
  }
}

/**
 * Whether lines are a log although they can be split as a table: they begin with a time and go on in words. Bars part
 * the slots of logs as well; a comma that is inside of the times parts nothing.
 */
export function isLogBesideTable(sample: readonly Line[], consistency: number): boolean {
  if (sample.length < 2) return false;
  const head = decideHead(sample);
  if (!head) return false;
  let records = 0;
  let words = 0;
  let commas = 0;
  let bars = 0;
  const typed = head.columns.some((name) => /^(?:level|component|host|pid|thread)/.test(name));
  for (const { text } of sample) {
    const cells: Cell[] = head.columns.map(() => null);
    const at = readHead(head, text, cells);
    if (at < 0) continue;
    records++;
    words += text.slice(at).split(/\s+/, 50).length;
    if (/^[^\s,]{0,12}\s?[^\s,]{0,18},\d/.test(text)) commas++;
    if (text.slice(0, 60).includes("|")) bars++;
  }
  const flush = sample.filter(({ text }) => !/^\s/.test(text)).length;
  if (records < flush * 0.3) return false;
  const objects =
    sample.filter(({ text }) => text.endsWith("}") && text.includes("{")).length >= sample.length * 0.8;
  if (objects) return true;
  const piped = bars >= records * 0.9 && typed;
  if (
    consistency >= 0.95 &&
    commas < records * 0.9 &&
    !piped &&
    !(typed && words / records >= 4 && !isMarked(sample))
  )
    return false;
  return piped || typed || words / records >= 4;
}

/** A mark right behind the time of each line, and as often in every one: a table without a header. */
function isMarked(sample: readonly Line[]): boolean {
  return [",", ";", "\t"].some((mark) => {
    const counts = sample.map(({ text }) => text.split(mark).length - 1);
    return (
      counts[0]! >= 2 &&
      counts.every((count) => count === counts[0]) &&
      sample.every(({ text }) => text[timeAt(text, 0)?.end ?? -1] === mark)
    );
  });
}
