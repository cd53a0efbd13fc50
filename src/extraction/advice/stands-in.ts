/** What a model copies may have its blanks and line ends otherwise: they are one blank each before anything is compared. */
export const inOneLine = (text: string): string => text.replace(/\s+/g, " ").trim();

/** Words and signs behind a number that make it another one. */
const MAGNITUDE =
  /^ ?(?:[kKmMbBtT](?![\p{L}\p{N}])|(?:bn|mn|mio|mrd|mln|tn)\b|thousands?\b|millions?\b|billions?\b|trillions?\b|hundreds?\b|dozens?\b|[x×*] ?10)/iu;
/** A letter in which a number may go on: an exponent, or hexadecimal. */
const EXPONENT = /^[eExX][-+]?\d/;
/** "1 234": three digits behind a blank, and what may stand before it. */
const GROUP = /^\d{3}(?!\d)/;
const GROUP_AHEAD = /(?:^|\D)\d{1,3} $/;
const MINUS = /[-−–]/;
const WORD = /[\p{L}\p{N}_]/u;

/**
 * Where a value stands literally in a text, between `from` and `to`, as a token of its own; -1 if nowhere. A number does
 * not stand where it is a piece of a longer one, of a date or of a time, or where its sign, its percentage or a magnitude
 * ("million") is left out: it would be another number.
 */
export function standsIn(text: string, value: string, from = 0, to = text.length): number {
  if (value === "") return -1;
  for (let at = text.indexOf(value, from); at >= 0; at = text.indexOf(value, at + 1)) {
    if (at + value.length > to) return -1;
    if (isWhole(text, at, at + value.length)) return at;
  }
  return -1;
}

function isWhole(text: string, start: number, end: number): boolean {
  return beginsWhole(text, start) && endsWhole(text, end);
}

function beginsWhole(text: string, start: number): boolean {
  const before = charBefore(text, start);
  const first = text[start]!;
  // "10-20" holds no -20.
  if (MINUS.test(first) && /\d/.test(charAt(text, start + 1))) return !WORD.test(before);
  if (!/[\d.,]/.test(first)) return !(WORD.test(before) && WORD.test(first));
  if (WORD.test(before)) return false;
  if (GROUP_AHEAD.test(text.slice(Math.max(0, start - 5), start)) && GROUP.test(text.slice(start, start + 4)))
    return false;
  // "2025-01" and "3.1" go on; "-5" has a sign; "10 - 20" is a range.
  if (/[-−–.,:/'’+]/.test(before)) {
    const earlier = charBefore(text, start - 1);
    if (/\d/.test(earlier)) return false;
    return !MINUS.test(before) && !/[.,]/.test(before);
  }
  return true;
}

function endsWhole(text: string, end: number): boolean {
  const last = text[end - 1]!;
  const rest = text.slice(end, end + 24);
  const after = charAt(text, end);
  if (!/\d/.test(last))
    return !(WORD.test(last) && WORD.test(after)) && !(/[.,]/.test(last) && /\d/.test(after));
  if (/[\d_%‰]/.test(after) || EXPONENT.test(rest) || /^ ?(?:%|‰|percent\b|per cent\b)/i.test(rest))
    return false;
  if (/^[-−–.,:/'’]\d/.test(rest)) return false;
  if (GROUP.test(rest.slice(1)) && GROUP_AHEAD.test(text.slice(Math.max(0, end - 4), end) + rest[0]))
    return false;
  return !MAGNITUDE.test(rest);
}

/** Whole characters, of two units where they have two. */
const charAt = (text: string, at: number): string => String.fromCodePoint(text.codePointAt(at) ?? 0x20);

function charBefore(text: string, at: number): string {
  if (at <= 0) return " ";
  const low = text.charCodeAt(at - 1);
  return low >= 0xdc00 && low <= 0xdfff && at >= 2 ? text.slice(at - 2, at) : text[at - 1]!;
}
