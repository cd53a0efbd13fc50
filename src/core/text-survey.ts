import { isUtf8 } from "node:buffer";
import { concat } from "./bytes";

/** What is known of bytes when all of them have passed. */
export interface TextSurvey {
  /** Line feeds and carriage returns: there are at most so many lines, and one more. */
  breaks: number;
  isUtf8: boolean;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Looks at bytes that pass in pieces. */
export class TextSurveyor {
  private breaks = 0;
  private isUtf8 = true;
  /** The beginning of a character that the last piece cut: three bytes at most. */
  private cut = new Uint8Array(0);

  see(bytes: Uint8Array): void {
    this.breaks += breaksIn(bytes);
    if (this.isUtf8) this.check(bytes);
  }

  end(): TextSurvey {
    return { breaks: this.breaks, isUtf8: this.isUtf8 && this.cut.length === 0 };
  }

  /** Asked of the runtime: to decode would make a text of all bytes. */
  private check(bytes: Uint8Array): void {
    let from = 0;
    if (this.cut.length > 0) {
      from = lengthOf(this.cut[0]!) - this.cut.length;
      const character = concat([this.cut, bytes.subarray(0, from)]);
      if (from > bytes.length) {
        this.cut = character;
        return;
      }
      this.isUtf8 = isUtf8(character);
    }
    const end = bytes.length - cutAt(bytes, from);
    this.isUtf8 &&= isUtf8(bytes.subarray(from, end));
    this.cut = bytes.slice(end);
  }
}

/** Four bytes at a time, in a fifth of the time that byte after byte takes in workerd. */
function breaksIn(bytes: Uint8Array): number {
  const { buffer, byteOffset, length } = bytes;
  const first = -byteOffset & 3;
  if (length < first + 4) return singly(bytes, 0, length);
  const words = new Int32Array(buffer, byteOffset + first, (length - first) >> 2);
  const wordCount = words.length;
  let breaks = 0;
  for (let i = 0; i < wordCount; i++) {
    const word = words[i]!;
    // Few words of a text have a byte below 16; it is made zero to be seen.
    const high = word & 0xf0f0f0f0;
    if (((high - 0x01010101) & ~high & 0x80808080) === 0) continue;
    const found = zeros(word ^ 0x0a0a0a0a) | zeros(word ^ 0x0d0d0d0d);
    breaks += ((found >>> 7) & 1) + ((found >>> 15) & 1) + ((found >>> 23) & 1) + (found >>> 31);
  }
  const last = first + 4 * wordCount;
  return breaks + singly(bytes, 0, first) + singly(bytes, last, length);
}

/** The high bit of each byte of a word that is zero (Warren, Hacker's Delight, section 6-1). */
const zeros = (word: number): number => ~(((word & 0x7f7f7f7f) + 0x7f7f7f7f) | word | 0x7f7f7f7f);

function singly(bytes: Uint8Array, from: number, end: number): number {
  let breaks = 0;
  for (let i = from; i < end; i++) if (bytes[i] === LINE_FEED || bytes[i] === CARRIAGE_RETURN) breaks++;
  return breaks;
}

/** Bytes of a character by its first one, as far as that may be one (RFC 3629, section 3). */
const lengthOf = (first: number): number => (first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4);

/** Bytes at the end, from `from` on, that are the beginning of a character. */
function cutAt(bytes: Uint8Array, from: number): number {
  for (let back = 1; back <= 3 && bytes.length - back >= from; back++) {
    const byte = bytes[bytes.length - back]!;
    // Bytes behind the first of a character begin with the bits 10.
    if (byte >> 6 !== 2) return lengthOf(byte) > back ? back : 0;
  }
  return 0;
}
