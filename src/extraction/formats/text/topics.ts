import { isObject } from "../../../core/json";
import { isReading } from "../../infer/reading";
import { EXTRACTION_LIMITS } from "../../limits";
import { flatten } from "../json/flatten";
import { type Cell, type ColumnHint, distinctNames, type ReadRow } from "../source-table";
import { type TextLayout, TextRows } from "./layout";
import type { Line } from "./lines";

/** Messages as MQTT clients print them (`mosquitto_sub -v`): a topic and its payload a line, perhaps a time before both. */
export interface TopicsLayout {
  kind: "topics";
  timed: boolean;
  /** Keys of the payloads, nested ones joined by dots. */
  keys: string[];
}

/** A topic has levels, no blank in it and no wildcard; seconds since 1970 or a time of ISO 8601 may stand before it. */
const LEVEL = '[^\\s/{}"#+,;|]';
const MESSAGE = new RegExp(
  `^(?:(\\d{4}-\\d{2}-\\d{2}T[\\d:.,]{4,18}(?:Z|[+-]\\d{2}:?\\d{2})?|\\d{10}(?:\\.\\d{1,9})?):?\\s)?` +
    `(${LEVEL}{0,100}(?:/${LEVEL}{0,100}){1,20})\\s{1,4}(\\S.{0,9000})$`,
);
/** Of the lines, and of those the messages whose payload is an object. */
const MOST = 0.9;
const OBJECTS = 0.5;
/** Names of columns beside the keys. */
const [TIME, TOPIC, VALUE, PAYLOAD] = ["time", "topic", "value", "payload"];

interface Message {
  time: string | null;
  topic: string;
  payload: string;
  /** What the payload is, where it is an object. */
  object: Record<string, unknown> | null;
}

function messageIn(line: string): Message | null {
  const match = MESSAGE.exec(line);
  return (
    match && { time: match[1] ?? null, topic: match[2]!, payload: match[3]!, object: objectIn(match[3]!) }
  );
}

function objectIn(text: string): Record<string, unknown> | null {
  if (!text.startsWith("{") || !text.endsWith("}")) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** Lines that are nearly all messages, most of them with an object; or null. */
export function decideTopics(sample: readonly Line[]): TextLayout<TopicsLayout> | null {
  const [first] = sample;
  if (!first || sample.length < 2) return null;
  const messages = sample.flatMap(({ text }) => messageIn(text) ?? []);
  if (messages.length < sample.length * MOST) return null;
  if (messages.filter(({ object }) => object).length < messages.length * OBJECTS) return null;
  const timed = messages.every(({ time }) => time !== null);
  const keys = new Set<string>();
  for (const { object } of messages) if (object) flatten(object, (name) => keys.add(name));
  const kept = [...keys].slice(0, EXTRACTION_LIMITS.columns - 4);
  const own = timed ? [TIME!, TOPIC!, VALUE!, PAYLOAD!] : [TOPIC!, VALUE!, PAYLOAD!];
  const hints: Record<string, ColumnHint> = { topic: "category" };
  return {
    columns: distinctNames([...own, ...kept]),
    hints,
    ...(timed ? { timeColumn: TIME! } : {}),
    certainty: 0.95,
    detail: { kind: "topics", timed, keys: kept },
  };
}

export class TopicRows extends TextRows {
  private readonly places: ReadonlyMap<string, number>;
  private readonly first: number;
  private dropped = 0;

  constructor(
    private readonly layout: TopicsLayout,
    width: number,
  ) {
    super(width);
    this.first = layout.timed ? 1 : 0;
    this.places = new Map(layout.keys.map((key, i) => [key, this.first + 3 + i]));
  }

  protected line(text: string, row: number): ReadRow[] {
    const message = messageIn(text);
    if (!message) return [{ row, reason: "the line has no topic with a payload" }];
    const { time, topic, payload, object } = message;
    const cells = this.emptyCells();
    if (this.layout.timed) cells[0] = time;
    cells[this.first] = topic;
    if (object) flatten(object, (name, cell) => this.put(cells, name, cell));
    else cells[this.first + (isReading(payload) ? 1 : 2)] = payload;
    return [{ row, cells }];
  }

  override notes(): string[] {
    return this.dropped > 0
      ? [`${this.dropped} cell(s) under keys that the first messages do not have were left out.`]
      : [];
  }

  private put(cells: Cell[], name: string, cell: Cell): void {
    const at = this.places.get(name);
    if (at === undefined) this.dropped++;
    else cells[at] = cell;
  }
}
