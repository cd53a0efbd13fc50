import { at, BLANKS, CAPITALS, DIGITS, LETTERS, sticky } from "./sticky";
import { MONTHS, timeAt } from "./time-head";

/** What a recogniser took at a place of a line: the texts of the slot's parts, and where it ends. */
export interface SlotFound {
  parts: (string | null)[];
  end: number;
}

/**
 * Recognisers of what stands in the heads of log lines, each tried at one place. None knows a product; every regular
 * expression is sticky and bounded, so that a line is read in time linear in its length.
 */
export type SlotKind =
  | "syslog"
  | "priority"
  | "glog"
  | "elapsed"
  | "time"
  | "level"
  | "level_tag"
  | "level_thread"
  | "mnemonic"
  | "stream"
  | "source"
  | "speaker"
  | "service"
  | "joined_level"
  | "named_level"
  | "module_level"
  | "process"
  | "client"
  | "location"
  | "node_location"
  | "process_thread"
  | "tag"
  | "bracket"
  | "integer"
  | "named"
  | "word";

const LEVELS =
  "trace\\d?|debug\\d?|dbg|info|information|informational|notice|note|warn|warning|error|err|failure|failed|crit|critical|fatal|severe|alert|emerg|emergency|panic|verbose|config|fine|finer|finest|log|audit|system|success|statement|detail|hint";
const LEVEL_INITIALS = [...new Set(LEVELS.split("|").map((level) => level[0]))].join("");
/** A word that names a level of severity. */
export const LEVEL = new RegExp(`^(?:${LEVELS})$`, "i");

const SEVERITIES = ["EMERG", "ALERT", "CRIT", "ERROR", "WARNING", "NOTICE", "INFO", "DEBUG"];
const FACILITIES = (
  "kern user mail daemon auth syslog lpr news uucp cron authpriv ftp ntp audit alert clock " +
  "local0 local1 local2 local3 local4 local5 local6 local7"
).split(" ");

function taken(match: RegExpExecArray, place: number, parts: (string | undefined | null)[]): SlotFound {
  for (let i = 0; i < parts.length; i++) parts[i] ??= null;
  return { parts: parts as (string | null)[], end: place + match[0].length };
}

const PRIORITY = sticky("<(\\d{1,3})>", "<");
// RFC 5424: version, time, host, application, process, message id; nil is a dash.
const SYSLOG = sticky(
  "<(\\d{1,3})>\\d{1,2} (\\S{1,40}) (\\S{1,255}) (\\S{1,48}) (\\S{1,128}) (\\S{1,32}) ?",
  "<",
);
const SD_ELEMENT = sticky('\\[[^\\s="\\]]{1,64}(?: [^\\s="\\]]{1,64}="(?:[^"\\\\]|\\\\.)*")*\\]', "[");
const GLOG = sticky(
  "([IWEFD])(\\d{4})?(\\d{2})(\\d{2}) (\\d{1,2}:\\d{2}:\\d{2}(?:\\.\\d{1,9})?)\\s{1,8}(\\d{1,10}) ([^\\s:]{1,80}):(\\d{1,6})\\]",
  "IWEFD",
);
const LEVEL_WORD = sticky(
  `(?:\\[\\s?(${LEVELS})\\s{0,6}\\]|\\(\\s?(${LEVELS})\\s{0,6}\\)|<\\s?(${LEVELS})\\s{0,6}>|[[(<]?\\s?(${LEVELS}))(?=[\\s:|,/[({-]|$):?`,
  `[(<${BLANKS}${LEVEL_INITIALS}`,
  "i",
);
const LEVEL_LETTER = sticky("([VDIWEFC])(?=[\\s|])", "VDIWEFC");
const LEVEL_TAG = sticky(
  "([VDIWEFAS])/([^\\s(:]{1,60})(?: {0,8}\\( {0,8}(\\d{1,10})\\))?:(?=\\s|$)",
  "VDIWEFAS",
);
// INFO:root:message, as Python's basicConfig writes.
const LEVEL_NAME = sticky("([A-Z]{3,13}):([A-Za-z_][\\w.-]{0,100}):", CAPITALS);
// [worker/INFO] and INFO/worker], the bracket of which opens before the time.
const LEVEL_THREAD = sticky(
  `(?:\\[([^\\][/]{1,60})/(${LEVELS})\\]|\\[?(${LEVELS})/([\\w.-]{1,60})\\]):?`,
  `[${LEVEL_INITIALS}`,
  "i",
);
// %FACILITY-SEVERITY-MNEMONIC, as network devices name their messages.
const MNEMONIC = sticky(
  "%([A-Z][A-Z\\d_]{0,40}(?:-[A-Z][A-Z\\d_]{0,40}){0,3})-([0-7])-([A-Z\\d_]{1,60}):?(?=\\s|$)",
  "%",
);
// Seconds since a start, as kernels write them.
const ELAPSED = sticky("\\[ {0,12}(\\d{1,10}\\.\\d{3,9})\\]", "[");
// The Container Runtime Interface: the stream, and whether the line is a full or a part of one.
const STREAM = sticky("(stdout|stderr)(?: ([FP]))?(?=\\s)", "s");
// A file or module, perhaps a function, and the number of a line: main.go:40, {jobs.py:12}, app.jobs:run:12.
const SOURCE = sticky(
  "[[({]?([A-Za-z_$<./][\\w$<>./\\\\-]{0,160})(?::([A-Za-z_$<~][\\w$<>.~-]{0,80}))?:(\\d{1,6})(?=[\\s:)\\]}|,]|$)[\\])}]?:?(?=[\\s|,]|$)",
  `[({_$<./${LETTERS}`,
);
// Somebody who speaks: <ann>, or Ann Lee and a colon.
const SPEAKER = sticky('(?:<([^<>\\s]{1,60})>|([\\p{L}\\d_@~+][^:|[\\]<>"={}]{0,40}):)(?=\\s|$)', null, "u");
// Who wrote the line, padded and with a bar behind it, as tools do that show what several programs write.
const SERVICE = sticky("([A-Za-z][\\w./-]{0,80}) {0,60}\\|(?= |$)", LETTERS);
// Words joined by colons, of which the last is a level: :10.0.0.5(52344):ann@shop:[4711]:LOG:
const JOINED_LEVEL = sticky(
  `:?([^\\s[\\]|]{0,200}?):{0,2}(?:\\[(\\d{1,10})\\])?:(${LEVELS}):(?=\\s|$)`,
  null,
  "i",
);
const MODULE_LEVEL = sticky(`\\[([\\w.-]{0,40}):(${LEVELS}\\d?)\\]`, "[", "i");
const PROCESS = sticky("\\[pid (\\d{1,10})(?::tid (\\d{1,20}))?\\]", "[");
const CLIENT = sticky("\\[client ([^\\]\\s]{1,80})\\]", "[");
// Thread, class and line, as log4j writes %t:%C@%L.
const LOCATION = /^(.{0,200}):([^\s:@]{1,120})@(-?\d{1,7})$/;
const PROCESS_THREAD = sticky("(?:(\\d{1,10})#(\\d{1,20}):|#(\\d{1,10})\\])", `#${DIGITS}`);
const TAG_NAME = "[A-Za-z_(<](?:[^\\s:[\\]]|::){0,100}";
const TAG = sticky(
  `(?:(${TAG_NAME}(?: \\d[\\d.]{0,20})?)(?:\\[(\\d{0,10})\\])?|(${TAG_NAME}(?: [^\\s:[\\]]{1,40}){1,3})\\[(\\d{0,10})\\])(?: \\([^()]{0,100}\\))? {0,60}:(?=\\s|$)`,
  `_(<${LETTERS}`,
);
const INTEGER = sticky("(\\d{1,19})(?=[\\s|]|$)", DIGITS);
const WORD = sticky("([^\\s|]{1,256})");
const NAMED = sticky("([^\\s|[][^|[\\]]{0,60}?)(?=\\s{0,4}\\||\\s-\\s)");

const nil = (text: string | undefined): string | null => (text === undefined || text === "-" ? null : text);
const severityOf = (priority: string): [string, string] | null => {
  const code = Number(priority);
  return code > 191 ? null : [SEVERITIES[code % 8]!, FACILITIES[code >> 3]!];
};

/** The bracket that opens at a place, nested ones in it, up to 300 characters. */
function bracketAt(line: string, place: number): SlotFound | null {
  if (line[place] !== "[" && line[place] !== "(") return null;
  const [open, close] = line[place] === "[" ? ["[", "]"] : ["(", ")"];
  let depth = 0;
  const most = Math.min(line.length, place + 300);
  for (let i = place; i < most; i++) {
    if (line[i] === open) depth++;
    else if (line[i] === close && --depth === 0)
      return { parts: [line.slice(place + 1, i).trim()], end: i + 1 };
  }
  return null;
}

function syslogAt(line: string, place: number): SlotFound | null {
  const match = at(SYSLOG, line, place);
  const named = match && severityOf(match[1]!);
  if (!match || !named) return null;
  let end = place + match[0].length;
  const begin = end;
  if (line[end] === "-" && (line[end + 1] === " " || end + 1 === line.length)) end++;
  else for (let one = at(SD_ELEMENT, line, end); one; one = at(SD_ELEMENT, line, end)) end += one[0].length;
  const time = match[2] === "-" ? null : match[2]!;
  const data = nil(line.slice(begin, end));
  return {
    parts: [...named, time, nil(match[3]), nil(match[4]), nil(match[5]), nil(match[6]), data],
    end,
  };
}

/** A level in capitals or in a bracket: what could be a word of a sentence is none. */
export function strictLevel(line: string, place: number): boolean {
  const level = RECOGNISERS.level(line, place)?.parts[0];
  return level != null && (level === level.toUpperCase() || line[place] === "[");
}

export const RECOGNISERS: Record<SlotKind, (line: string, place: number) => SlotFound | null> = {
  syslog: syslogAt,
  priority: (line, place) => {
    const match = at(PRIORITY, line, place);
    const named = match && severityOf(match[1]!);
    return named ? taken(match, place, named) : null;
  },
  glog: (line, place) => {
    const match = at(GLOG, line, place);
    if (!match) return null;
    const [, level, year, month, day, clock, thread, source, number] = match;
    // The month is always first here: named, it is not to be asked for.
    const written = year
      ? `${year}-${month}-${day} ${clock}`
      : `${MONTHS[Number(month) - 1]} ${day} ${clock}`;
    const time = timeAt(written, 0, [year ? "year_first" : "month_day"]);
    return time && taken(match, place, [level, time.text, thread, source, number]);
  },
  time: (line, place) => {
    const time = timeAt(line, place);
    return time && { parts: [time.text], end: time.end };
  },
  level: (line, place) => {
    const match = at(LEVEL_WORD, line, place) ?? at(LEVEL_LETTER, line, place);
    return match && taken(match, place, [match[1] ?? match[2] ?? match[3] ?? match[4]]);
  },
  level_tag: (line, place) => {
    const match = at(LEVEL_TAG, line, place) ?? at(LEVEL_NAME, line, place);
    if (match && match[1]!.length > 1 && !LEVEL.test(match[1]!)) return null;
    return match && taken(match, place, match.slice(1, 4));
  },
  level_thread: (line, place) => {
    const match = at(LEVEL_THREAD, line, place);
    return match && taken(match, place, [match[2] ?? match[3], match[1] ?? match[4]]);
  },
  mnemonic: (line, place) => {
    const match = at(MNEMONIC, line, place);
    return match && taken(match, place, [match[1], SEVERITIES[Number(match[2])], match[3]]);
  },
  elapsed: (line, place) => {
    const match = at(ELAPSED, line, place);
    return match && taken(match, place, [match[1]]);
  },
  stream: (line, place) => {
    const match = at(STREAM, line, place);
    return match && taken(match, place, match.slice(1, 3));
  },
  source: (line, place) => {
    const match = at(SOURCE, line, place);
    return match && taken(match, place, match.slice(1, 4));
  },
  speaker: (line, place) => {
    const match = at(SPEAKER, line, place);
    return match && taken(match, place, [match[1] ?? match[2]]);
  },
  service: (line, place) => {
    const match = at(SERVICE, line, place);
    return match && taken(match, place, [match[1]]);
  },
  joined_level: (line, place) => {
    // A colon before the one behind the level: nothing else is worth the pattern.
    const colon = line.indexOf(":", place);
    if (colon < 0 || colon - place > 200) return null;
    const match = at(JOINED_LEVEL, line, place);
    if (!match || match[3] !== match[3]!.toUpperCase()) return null;
    return taken(match, place, [/\w/.test(match[1]!) ? match[1] : null, match[2], match[3]]);
  },
  named_level: (line, place) => {
    if (strictLevel(line, place)) return null;
    const match = at(WORD, line, place);
    return match && strictLevel(line, afterGap(line, place + match[0].length))
      ? taken(match, place, [match[1]])
      : null;
  },
  module_level: (line, place) => {
    const match = at(MODULE_LEVEL, line, place);
    return match && taken(match, place, [match[1] || null, match[2]]);
  },
  process: (line, place) => {
    const match = at(PROCESS, line, place);
    return match && taken(match, place, match.slice(1, 3));
  },
  client: (line, place) => {
    const match = at(CLIENT, line, place);
    // The port is another one for every connection.
    return match && taken(match, place, [match[1]!.replace(/(\d|\]):\d{1,5}$/, "$1")]);
  },
  location: (line, place) => {
    const found = line[place] === "[" ? bracketAt(line, place) : null;
    const match = found && LOCATION.exec(found.parts[0]!);
    return match && { parts: [match[1] || null, match[2]!, match[3]!], end: found.end };
  },
  node_location: (line, place) => {
    const found = RECOGNISERS.location(line, place);
    if (!found) return null;
    const [thread, name, number] = found.parts;
    const [node, ...rest] = (thread ?? "").split(":");
    return { parts: [node || null, [...rest, name].join(":"), number!, name!], end: found.end };
  },
  process_thread: (line, place) => {
    const match = at(PROCESS_THREAD, line, place);
    return match && taken(match, place, [match[1] ?? match[3], match[2]]);
  },
  tag: (line, place) => {
    const match = at(TAG, line, place);
    return match && taken(match, place, [match[1] ?? match[3], (match[2] ?? match[4]) || null]);
  },
  bracket: bracketAt,
  integer: (line, place) => {
    const match = at(INTEGER, line, place);
    return match && taken(match, place, [match[1]]);
  },
  named: (line, place) => {
    const match = at(NAMED, line, place);
    return match && taken(match, place, [match[1]!.trimEnd()]);
  },
  word: (line, place) => {
    const match = at(WORD, line, place);
    if (!match) return null;
    const word = match[1]!;
    const last = word.at(-1);
    return taken(match, place, [last === "," || last === ";" ? word.slice(0, -1) : word]);
  },
};

const GAP = sticky("[\\s|,;]{0,40}(?:(?:-{1,2}|---(?= \\[)|:|>)(?=\\s)[\\s|]{1,40}){0,3}");

const isAlphanumeric = (code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || (code >= 65 && code <= 90);

/** Where the next slot begins: blanks and the marks that part slots are passed over. */
export function afterGap(line: string, place: number): number {
  // One blank and a letter or digit behind it is what nearly all gaps are.
  if (line.charCodeAt(place) === 32 && isAlphanumeric(line.charCodeAt(place + 1))) return place + 1;
  const match = at(GAP, line, place);
  return match ? place + match[0].length : place;
}
