import { EXTRACTION_LIMITS } from "../../limits";

/** A line that is not blank, trimmed at its end. `row` counts from 1 over all lines of the source. */
export interface Line {
  row: number;
  text: string;
}

/** Lines on which the layout of a text is decided. */
export const SAMPLE_LINES = 2_000;

// ECMA-48 control sequences, as terminals colour log lines with. Every part has one way to match.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL_SEQUENCE = /\u001b\[[0-9;?]{0,32}[A-Za-z]/g;

/** A line as it is read: without colours and without blanks at its end. */
export const cleanLine = (raw: string): string =>
  (raw.includes("\u001b[") ? raw.replace(CONTROL_SEQUENCE, "") : raw).trimEnd();

/** Why a line cannot be read at all, or null. */
export const lineFault = (text: string): string | null =>
  text.length > EXTRACTION_LIMITS.textLineChars
    ? `the line is longer than ${EXTRACTION_LIMITS.textLineChars} characters`
    : null;

/** The first lines of a text that can be read, without blank ones. */
export function sampleLines(text: string, most = SAMPLE_LINES): Line[] {
  const lines: Line[] = [];
  let row = 0;
  for (let at = 0; at < text.length && lines.length < most; ) {
    const end = text.indexOf("\n", at);
    const stop = end < 0 ? text.length : end;
    row++;
    if (stop - at <= EXTRACTION_LIMITS.textLineChars) {
      const line = cleanLine(text.slice(at, stop));
      if (line !== "") lines.push({ row, text: line });
    }
    at = stop + 1;
  }
  return lines;
}
