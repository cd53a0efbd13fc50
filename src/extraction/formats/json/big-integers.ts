import type { JsonValue } from "../../../core/json";

/**
 * Puts integers that a double cannot hold between quotes, so that the number of an order keeps its last digits. Text
 * without such a number comes back as it is. Strings are told from numbers by their quotes, escapes included.
 */
export function quoteBigIntegers(text: string): string {
  if (!/\d{16}/.test(text)) return text;
  const pieces: string[] = [];
  let copied = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) i = endOfString(text, i);
    else if (code === MINUS || isDigit(code)) {
      const start = i;
      while (i + 1 < text.length && isOfNumber(text.charCodeAt(i + 1))) i++;
      const written = text.slice(start, i + 1);
      if (written.length < 16 || !/^-?\d+$/.test(written) || Number.isSafeInteger(Number(written))) continue;
      pieces.push(text.slice(copied, start), '"', written, '"');
      copied = i + 1;
    }
  }
  return copied === 0 ? text : pieces.join("") + text.slice(copied);
}

/** The string, number, boolean or null that a JSON text is; undefined where it is none of them. */
export function scalarOf(text: string): string | number | boolean | null | undefined {
  try {
    const value = JSON.parse(quoteBigIntegers(text)) as JsonValue;
    return typeof value === "object" && value !== null ? undefined : value;
  } catch {
    return undefined;
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;
const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;
/** Digits, `.`, `+`, `-`, `e` and `E`. */
const isOfNumber = (code: number): boolean =>
  isDigit(code) || code === 0x2e || code === 0x2b || code === MINUS || code === 0x65 || code === 0x45;

function endOfString(text: string, from: number): number {
  for (let i = from + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === BACKSLASH) i++;
    else if (code === QUOTE) return i;
  }
  return text.length;
}
