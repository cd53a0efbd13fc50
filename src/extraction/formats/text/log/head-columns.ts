import { afterGap, LEVEL, RECOGNISERS, type SlotKind } from "./slots";
import type { TimeForm } from "./time-head";

/** A line and how far its head was read. */
export interface Cursor {
  line: string;
  at: number;
}

/** A slot of the head as it is found, before its parts have columns. */
export interface Draft {
  kind: SlotKind;
  names: string[];
  optional: boolean;
  forms?: TimeForm[];
}

/** Shares of the lines that begin a record. */
export const ALL = 0.9;
export const NEARLY_ALL = 0.97;
export const MOST = 0.6;
export const SOME = 0.05;

export const share = (cursors: readonly Cursor[], test: (cursor: Cursor) => boolean): number => {
  let count = 0;
  for (const cursor of cursors) if (test(cursor)) count++;
  return count / cursors.length;
};

const MACHINE = /[\d.-]/;

/** A word before most tags that is a machine's name, not the first word of a sentence with a colon in it. */
export function isHostColumn(cursors: readonly Cursor[], before: readonly Draft[]): boolean {
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

export function vocabulary(cursors: readonly Cursor[], kind: SlotKind): Set<string> {
  const seen = new Set<string>();
  for (const { line, at } of cursors) {
    const part = RECOGNISERS[kind](line, at)?.parts[0];
    if (part) seen.add(part);
  }
  return seen;
}

/** A sentence may begin with "error" or "alert": the words of a column of levels are written alike. */
export function isLevelColumn(cursors: readonly Cursor[]): boolean {
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

/** Names of files or modules with the number of a line: few names with many numbers, where hosts have few ports. */
export function isSourceColumn(cursors: readonly Cursor[]): boolean {
  const found = cursors.flatMap(({ line, at }) =>
    RECOGNISERS.source(line, at)?.parts ? [RECOGNISERS.source(line, at)!.parts] : [],
  );
  if (found.length < cursors.length * MOST) return false;
  const names = new Set(found.map(([name]) => name));
  const numbers = new Set(found.map(([, , number]) => number));
  const places = new Set(found.map((parts) => parts.join(":")));
  if (places.size < names.size || names.size > Math.max(3, found.length / 3)) return false;
  return [...names].every((name) => SOURCE_NAME.test(name!)) && numbers.size >= Math.min(2, names.size);
}

const SOURCE_NAME = /^<?[A-Za-z_$][\w$]*>?$|\.[a-z]{1,4}$|(?:^|[./\\])[A-Z_][\w$]*$/;

/**
 * Threads that are called after addresses and sessions have colons in their names. Such heads are read as they are
 * published for servers of this kind, `[node:component@line]`: the node ends at the first colon, and the component names
 * the connection as well as the class (Zhu et al. 2019, "Tools and Benchmarks for Automated Log Parsing"). The class alone
 * stands beside it.
 */
export const hasNodes = (cursors: readonly Cursor[]): boolean =>
  share(cursors, ({ line, at }) => RECOGNISERS.location(line, at)?.parts[0]?.includes(":") ?? false) >= SOME;

/** Names before a colon, or in angle brackets, that come again and again: of a few who speak in turn. */
export function isSpeakerColumn(cursors: readonly Cursor[]): boolean {
  const found = cursors.flatMap(({ line, at }) => RECOGNISERS.speaker(line, at)?.parts[0] ?? []);
  const names = new Set(found).size;
  return found.length >= cursors.length * NEARLY_ALL && names >= 2 && names <= found.length / 4;
}

/** Names before a bar, several of them and each with many lines; in tables more bars follow in every line. */
export function isServiceColumn(cursors: readonly Cursor[]): boolean {
  if (share(cursors, ({ line, at }) => RECOGNISERS.service(line, at) !== null) < NEARLY_ALL) return false;
  const names = vocabulary(cursors, "service");
  const piped = share(cursors, ({ line }) => line.indexOf("|") !== line.lastIndexOf("|"));
  const few = names.size >= 2 && names.size <= Math.max(2, cursors.length / 4);
  return few && piped < ALL && ![...names].some((name) => LEVEL.test(name));
}

const HOST =
  /^(?:\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?|(?=[^\s]*\d)[A-Za-z][\w.:@/-]{1,120}|[\w-]{1,60}(?:\.[\w-]{1,60}){1,8})$/;

/** Names of loggers: identifiers, parted by dots. */
const LOGGER = /^[A-Za-z_$][\w$]*(?:[.$][\w$<>]+)*$/;
/** What threads are called in pools and servers. */
const THREAD = /^main$|thread|pool|exec|worker|task|scheduler|timer|handler|\bnio\b/i;

const DOMAIN = /\.(?:com|net|org|edu|gov|int|io|local|lan|internal|intra|corp|home)$/i;

/** Names of machines end alike, and as domains do. */
function sharesDomain(cells: readonly string[]): boolean {
  const dotted = new Set(cells.filter((cell) => cell.includes(".")));
  const ends = new Set([...dotted].map((cell) => cell.slice(cell.lastIndexOf("."))));
  return (ends.size === 1 && dotted.size > 1) || [...dotted].some((cell) => DOMAIN.test(cell));
}

/** The name of a column by what its cells hold. */
export function nameOf(cursors: readonly Cursor[], kind: SlotKind, first = false): string {
  const cells = cursors.flatMap(({ line, at }) => RECOGNISERS[kind](line, at)?.parts[0] ?? []);
  const all = (test: RegExp, least = NEARLY_ALL) =>
    cells.filter((cell) => test.test(cell)).length >= cells.length * least;
  if (all(/^\d+$/)) {
    // The number in front of all else counts the lines, or is that of the event.
    if (first) return "id";
    return all(/^\d$/) ? "flag" : "pid";
  }
  if (cells.filter((cell) => LEVEL.test(cell)).length >= cells.length * ALL) return "level";
  if (kind === "bracket") {
    if (all(THREAD, MOST)) return "thread";
    return all(LOGGER) && all(/\./, MOST) ? "component" : "context";
  }
  if (all(/\.log\b/)) return "source_file";
  if (all(/^-$/, 0.3) || all(/^.$/)) return "label";
  if (all(LOGGER) && all(/\./, 0.3) && !sharesDomain(cells)) return "component";
  return all(HOST, MOST) && !all(/\$/, SOME) ? "host" : "component";
}
