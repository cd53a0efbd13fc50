import { isWordOfTimes, readCalendar } from "../../infer/calendar";
import { parseNumber } from "../../infer/numbers";
import { asUnit } from "../../infer/units";
import { EXTRACTION_LIMITS } from "../../limits";

/** A line of text taken apart: the time at its head, readings with a name, and what is left. */
export interface LineParts {
  time: string | null;
  slots: { key: string; value: string; numeric: boolean }[];
  /** Words outside of the readings, in order. */
  rest: string[];
}

const EPOCH_HEAD = /^(?:1[0-9]{9}(?:\.\d{1,9})?|1[0-9]{12}|1[0-9]{15}|1[0-9]{18})$/;
const ORDERS = ["ymd", "dmy", "mdy"] as const;

/** The time at the head of a line, with or without brackets, and what follows it. */
export function splitTimeHead(line: string): { time: string | null; rest: string } {
  const bracketed = /^\[([^\]]{8,40})\]\s*/.exec(line);
  if (bracketed && ORDERS.some((order) => readCalendar(bracketed[1]!, order)))
    return { time: bracketed[1]!, rest: line.slice(bracketed[0].length) };
  const head = beforeOtherWords(line.slice(0, 48));
  const ends = [...head.matchAll(/[\s,;|]|$/g)].map(({ index }) => index).filter((at) => at > 3);
  // The longest head that is a time: a date alone is one as well, and would leave its hour in the rest.
  for (const end of ends.slice(0, 7).reverse()) {
    const candidate = head
      .slice(0, end)
      .replace(/[:,;|-]+$/, "")
      .trim();
    if (candidate.length < 8 && !/^\d{4}-\d{2}$/.test(candidate)) continue;
    const isTime =
      EPOCH_HEAD.test(candidate) ||
      (!/^[\d.]+$/.test(candidate) && ORDERS.some((order) => readCalendar(candidate, order)));
    if (isTime) return { time: candidate, rest: line.slice(end).replace(/^[\s:,;|-]+/, "") };
  }
  return { time: null, rest: line };
}

const WORD = /(?<=^|[\s,;|])\p{L}{3,}/gu;

/** As much of the head of a line as a time can reach. To ask for a word costs a hundredth of reading it as a time. */
function beforeOtherWords(head: string): string {
  WORD.lastIndex = 0;
  for (let match = WORD.exec(head); match; match = WORD.exec(head))
    if (!isWordOfTimes(match[0])) return head.slice(0, match.index);
  return head;
}

const NUMBER = "[+-]?(?:\\d[\\d.,]*\\d|\\d)(?:[eE][+-]?\\d{1,3})?";
const PAIR =
  /(?<![\p{L}\p{N}_.-])([\p{L}_][\p{L}\p{N}_.-]{0,40})\s{0,2}(=|:(?!\/\/))\s{0,2}("[^"]{0,200}"|'[^']{0,200}'|[^\s,;|]{1,200})/gu;
const NAMED_NUMBER = new RegExp(
  `^([\\p{L}_][\\p{L}\\p{N}_./-]{0,40}(?: [\\p{L}][\\p{L}\\p{N}_.-]{0,20}){0,2})(?: (?:is|was|of|at))?\\s{1,3}(${NUMBER})\\s?([^\\s\\d]\\S{0,11})?$`,
  "u",
);
const NUMBER_AND_UNIT = new RegExp(`^${NUMBER}(?:%|[\\p{L}°µμ/$€£Ω‰][\\p{L}\\p{N}°µμ/²³%^]{0,11})?$`, "u");

const LABELLED = /^[\p{L}_][\p{L}\p{N}_.-]{0,40}=\S/u;
const MAGNITUDE = /^(?:[kKMBT]|mn|bn|mio)$/;

const isNumber = (text: string): boolean =>
  parseNumber(text, { decimal: ".", group: "," }) !== null ||
  parseNumber(text, { decimal: ",", group: "." }) !== null;

export const keyName = (key: string): string =>
  key
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, "_")
    .replace(/^_+|[_.]+$/g, "") || "value";

/** `key:value`, `key=value` and `Key value unit` in one line. Bounded in length and count. */
export function splitLine(line: string): LineParts {
  const { time, rest } = splitTimeHead(line.slice(0, EXTRACTION_LIMITS.textLineChars).trim());
  const slots: LineParts["slots"] = [];
  const left: string[] = [];
  const segments = rest.split(/[,;|]\s+|\t+|[;|]/).slice(0, EXTRACTION_LIMITS.slotsPerLine);
  for (const segment of segments) {
    const text = segment.trim();
    if (text === "") continue;
    const named = NAMED_NUMBER.exec(text);
    if (
      named &&
      isNumber(named[2]!) &&
      (named[3] === undefined || asUnit(named[3]) !== null || MAGNITUDE.test(named[3]))
    ) {
      slots.push({ key: keyName(named[1]!), value: `${named[2]}${named[3] ?? ""}`, numeric: true });
    } else pairsOf(text, slots, left);
  }
  return { time, slots: slots.slice(0, EXTRACTION_LIMITS.slotsPerLine), rest: left };
}

function pairsOf(text: string, slots: LineParts["slots"], left: string[]): void {
  let at = 0;
  PAIR.lastIndex = 0;
  const words = (piece: string) =>
    left.push(
      ...piece
        .split(/[\s,]+/)
        .map((word) => word.trim())
        .filter(Boolean),
    );
  for (let match = PAIR.exec(text); match; match = PAIR.exec(text)) {
    // "pump-1: temp=20.8": what a pair follows is a label.
    if (match[2] === ":" && LABELLED.test(match[3]!)) {
      PAIR.lastIndex = match.index + match[0].length - match[3]!.length;
      words(text.slice(at, match.index));
      left.push(match[1]!);
      at = PAIR.lastIndex;
      continue;
    }
    let value = match[3]!.replace(/^(["'])(.*)\1$/s, "$2");
    let end = match.index + match[0].length;
    const following = /^\s(\S{1,12})/.exec(text.slice(end));
    // "Temperature: 85 °C": a unit on its own belongs to the number before it.
    if (
      following &&
      /^[+-]?[\d.,]+$/.test(value) &&
      asUnit(following[1]!.replace(/[.,]$/, "")) !== null &&
      !/[:=]/.test(following[1]!)
    ) {
      value += following[1]!.replace(/[.,]$/, "");
      end += following[0].length;
    }
    words(text.slice(at, match.index));
    slots.push({ key: keyName(match[1]!), value, numeric: NUMBER_AND_UNIT.test(value) });
    at = end;
    PAIR.lastIndex = end;
  }
  words(text.slice(at));
}
