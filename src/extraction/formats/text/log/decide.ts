import { type Cell, type ColumnHint, distinctNames } from "../../source-table";
import type { TextLayout } from "../layout";
import type { Line } from "../lines";
import { TemplateTree } from "./drain";
import { type FieldSource, fieldNames, fieldsIn } from "./fields";
import type { LogHead } from "./head";
import { beginsElsewhere, decideHeads, readHeads } from "./heads";
import { type MeasureColumn, measureColumns } from "./measures";
import { decideOutsideHead, type HeadedMessage, type OutsideHead, takeLevel, takeTail } from "./outside-head";
import { YEARLESS } from "./time-head";
import { repeats } from "./vocabulary";
import { yearOfFirst } from "./year";

/** A log: how its lines begin, the measures in its messages and the templates that its sample has. */
export interface LogLayout {
  kind: "log";
  /** In the order in which a line is tried on them; their columns are the same. */
  heads: LogHead[];
  outside: OutsideHead;
  measures: MeasureColumn[];
  /** Fields apart from the message, the columns of which come last. */
  fields: { source: FieldSource; names: string[] } | null;
  templates: string[];
}

/** Templates that are still told apart by a tag; more are kept as text of the row. */
const TAG_TEMPLATES = 200;
const MOST_MEASURES = 32;

/** Decides on the layout of a log from its first lines, or null where they are none. */
export function decideLog(sample: readonly Line[]): TextLayout<LogLayout> | null {
  const heads = decideHeads(sample);
  const [head] = heads;
  if (!head) return null;
  const rows: Cell[][] = [];
  const records: HeadedMessage[] = [];
  let continued = 0;
  let elsewhere = 0;
  let previous: HeadedMessage | null = null;
  for (const { text } of sample) {
    const cells: Cell[] = head.columns.map(() => null);
    const at = readHeads(heads, text, cells);
    if (at < 0) {
      continued++;
      if (beginsElsewhere(heads, text, cells)) elsewhere++;
      if (previous) previous.below = text;
      previous = null;
    } else {
      rows.push(cells);
      previous = { message: text.slice(at), below: null };
      records.push(previous);
    }
  }
  if (rows.length === 0) return null;
  const outside = decideOutsideHead(head.columns, records);
  const messages = records.map(({ message, below }, i) => {
    const cells = rows[i]!;
    while (cells.length < head.columns.length) cells.push(null);
    if (below !== null) takeLevel(outside, below, cells);
    return takeTail(outside, message, cells);
  });
  const fields = decideFields(head, rows, messages);
  const tree = new TemplateTree();
  for (const message of messages) tree.train(saidIn(message, { fields }));
  const templates = tree.templates();
  const measures = fields?.source === "json" ? [] : measureColumns(messages, MOST_MEASURES);
  const names = measureNames(head, measures);
  const columns = distinctNames([...head.columns, "message", "template", ...names, ...(fields?.names ?? [])]);
  const hints = new Map<string, ColumnHint>();
  head.columns.forEach((name, i) => {
    const cells = rows.map((row) => (row[i] ?? null) as string | null);
    hints.set(name, headHint(name, cells));
  });
  hints.set("message", "attribute");
  hints.set("template", tree.size <= TAG_TEMPLATES ? "category" : "attribute");
  for (const name of names) hints.set(name, "value");
  for (const name of columns.slice(columns.length - (fields?.names.length ?? 0)))
    if (/^(?:message|msg)(?:_\d+)?$/.test(name)) hints.set(name, "attribute");
  const notes: string[] = [];
  const yearless = head.timeForm !== null && YEARLESS.has(head.timeForm);
  const times = rows.map((cells) => (head.time === null ? null : (cells[head.time] as string | null)));
  const year = yearless ? yearOfFirst(messages.map((message, i) => ({ time: times[i]!, message }))) : null;
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
    ...(year === null ? {} : { firstYear: year }),
    notes,
    certainty: certaintyOf(head, continued / sample.length, elsewhere / sample.length),
    detail: { kind: "log", heads, outside, measures, fields, templates },
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
export function saidIn(message: string, layout: Pick<LogLayout, "fields">): string {
  if (layout.fields?.source !== "json") return message;
  const fields = fieldsIn("json", message);
  const said = fields?.get("message") ?? fields?.get("msg") ?? fields?.get("event");
  return typeof said === "string" ? said : message;
}

export const measureKey = (name: string, unit: string | null): string => `${name}\u0000${unit}`;

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

const ALWAYS_TEXT =
  /^(?:timestamp|line_number|local_time|date|structured_data|event_id|id|elapsed)(?:_\d+)?$/;

/** Words that come again and again are categories; what is nearly different in every line is text. */
function headHint(name: string, cells: readonly (string | null)[]): ColumnHint {
  if (ALWAYS_TEXT.test(name)) return "attribute";
  if (/^(?:pid|thread_id)(?:_\d+)?$/.test(name)) return "attribute";
  if (/^(?:level|component|category|host|location|label|facility)(?:_\d+)?$/.test(name))
    return new Set(cells).size <= 2_000 ? "category" : "attribute";
  return repeats(cells, /^(?:thread|context|node)/.test(name) ? 50 : 1_000) ? "category" : "attribute";
}

/** `elsewhere`: the share of the lines that seem to begin records of another format, and were read as parts of others. */
function certaintyOf(head: LogHead, continued: number, elsewhere: number): number {
  const typed = head.columns.filter((name) => /^(?:level|component|host|timestamp)/.test(name)).length;
  const base = head.time === null ? (typed >= 2 ? 0.9 : 0.6) : typed >= 3 ? 0.95 : typed === 2 ? 0.9 : 0.8;
  return base * (1 - 0.3 * continued) * (1 - elsewhere);
}
