import type { Cell } from "../../source-table";
import type { Line } from "../lines";
import { type Cursor, type Draft, nextSlot, wordEnd } from "./head-slots";
import { afterGap, RECOGNISERS, type SlotKind, strictLevel } from "./slots";
import { FORM_RANK, TIME_FORMS, type TimeForm, timeAt } from "./time-head";

/** A slot in the head of a line and the columns of its parts, -1 for those that are not kept. */
export interface HeadSlot {
  kind: SlotKind;
  columns: number[];
  /** Lines may lack it. */
  optional: boolean;
  /** Time only: the forms seen at this place. */
  forms?: TimeForm[];
}

/** How the lines of a log begin, decided over a sample and the same for all lines. */
export interface LogHead {
  /** The head is that of lines with this name before a bar only. */
  service?: string;
  slots: HeadSlot[];
  columns: string[];
  /** The column of the time, or null where lines have none. */
  time: number | null;
  timeForm: TimeForm | null;
  /** A line begins a record when this many slots at its head are there; others continue the record before. */
  required: number;
}

/** Lines that the head is decided on, spread over the sample. */
const LOOKED_AT = 400;
const MOST_SLOTS = 16;

/**
 * Decides how most lines begin, or null where they do not begin like those of a log. With a
 * `service` the lines are those of one, whose name stands before their bars.
 */
export function decideHead(sample: readonly Line[], service?: string): LogHead | null {
  const step = Math.max(1, Math.floor(sample.length / LOOKED_AT));
  const looked = sample.filter((_, i) => i % step === 0).map(({ text }) => text);
  const anchor = anchorOf(looked);
  if (!anchor) return null;
  const cursors = anchor.lines.map((line): Cursor => ({ line, at: line.length - line.trimStart().length }));
  const drafts: Draft[] = [];
  for (let i = 0; i < MOST_SLOTS; i++) {
    const named = service !== undefined && i === 0;
    const draft = named ? SERVICE_SLOT : nextSlot(cursors, drafts);
    if (!draft) break;
    drafts.push(draft);
    for (const cursor of cursors) {
      const found = RECOGNISERS[draft.kind](cursor.line, cursor.at);
      if (found) cursor.at = afterGap(cursor.line, found.end);
    }
  }
  const head = bind(drafts, anchor.timed);
  return head && service !== undefined ? { ...head, service } : head;
}

const SERVICE_SLOT: Draft = { kind: "service", names: ["service"], optional: false };

/** Lines that begin records: those with a time at the word where most have one, or else with a level in front. */
function anchorOf(lines: readonly string[]): { lines: string[]; timed: boolean } | null {
  const flush = lines.filter((line) => !/^\s/.test(line));
  const at = new Map<number, string[]>();
  for (const line of flush.length >= lines.length / 4 ? flush : lines) {
    const place = firstTime(line);
    if (place !== null) at.set(place, [...(at.get(place) ?? []), line]);
  }
  const [best] = [...at].sort((a, b) => b[1].length - a[1].length || a[0] - b[0]);
  if (best && best[1].length >= Math.max(1, flush.length * 0.3)) return { lines: best[1], timed: true };
  // Lines of a diary have a day and no hour.
  const dated = flush.filter((line) => timeAt(line, 0)?.form === "date");
  if (dated.length >= 2 && dated.length >= flush.length * 0.8) return { lines: dated, timed: true };
  const marks = new Map<number, string[]>();
  for (const line of flush) {
    const place = firstMark(line);
    if (place !== null) marks.set(place, [...(marks.get(place) ?? []), line]);
  }
  const [marked] = [...marks].sort((a, b) => b[1].length - a[1].length || a[0] - b[0]);
  return marked && marked[1].length >= 2 && marked[1].length >= flush.length * 0.8
    ? { lines: marked[1], timed: false }
    : null;
}

/** Slots that tell a record where lines have no time. */
const MARKS = ["level_tag", "level_thread", "elapsed", "mnemonic"] as const;

const SEVERITY = /^\W?(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|CRIT|CRITICAL|FATAL|SEVERE)\b/;

/** At which of the first words of a line one stands that only logs have; null where none does. */
function firstMark(line: string): number | null {
  let place = RECOGNISERS.priority(line, 0)?.end ?? 0;
  for (let word = 0; word < 4 && place < line.length; word++) {
    if (MARKS.some((kind) => RECOGNISERS[kind](line, place))) return word;
    // Behind other words "SYSTEM" and "AUDIT" are said of things.
    if (strictLevel(line, place) && (word === 0 || SEVERITY.test(line.slice(place, place + 12)))) return word;
    // A level in small letters stands in front of all else.
    if (word === 0 && /^[A-Z[(]/.test(line) && RECOGNISERS.level(line, place)) return word;
    const next = wordEnd(line, place);
    if (next === null) return null;
    place = afterGap(line, next);
  }
  return null;
}

/** At which word of a line, the first being 0, the first time stands; null where it is none of the first six. */
export function firstTime(line: string): number | null {
  let place = line.length - line.trimStart().length;
  for (let word = 0; word < 6 && place < line.length; word++) {
    if (RECOGNISERS.syslog(line, place) ?? RECOGNISERS.glog(line, place)) return word;
    const priority = word === 0 ? RECOGNISERS.priority(line, place) : null;
    const time = timeAt(line, priority?.end ?? place);
    if (time && FORM_RANK[time.form] !== 1) return word;
    const next = wordEnd(line, place);
    if (next === null) return null;
    place = afterGap(line, next);
  }
  return null;
}

/** Gives every part its column, chooses the time, and says what a line must have to begin a record. */
function bind(drafts: readonly Draft[], timed: boolean): LogHead | null {
  const times = drafts.flatMap((draft, i) =>
    draft.kind === "time" && draft.forms?.[0]
      ? [{ i, form: draft.forms[0], rank: FORM_RANK[draft.forms[0]] }]
      : [],
  );
  const [best] = [...times].sort((a, b) => b.rank - a.rank);
  const columns: string[] = [];
  const place = (name: string): number => {
    let distinct = name;
    for (let n = 2; columns.includes(distinct); n++) distinct = `${name}_${n}`;
    columns.push(distinct);
    return columns.length - 1;
  };
  // Of several words the one just before the level says who speaks, or else the first.
  const words = drafts.flatMap(({ kind, names }, i) =>
    kind === "word" && names[0] === "component" ? [i] : [],
  );
  const tagged = drafts.some(({ kind, names }) => kind !== "word" && names.includes("component"));
  const speaker = tagged ? -1 : (words.find((i) => drafts[i + 1]?.kind === "level") ?? words[0]);
  const lastNamed = drafts.findLastIndex(({ names }) => names.includes("component"));
  const slots = drafts.map(({ kind, names, optional, forms }, i): HeadSlot => {
    const own = names.map((name) => {
      if (kind === "time" && i !== best?.i) return place(FORM_RANK[forms![0]!] >= 2 ? "local_time" : "date");
      if (name === "component" && kind === "word" && i !== speaker) return place("category");
      // A bracket before who speaks is the thread that does, one behind it is about the message.
      if (name === "context") return place(i < lastNamed ? "thread" : "context");
      if (name === "pid" && columns.includes("pid")) return place("thread_id");
      return place(name);
    });
    return { kind, columns: own, optional, ...(forms ? { forms } : {}) };
  });
  const timeSlot = slots.findIndex(({ kind }) => kind === "time" || kind === "syslog" || kind === "glog");
  const levelSlot = slots.findIndex(({ kind }) => kind === "level" || MARKS.some((mark) => mark === kind));
  const anchor = timed ? timeSlot : levelSlot;
  if (anchor < 0) return null;
  const time = columns.indexOf("timestamp");
  const form = best?.form ?? drafts.find(({ kind }) => kind === "glog")?.forms?.[0] ?? null;
  return { slots, columns, time: time < 0 ? null : time, timeForm: form, required: anchor + 1 };
}

/** Reads the head of a line into its cells. Returns where the message begins, or -1 where the line begins no record. */
export function readHead(head: LogHead, line: string, cells: Cell[]): number {
  let at = line.length - line.trimStart().length;
  for (let i = 0; i < head.slots.length; i++) {
    const slot = head.slots[i]!;
    const found = slot.kind === "time" ? timeSlotAt(slot, line, at) : RECOGNISERS[slot.kind](line, at);
    if (!found) {
      if (i < head.required && !slot.optional) return -1;
      continue;
    }
    for (let part = 0; part < slot.columns.length; part++) {
      const column = slot.columns[part]!;
      if (column >= 0) cells[column] = found.parts[part] ?? null;
    }
    at = afterGap(line, found.end);
  }
  return at;
}

function timeSlotAt(slot: HeadSlot, line: string, at: number) {
  const time = timeAt(line, at, slot.forms ?? TIME_FORMS);
  return time && { parts: [time.text], end: time.end };
}
