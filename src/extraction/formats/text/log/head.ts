import type { Cell } from "../../source-table";
import type { Line } from "../lines";
import { afterGap, LEVEL, RECOGNISERS, type SlotKind } from "./slots";
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
/** Shares of the lines that begin a record. */
const ALL = 0.9;
const NEARLY_ALL = 0.97;
const MOST = 0.6;
const SOME = 0.05;

interface Cursor {
  line: string;
  at: number;
}
interface Draft extends Omit<HeadSlot, "columns"> {
  names: string[];
}

/** Decides how lines begin, or null where they do not begin like those of a log. */
export function decideHead(sample: readonly Line[]): LogHead | null {
  const step = Math.max(1, Math.floor(sample.length / LOOKED_AT));
  const looked = sample.filter((_, i) => i % step === 0).map(({ text }) => text);
  const anchor = anchorOf(looked);
  if (!anchor) return null;
  const cursors = anchor.lines.map((line): Cursor => ({ line, at: line.length - line.trimStart().length }));
  const drafts: Draft[] = [];
  for (let i = 0; i < MOST_SLOTS; i++) {
    const draft = nextSlot(cursors, drafts);
    if (!draft) break;
    drafts.push(draft);
    for (const cursor of cursors) {
      const found = RECOGNISERS[draft.kind](cursor.line, cursor.at);
      if (found) cursor.at = afterGap(cursor.line, found.end);
    }
  }
  return bind(drafts, anchor.timed);
}

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
  const levelled = flush.filter((line) => {
    const found = RECOGNISERS.level_tag(line, 0) ?? RECOGNISERS.level(line, 0);
    return found !== null && /^[A-Z[(]/.test(line);
  });
  return levelled.length >= 2 && levelled.length >= flush.length * 0.8
    ? { lines: levelled, timed: false }
    : null;
}

/** At which word of a line, the first being 0, the first time stands; null where it is none of the first six. */
function firstTime(line: string): number | null {
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

function wordEnd(line: string, place: number): number | null {
  return (RECOGNISERS.bracket(line, place) ?? RECOGNISERS.word(line, place))?.end ?? null;
}

const share = (cursors: readonly Cursor[], test: (cursor: Cursor) => boolean): number => {
  let count = 0;
  for (const cursor of cursors) if (test(cursor)) count++;
  return count / cursors.length;
};

/** The slot that stands next in the lines, or null where the message begins. */
function nextSlot(cursors: readonly Cursor[], before: readonly Draft[]): Draft | null {
  const has = (kind: SlotKind) => (cursor: Cursor) => RECOGNISERS[kind](cursor.line, cursor.at) !== null;
  const shareOf = (kind: SlotKind) => share(cursors, has(kind));
  const draft = (kind: SlotKind, names: string[], least = 1): Draft => ({
    kind,
    names,
    optional: least < ALL,
  });
  const known = (kind: SlotKind) => before.some((slot) => slot.kind === kind);

  if (before.length === 0) {
    if (shareOf("syslog") >= ALL)
      return draft("syslog", [
        "level",
        "facility",
        "timestamp",
        "host",
        "component",
        "pid",
        "event_id",
        "structured_data",
      ]);
    if (shareOf("priority") >= ALL) return draft("priority", ["level", "facility"]);
    if (shareOf("glog") >= ALL)
      return draft("glog", ["level", "timestamp", "thread_id", "component", "line_number"]);
  }
  const timed = share(cursors, ({ line, at }) => timeAt(line, at) !== null);
  // A date that no time of day follows is one of the columns around the time, or the first word of a message.
  if (timed >= ALL && !known("syslog") && !known("glog"))
    return { ...draft("time", ["timestamp"]), forms: formsAt(cursors) };
  for (const [kind, names] of [
    ["level_tag", ["level", "component", "pid"]],
    ["module_level", ["component", "level"]],
    ["process", ["pid", "thread_id"]],
    ["client", ["client"]],
    ["location", ["thread", "component", "line_number"]],
    ["process_thread", ["pid", "thread_id"]],
  ] as const) {
    const part = shareOf(kind);
    if (!known(kind) && part >= SOME) return draft(kind, [...names], part);
  }
  const levelled = shareOf("level");
  if (!known("level") && !known("level_tag") && levelled >= MOST && isLevelColumn(cursors))
    return draft("level", ["level"], levelled);
  if (strongAhead(cursors, known("level") || known("module_level")))
    return positional(cursors, draft, before.length === 0);
  return closing(cursors, before, draft, shareOf);
}

type MakeDraft = (kind: SlotKind, names: string[], least?: number) => Draft;

/** A column that is known only by standing before a time or a level. */
function positional(cursors: readonly Cursor[], draft: MakeDraft, first: boolean): Draft {
  for (const kind of ["bracket", "integer"] as const)
    if (share(cursors, (cursor) => RECOGNISERS[kind](cursor.line, cursor.at) !== null) >= NEARLY_ALL)
      return draft(kind, [nameOf(cursors, kind, first)]);
  return draft("word", [nameOf(cursors, "word", first)]);
}

/** Slots between the last time or level and the message. */
function closing(
  cursors: readonly Cursor[],
  before: readonly Draft[],
  draft: MakeDraft,
  shareOf: (kind: SlotKind) => number,
): Draft | null {
  const tagged = (cursor: Cursor) => RECOGNISERS.tag(cursor.line, cursor.at) !== null;
  const named = before.some(({ kind, names }) => kind === "tag" || names.includes("component"));
  if (shareOf("bracket") >= ALL) return draft("bracket", [nameOf(cursors, "bracket")]);
  if (share(cursors, ({ line, at }) => isPiped(line, at)) >= NEARLY_ALL)
    return draft("named", [nameOf(cursors, "named")]);
  if (shareOf("integer") >= NEARLY_ALL && vocabulary(cursors, "integer").size <= 2)
    return draft("integer", [nameOf(cursors, "integer")]);
  if (named) return null;
  if (isHostColumn(cursors, before))
    return draft("word", [before.some(({ names }) => names.includes("host")) ? "location" : "host"]);
  const tags = share(cursors, tagged);
  if (tags >= MOST) return draft("tag", ["component", "pid"], Math.min(tags, 0.89));
  if (shareOf("named") >= NEARLY_ALL && vocabulary(cursors, "named").size <= Math.max(3, cursors.length / 3))
    return draft("named", ["component"]);
  const dotted = share(cursors, ({ line, at }) => DOTTED.test(line.slice(at, at + 160)));
  if (dotted >= NEARLY_ALL) return draft("word", ["component"]);
  const padded = share(cursors, ({ line, at }) => PADDED.test(line.slice(at, at + 80)));
  return padded >= ALL && vocabulary(cursors, "word").size <= 50 ? draft("word", ["component"]) : null;
}

const DOTTED = /^[A-Za-z_$][\w$-]{0,60}(?:[.$][\w$<>-]{1,60}){1,12}(?=\s|$)/;
const PADDED = /^[A-Za-z][\w.-]{0,40}(?: {2,40}|\t)\S/;
const MACHINE = /[\d.-]/;

/** In the lines of a file with bars between their slots, the text before the next bar. */
const isPiped = (line: string, at: number): boolean => {
  const bar = line.indexOf("|", at);
  return bar > at && bar - at <= 60 && line[at - 1] === "|";
};

/** A word before most tags that is a machine's name, not the first word of a sentence with a colon in it. */
function isHostColumn(cursors: readonly Cursor[], before: readonly Draft[]): boolean {
  if (before.some(({ names }) => names.includes("location"))) return false;
  let follows = 0;
  let withProcess = 0;
  let machine = 0;
  for (const { line, at } of cursors) {
    const word = RECOGNISERS.word(line, at);
    if (!word || word.parts[0]!.endsWith(":")) continue;
    const tag = RECOGNISERS.tag(line, afterGap(line, word.end));
    if (tag) follows++;
    if (tag?.parts[1]) withProcess++;
    if (MACHINE.test(word.parts[0]!)) machine++;
  }
  if (follows < cursors.length * MOST) return false;
  const yearless = before.some(({ forms }) => forms?.[0] === "month_day");
  const few = vocabulary(cursors, "word").size <= Math.max(2, cursors.length / 10);
  return yearless || machine >= cursors.length * ALL || (few && withProcess >= cursors.length * 0.3);
}

function vocabulary(cursors: readonly Cursor[], kind: SlotKind): Set<string> {
  const seen = new Set<string>();
  for (const { line, at } of cursors) {
    const part = RECOGNISERS[kind](line, at)?.parts[0];
    if (part) seen.add(part);
  }
  return seen;
}

/** A sentence may begin with "error" or "alert": the words of a column of levels are written alike. */
function isLevelColumn(cursors: readonly Cursor[]): boolean {
  let alike = 0;
  let found = 0;
  for (const { line, at } of cursors) {
    const part = RECOGNISERS.level(line, at)?.parts[0];
    if (!part) continue;
    found++;
    if (part === part.toUpperCase() || line[at] === "[" || line[at] === "(" || line[at] === "<") alike++;
  }
  // F is fatal among I, W and E; alone it is a mark of something else.
  const letters = vocabulary(cursors, "level");
  if ([...letters].every((word) => /^[FCE]$/.test(word))) return false;
  return alike >= found * ALL || found >= cursors.length * ALL;
}

/** Whether a time, or a level where none was seen, stands one to five words further on in nearly all lines. */
function strongAhead(cursors: readonly Cursor[], levelSeen: boolean): boolean {
  const counts = [0, 0, 0, 0, 0];
  for (const { line, at } of cursors) {
    let place = at;
    for (let word = 0; word < counts.length; word++) {
      const end = wordEnd(line, place);
      if (end === null) break;
      place = afterGap(line, end);
      const level = levelSeen ? null : RECOGNISERS.level(line, place);
      const strict = level && (level.parts[0] === level.parts[0]!.toUpperCase() || line[place] === "[");
      if (strict || RECOGNISERS.module_level(line, place) || isMoment(line, place)) counts[word]!++;
    }
  }
  return counts.some((count) => count >= cursors.length * ALL);
}

const isMoment = (line: string, place: number): boolean => {
  const time = timeAt(line, place);
  return time !== null && FORM_RANK[time.form] >= 2;
};

function formsAt(cursors: readonly Cursor[]): TimeForm[] {
  const counts = new Map<TimeForm, number>();
  for (const { line, at } of cursors) {
    const form = timeAt(line, at)?.form;
    if (form) counts.set(form, (counts.get(form) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1]).map(([form]) => form);
}

const HOST =
  /^(?:\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?|(?=[^\s]*\d)[A-Za-z][\w.:@/-]{1,120}|[\w-]{1,60}(?:\.[\w-]{1,60}){1,8})$/;

/** The name of a column by what its cells hold. */
function nameOf(cursors: readonly Cursor[], kind: SlotKind, first = false): string {
  const cells = cursors.flatMap(({ line, at }) => RECOGNISERS[kind](line, at)?.parts[0] ?? []);
  const all = (test: RegExp, least = NEARLY_ALL) =>
    cells.filter((cell) => test.test(cell)).length >= cells.length * least;
  if (all(/^\d+$/)) {
    const distinct = new Set(cells).size;
    // The number in front of all else counts the lines, or is that of the event.
    if (first || (distinct > cells.length * 0.9 && cells.length > 20)) return "id";
    return all(/^\d$/) ? "flag" : "pid";
  }
  if (cells.filter((cell) => LEVEL.test(cell)).length >= cells.length * ALL) return "level";
  if (kind === "bracket") return "context";
  if (all(/\.log\b/)) return "source_file";
  if (all(/^-$/, 0.3) || all(/^.$/)) return "label";
  if (all(/^[A-Za-z][\w.]*$/) && all(/\./, 0.3) && !all(/\d/, 0.3)) return "component";
  return all(HOST, ALL) && !all(/\$/, SOME) ? "host" : "component";
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
  const levelSlot = slots.findIndex(({ kind }) => kind === "level" || kind === "level_tag");
  const anchor = timed ? timeSlot : levelSlot;
  if (anchor < 0) return null;
  const time = columns.indexOf("timestamp");
  const form = best?.form ?? (slots.some(({ kind }) => kind === "glog") ? "numeric_month_day" : null);
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
    slot.columns.forEach((column, part) => {
      if (column >= 0) cells[column] = found.parts[part] ?? null;
    });
    at = afterGap(line, found.end);
  }
  return at;
}

function timeSlotAt(slot: HeadSlot, line: string, at: number) {
  const time = timeAt(line, at, slot.forms ?? TIME_FORMS);
  return time && { parts: [time.text], end: time.end };
}
