/** A pattern that is tried at one place, where one of the characters stands that it can begin with. */
export interface Sticky {
  pattern: RegExp;
  /** 1 by the code of each, as far as U+00FF; null where it can begin with any. */
  first: Uint8Array | null;
}

export const CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
export const LETTERS = CAPITALS + CAPITALS.toLowerCase();
export const DIGITS = "0123456789";
/** What `\s` takes, as far as U+00FF. */
export const BLANKS = " \t\n\v\f\r\u00a0";

/** `first`: the characters below U+0100 that a match can begin with; to ask for them is cheaper than the pattern. */
export function sticky(source: string, first: string | null = null, flags = ""): Sticky {
  const pattern = new RegExp(source, `y${flags}`);
  if (first === null) return { pattern, first };
  const codes = new Uint8Array(256);
  for (const letter of flags.includes("i") ? first.toLowerCase() + first.toUpperCase() : first)
    codes[letter.charCodeAt(0)] = 1;
  return { pattern, first: codes };
}

/** The match at a place of a line, or null. */
export function at({ pattern, first }: Sticky, line: string, place: number): RegExpExecArray | null {
  if (first !== null && first[line.charCodeAt(place)] === 0) return null;
  pattern.lastIndex = place;
  return pattern.exec(line);
}
