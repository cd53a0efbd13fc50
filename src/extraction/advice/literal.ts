import { asUnit } from "../infer/units";

/** Runs of white space as one blank: what is compared literally is compared so. */
export const folded = (text: string): string => text.replace(/\s+/g, " ").trim();

/** Scripts that put no blanks between words: where one ends cannot be seen. */
const UNSPACED =
  "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}";
const WORD_END = /[\p{L}\p{M}\p{N}_]$/u;
const WORD_START = /^[\p{L}\p{M}\p{N}_]/u;
const UNSPACED_END = new RegExp(`[${UNSPACED}]$`, "u");
const UNSPACED_START = new RegExp(`^[${UNSPACED}]`, "u");
/** What may stand before a number without being a part of it; signs, currencies and relations are parts. */
const BEFORE_NUMBER = new RegExp(`(?:^|[\\s()\\[{"“”‘«»„;|=—*${UNSPACED}]|(?:^|[^\\d])[,:'’])$`, "u");
const AFTER_NUMBER = /^(?:$|[\s)\]}"'”’»;!?|=—*]|[.,:](?!\d))/u;
/** A sign in words, a currency, or the first groups of a number that is written with blanks. */
const PART_BEFORE = /(?:\b(?:minus|negative|menos|moins)|\p{Sc}|(?<!\S)[-−–+±])\s$/iu;
const CODE_BEFORE = /(?<![\p{L}\p{N}])([A-Z]{3})\s$/u;
const GROUPS_BEFORE = /(?<![\d.,])\d{1,3}(?: \d{3})*\s$/;
/** What turns a number into another one, where it follows. */
const PART_AFTER =
  /^\s?(?:[%‰°\p{Sc}½¼¾]|per ?cent|(?:hundred|thousand|million|billion|trillion|mn|bn|mln|mio|k|m)(?![\p{L}\p{N}])|[×x*^]\s?\d|\d{3}(?!\d))/iu;
const YEAR_AFTER = /^,? (?:1[5-9]|20|21)\d\d(?!\d)/;

/**
 * Where a value stands in a text between `from` and `to` as a whole: -1 where it does not, or only as a part of something
 * else, as 12 in 3.125, 5 in -5, 5% and $5, and 5 in "5 km" and "5 million". All of the text says what it is a part of.
 * Both are {@link folded}.
 */
export function placeOfWhole(text: string, value: string, from = 0, to = text.length): number {
  if (value === "") return -1;
  for (let at = text.indexOf(value, from); at >= 0; at = text.indexOf(value, at + 1)) {
    const end = at + value.length;
    if (end > to) return -1;
    if (isWhole(text.slice(Math.max(0, at - NEAR), at), value, text.slice(end, end + NEAR))) return at;
  }
  return -1;
}

/** Characters around a value that say whether it goes on. */
const NEAR = 24;

function isWhole(near: string, value: string, next: string): boolean {
  if (/^[+\-−–.,]?\d/.test(value)) {
    if (!BEFORE_NUMBER.test(near) || PART_BEFORE.test(near)) return false;
    const code = CODE_BEFORE.exec(near)?.[1];
    if (code && asUnit(code) === code) return false;
    if (/^\d{3}(?!\d)/.test(value) && GROUPS_BEFORE.test(near)) return false;
  } else if (WORD_START.test(value) && joinsBefore(near, value)) return false;
  else if (/^[\p{Sc}(]/u.test(value) && /[-−–+±]\s?$/.test(near)) return false;
  if (/\d$/.test(value)) {
    if (!AFTER_NUMBER.test(next) || (PART_AFTER.test(next) && !endsOtherwise(value, next))) return false;
    if (isUnit(next)) return false;
  } else if (WORD_END.test(value) && joinsAfter(value, next)) return false;
  // A day without its year, a model without its number.
  if (/\d/.test(value) && /\p{L}/u.test(value) && YEAR_AFTER.test(next)) return false;
  return !(/\d/.test(value) && /\p{L}$/u.test(value) && /^[/²³^]/.test(next));
}

/** Three digits behind a blank continue a group of three at most: "2024 120 people" are two numbers. */
const endsOtherwise = (value: string, next: string): boolean =>
  /^\s\d/.test(next) && !/(?<!\d)\d{1,3}$/.test(value);

const joinsBefore = (before: string, value: string): boolean =>
  WORD_END.test(before) && !(UNSPACED_END.test(before) || UNSPACED_START.test(value));
const joinsAfter = (value: string, after: string): boolean =>
  WORD_START.test(after) && !(UNSPACED_END.test(value) || UNSPACED_START.test(after));

/** "in" is a word far more often than an inch. */
function isUnit(next: string): boolean {
  const word = /^\s([^\s,;:!?)\]]{1,16})/.exec(next)?.[1]?.replace(/\.$/, "");
  return word !== undefined && word !== "in" && asUnit(word) !== null;
}
