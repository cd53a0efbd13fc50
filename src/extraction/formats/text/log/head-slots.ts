import {
  ALL,
  type Cursor,
  type Draft,
  hasNodes,
  isHostColumn,
  isLevelColumn,
  isServiceColumn,
  isSourceColumn,
  isSpeakerColumn,
  MOST,
  NEARLY_ALL,
  nameOf,
  SOME,
  share,
  vocabulary,
} from "./head-columns";
import { afterGap, RECOGNISERS, type SlotKind, strictLevel } from "./slots";
import { FORM_RANK, type TimeForm, timeAt } from "./time-head";

export type { Cursor, Draft } from "./head-columns";

export function wordEnd(line: string, place: number): number | null {
  return (RECOGNISERS.bracket(line, place) ?? RECOGNISERS.word(line, place))?.end ?? null;
}

/** The slot that stands next in the lines, or null where the message begins. */
export function nextSlot(cursors: readonly Cursor[], before: readonly Draft[]): Draft | null {
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
    if (isServiceColumn(cursors)) return draft("service", ["service"]);
    if (shareOf("priority") >= ALL) return draft("priority", ["level", "facility"]);
    if (shareOf("glog") >= ALL) {
      const dated = share(cursors, ({ line }) => /^.\d{8}/.test(line)) >= MOST;
      const slot = draft("glog", ["level", "timestamp", "thread_id", "component", "line_number"]);
      return { ...slot, forms: [dated ? "year_first" : "month_day"] };
    }
  }
  const timed = share(cursors, ({ line, at }) => timeAt(line, at) !== null);
  // A date that no time of day follows is one of the columns around the time, or the first word of a message.
  if (timed >= ALL && !known("syslog") && !known("glog"))
    return { ...draft("time", ["timestamp"]), forms: formsAt(cursors) };
  for (const [kind, names] of [
    ["elapsed", ["elapsed"]],
    ["level_tag", ["level", "component", "pid"]],
    ["level_thread", ["level", "thread"]],
    ["mnemonic", ["component", "level", "event_id"]],
    ["joined_level", ["context", "pid", "level"]],
    ["stream", ["stream", "flag"]],
    ["module_level", ["component", "level"]],
    ["process", ["pid", "thread_id"]],
    ["client", ["client"]],
    ["process_thread", ["pid", "thread_id"]],
  ] as const) {
    const part = shareOf(kind);
    if (!known(kind) && part >= SOME) return draft(kind, [...names], part);
  }
  const located = shareOf("location");
  if (!known("location") && !known("node_location") && located >= SOME)
    return hasNodes(cursors)
      ? draft("node_location", ["node", "component", "line_number", "class"], located)
      : draft("location", ["thread", "component", "line_number"], located);
  const names = (name: string) => before.some((slot) => slot.names.includes(name));
  if (!names("component") && isSourceColumn(cursors))
    return draft("source", ["component", "function", "line_number"], shareOf("source"));
  const levelled = shareOf("level");
  if (!names("level")) {
    // A word that stands before the level in some lines only: who asked, where somebody did.
    const preceded = shareOf("named_level");
    if (preceded >= SOME && levelled >= SOME && preceded + levelled >= NEARLY_ALL)
      return draft("named_level", [nameOf(cursors, "named_level")], preceded);
    if (levelled >= MOST && isLevelColumn(cursors)) return draft("level", ["level"], levelled);
  }
  if (strongAhead(cursors, names("level"))) return positional(cursors, draft, before);
  return closing(cursors, before, draft, shareOf);
}

type MakeDraft = (kind: SlotKind, names: string[], least?: number) => Draft;

/** A column that is known only by standing before a time or a level. */
function positional(cursors: readonly Cursor[], draft: MakeDraft, before: readonly Draft[]): Draft {
  const first = before.length === 0;
  const shareOf = (kind: SlotKind) =>
    share(cursors, (cursor) => RECOGNISERS[kind](cursor.line, cursor.at) !== null);
  for (const kind of ["bracket", "integer"] as const)
    if (shareOf(kind) >= NEARLY_ALL) return draft(kind, [nameOf(cursors, kind, first)]);
  if (!before.some(({ names }) => names.includes("host")) && isHostColumn(cursors, before))
    return draft("word", ["host"]);
  if (!before.some(({ names }) => names.includes("component")) && shareOf("tag") >= ALL)
    return draft("tag", ["component", "pid"]);
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
  if (padded >= ALL && vocabulary(cursors, "word").size <= 50) return draft("word", ["component"]);
  return isSpeakerColumn(cursors) ? draft("speaker", ["component"], shareOf("speaker")) : null;
}

const DOTTED = /^[A-Za-z_$][\w$-]{0,60}(?:[.$][\w$<>-]{1,60}){1,12}(?=\s|$)/;
const PADDED = /^[A-Za-z][\w.-]{0,40}(?: {2,40}|\t)\S/;

/** In the lines of a file with bars between their slots, the text before the next bar. */
const isPiped = (line: string, at: number): boolean => {
  const bar = line.indexOf("|", at);
  return bar > at && bar - at <= 60 && line[at - 1] === "|";
};

/** Whether a time, or a level where none was seen, stands one to five words further on in nearly all lines. */
function strongAhead(cursors: readonly Cursor[], levelSeen: boolean): boolean {
  const counts = [0, 0, 0, 0, 0];
  for (const { line, at } of cursors) {
    let place = at;
    for (let word = 0; word < counts.length; word++) {
      const end = wordEnd(line, place);
      if (end === null) break;
      place = afterGap(line, end);
      const levelled =
        !levelSeen && (strictLevel(line, place) || RECOGNISERS.level_thread(line, place) !== null);
      if (levelled || RECOGNISERS.module_level(line, place) || isMoment(line, place)) counts[word]!++;
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
