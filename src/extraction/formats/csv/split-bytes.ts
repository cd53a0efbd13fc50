import type { RecordParter } from "../../../streams";
import { normalText } from "../../detect/text";
import type { RecordSplitter } from "./split";

const [LF, CR] = [10, 13];
/** Bytes that are looked at where the first line of a record does not end it. */
const SECOND_LOOK = 4_096;

/**
 * Parts records from bytes in UTF-8 as a {@link RecordSplitter} parts them from text, by the splitter itself: as much is
 * decoded as the record needs. Most need their line alone.
 */
export class RecordBytes implements RecordParter {
  cells: string[] = [];
  lines = 0;
  isTooLong = false;
  private readonly decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

  constructor(private readonly splitter: RecordSplitter) {}

  get quotesAreStray(): boolean {
    return this.splitter.quotesAreStray;
  }

  read(bytes: Uint8Array, start: number, end: number, isLast: boolean): number {
    let to = Math.min(end, linesAfter(bytes, start, 1));
    for (;;) {
      const isAll = to >= end;
      to = wholeUpTo(bytes, to, end, isLast);
      const text = normalText(this.decoder.decode(bytes.subarray(start, to)));
      const record = this.splitter.first(text, isAll && isLast);
      if (record) {
        this.isTooLong = record.cells === null;
        this.cells = record.cells ?? [];
        this.lines = record.lines;
        return record.lines === 0 ? end : Math.min(end, linesAfter(bytes, start, record.lines));
      }
      if (isAll) return -1;
      to = Math.min(end, start + Math.max(SECOND_LOOK, (to - start) * 2));
    }
  }
}

/** A place up to which bytes can be decoded by themselves: between characters, and not within CRLF. */
function wholeUpTo(bytes: Uint8Array, place: number, end: number, isLast: boolean): number {
  let to = place;
  if (to < end) {
    while ((bytes[to]! & 0xc0) === 0x80) to--;
    if (bytes[to - 1] === CR && bytes[to] === LF) to++;
    return to;
  }
  if (isLast) return to;
  while (to > 0 && (bytes[to - 1]! & 0xc0) === 0x80) to--;
  // The character whose bytes those are, or one that has none of its further ones yet.
  if (to > 0 && bytes[to - 1]! >= 0xc0) return to - 1;
  to = place;
  return bytes[to - 1] === CR ? to - 1 : to;
}

/** Where the line begins that is `lines` lines below the one at `start`; behind the bytes where there are fewer. */
function linesAfter(bytes: Uint8Array, start: number, lines: number): number {
  let at = start;
  for (let passed = 0; passed < lines; passed++) {
    while (at < bytes.length && bytes[at] !== LF && bytes[at] !== CR) at++;
    at += bytes[at] === CR && bytes[at + 1] === LF ? 2 : 1;
  }
  return at;
}
