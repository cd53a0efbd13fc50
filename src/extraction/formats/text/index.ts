import { fail } from "../../../core/errors";
import type { RejectedRow } from "../../../streams/contract";
import { EXTRACTION_LIMITS } from "../../limits";
import { isReading } from "../csv/dialect";
import {
  type Cell,
  distinctNames,
  nothingSkipped,
  type ReadTables,
  type SourceRow,
  type SourceTable,
} from "../source-table";
import { keyName, type LineParts, splitLine, splitTimeHead } from "./line-slots";
import { sentimentScore } from "./sentiment";

interface Line {
  row: number;
  text: string;
}

/** Lines of readings, of speakers, of a log; or, where there is no such order, the lines themselves. */
export const readText: ReadTables = (text) => {
  const { lines, blank, tooLong } = linesOf(text);
  if (lines.length === 0 && tooLong.length === 0)
    throw fail("unrecognised_format", "The text has no lines with data.");
  const table = readings(lines) ?? speakers(lines) ?? log(lines) ?? plain(lines);
  return [{ ...table, bad: [...table.bad, ...tooLong], skipped: { ...nothingSkipped(), blank } }];
};

/** Whether a text is lines of named readings: told before it is tried as a table, since commas stand in both. */
export function isTextOfReadings(text: string): boolean {
  const { lines } = linesOf(text.slice(0, 100_000));
  return (
    lines.length > 0 && (readings(lines.slice(0, 200)) !== null || speakers(lines.slice(0, 200)) !== null)
  );
}

function linesOf(text: string): { lines: Line[]; blank: number; tooLong: RejectedRow[] } {
  const all = text.split("\n");
  if (all.at(-1)?.trim() === "") all.pop();
  const lines: Line[] = [];
  const tooLong: RejectedRow[] = [];
  all.forEach((raw, i) => {
    const line = raw.trim();
    if (line.length > EXTRACTION_LIMITS.textLineChars)
      tooLong.push({
        row: i + 1,
        reason: `the line is longer than ${EXTRACTION_LIMITS.textLineChars} characters`,
      });
    else if (line !== "") lines.push({ row: i + 1, text: line });
  });
  return { lines, blank: all.length - lines.length - tooLong.length, tooLong };
}

const MOST = 0.8;
const LEVEL =
  /^(?:trace|debug|info|information|notice|warn|warning|error|err|crit|critical|fatal|severe|alert|emerg|panic|fine|finer|finest)$/i;

function readings(lines: readonly Line[]): SourceTable | null {
  if (lines.length === 0) return null;
  const sample = lines.slice(0, 200).map(({ text }) => splitLine(text));
  if (!areReadings(sample)) return null;
  const parts = lines.map(({ row, text }) => ({ row, ...splitLine(text) }));
  const timed = parts.some(({ time }) => time !== null);
  const labels = labelColumns(parts);
  const keys = new Map<string, number>();
  const first = (timed ? 1 : 0) + labels.length;
  for (const { slots } of parts)
    for (const { key } of slots)
      if (!keys.has(key) && keys.size < EXTRACTION_LIMITS.columns - first - 1)
        keys.set(key, first + keys.size);
  const bad: SourceTable["bad"] = [];
  const rows: SourceRow[] = [];
  for (const { row, time, slots, rest } of parts) {
    if (slots.length === 0) {
      bad.push({ row, reason: "no readings were found in the line" });
      continue;
    }
    const cells: Cell[] = new Array<Cell>(first + keys.size).fill(null);
    if (timed) cells[0] = time;
    labels.forEach((_, i) => {
      cells[(timed ? 1 : 0) + i] = rest[i] ?? null;
    });
    for (const { key, value } of slots) {
      const at = keys.get(key);
      if (at !== undefined && cells[at] === null) cells[at] = value;
    }
    rows.push({ row, cells });
  }
  const columns = distinctNames([...(timed ? ["timestamp"] : []), ...labels, ...keys.keys()]);
  return {
    ...empty(columns),
    rows,
    rowCount: rows.length,
    bad,
    certainty: 0.96,
    ...(timed ? { timeColumn: columns[0]! } : {}),
  };
}

/** Named numbers in most lines, the same names again and again, and no number without a name. */
function areReadings(sample: readonly LineParts[]): boolean {
  const withNumbers = sample.filter(
    ({ slots, rest }) => slots.some((slot) => slot.numeric) && !rest.some(isReading),
  );
  // A header has no readings, lines of readings have no header.
  if (withNumbers.length < sample.length * MOST || withNumbers[0] !== sample[0]) return false;
  const uses = new Map<string, number>();
  let slots = 0;
  for (const line of withNumbers) {
    for (const { key } of line.slots) {
      uses.set(key, (uses.get(key) ?? 0) + 1);
      slots++;
    }
  }
  if (withNumbers.length === 1)
    return slots >= 2 || (withNumbers[0]!.time !== null && withNumbers[0]!.rest.length <= 1);
  // Words between the readings make a sentence, a log's line, no table.
  const words = withNumbers.reduce((sum, { rest }) => sum + rest.length, 0) / withNumbers.length;
  return slots / uses.size >= Math.min(withNumbers.length * 0.4, 3) && words <= 4;
}

/** Words that stand at the same place of every line ("Motor-001") name what was measured. */
function labelColumns(parts: readonly LineParts[]): string[] {
  const counts = parts.map(({ rest }) => rest.length);
  const count = Math.min(...counts);
  if (count === 0 || count > 3 || counts.some((other) => other !== count)) return [];
  return Array.from({ length: count }, (_, i) => {
    const words = parts.map(({ rest }) => rest[i]!);
    if (words.every((word) => LEVEL.test(word))) return "level";
    const stems = new Set(words.map((word) => word.replace(/[-_#.]?\d+$/, "").toLowerCase()));
    const [stem] = stems;
    return stems.size === 1 && words.some((word) => /\d$/.test(word)) && /^[\p{L}_-]+$/u.test(stem!)
      ? keyName(stem!)
      : "label";
  });
}

const SPEAKER = /^(@[\p{L}\p{N}_.-]{1,60})\s*:?\s+(.+)$/u;

/** `@user: what they said`, with a score of the words' sentiment. */
function speakers(lines: readonly Line[]): SourceTable | null {
  if (lines.length === 0) return null;
  const said = lines.map(({ row, text }) => ({
    row,
    match: SPEAKER.exec(text),
  }));
  if (said.filter(({ match }) => match).length < lines.length * MOST) return null;
  const rows: SourceRow[] = [];
  const bad: SourceTable["bad"] = [];
  for (const { row, match } of said) {
    if (!match) bad.push({ row, reason: "the line does not begin with a user" });
    else {
      const text = match[2]!.replace(/^["“](.*)["”]$/, "$1");
      rows.push({ row, cells: [match[1]!, text, sentimentScore(text)] });
    }
  }
  const notes = [
    "sentiment_score is the balance of known positive and negative English words in the text, in [-1, 1].",
  ];
  return {
    ...empty(["user", "text", "sentiment_score"]),
    rows,
    rowCount: rows.length,
    bad,
    notes,
    certainty: 0.85,
  };
}

const MARKS = /^[\s\-–|:\]>]+/;
const COMPONENT = /^([\p{L}_$][\p{L}\p{N}_$./-]{1,80})(?:\[\d{1,10}\])?:\s+/u;

/** Lines that begin with a time and go on in words: a table's lines would keep to one width. */
export function isLog(text: string, consistency: number): boolean {
  const lines = linesOf(text.slice(0, 60_000)).lines.slice(0, 100);
  const heads = lines.map((line) => splitTimeHead(line.text));
  if (lines.length < 2 || heads[0]!.time === null) return false;
  const timed = heads.filter(({ time }) => time !== null);
  // "10:00:00,123": the comma belongs to the time and parts no cells.
  const inside = timed.filter(({ time }) => time!.includes(",")).length >= timed.length * 0.9;
  if (consistency >= 0.95 && !inside) return false;
  const words =
    timed.reduce((sum, { rest }) => sum + rest.split(/\s+/, 50).length, 0) / Math.max(1, timed.length);
  return timed.length >= lines.length * 0.6 && words >= 4;
}

interface LogLine {
  row: number;
  time: string | null;
  level: string | null;
  component: string | null;
  message: string;
}

/** Time, level and component at the head of a line, and its message. Templates of messages are not looked for. */
function log(lines: readonly Line[]): SourceTable | null {
  if (lines.length === 0) return null;
  const sample = lines.slice(0, 200);
  if (sample.filter(({ text }) => splitTimeHead(text).time !== null).length < sample.length * 0.6)
    return null;
  const parts = lines.map(logLine);
  const components = parts.filter(({ component }) => component !== null).length;
  // A word and a colon in some lines is a sentence; in most it is who speaks.
  const hasComponent = components >= parts.length * 0.6;
  const columns = ["timestamp", "level", ...(hasComponent ? ["component"] : []), "message"];
  const rows: SourceRow[] = parts.map(({ row, time, level, component, message }) => {
    const whole = component !== null && !hasComponent ? `${component}: ${message}` : message;
    return { row, cells: [time, level, ...(hasComponent ? [component] : []), whole === "" ? null : whole] };
  });
  const found = { rows, rowCount: rows.length, certainty: 0.7, timeColumn: "timestamp" };
  // log4j writes yy/MM/dd.
  return { ...empty(columns), ...found, leanOrder: "ymd" };
}

function logLine({ row, text }: Line): LogLine {
  const { time, rest } = splitTimeHead(text);
  const found = /^[\s\-–|[(]{0,6}(\p{L}{3,11})[\])]?(?=[\s:\]|-]|$)/u.exec(rest);
  const level = found && LEVEL.test(found[1]!) ? found[1]! : null;
  const after = level === null ? rest : rest.slice(found![0].length).replace(MARKS, "");
  const component = COMPONENT.exec(after);
  return {
    row,
    time,
    level,
    component: component?.[1] ?? null,
    message: component ? after.slice(component[0].length) : after,
  };
}

function plain(lines: readonly Line[]): SourceTable {
  const rows = lines.map(({ row, text }) => ({
    row,
    cells: [text],
  }));
  const notes = ["No readings were found: the lines are kept as text."];
  return { ...empty(["text"]), rows, rowCount: rows.length, notes, certainty: 0.4 };
}

const empty = (columns: string[]): SourceTable => ({
  name: "text",
  columns,
  units: columns.map(() => null),
  rows: [],
  rowCount: 0,
  bad: [],
  skipped: nothingSkipped(),
  notes: [],
  certainty: 0.5,
  headerless: false,
});
