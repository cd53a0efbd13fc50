import { fail } from "../../../core/errors";

const WIDE = 1;
const EXTENDED = 4;
const RICH = 8;

/** Names that TextDecoder knows code pages by; what is not here is read as Windows-1252. */
const CODE_PAGES: ReadonlyMap<number, string> = new Map([
  [866, "ibm866"],
  [874, "windows-874"],
  [932, "shift_jis"],
  [936, "gbk"],
  [949, "euc-kr"],
  [950, "big5"],
  [1_250, "windows-1250"],
  [1_251, "windows-1251"],
  [1_253, "windows-1253"],
  [1_254, "windows-1254"],
  [1_255, "windows-1255"],
  [1_256, "windows-1256"],
  [1_257, "windows-1257"],
  [1_258, "windows-1258"],
  [10_000, "macintosh"],
  [0x8000, "macintosh"],
]);

export const codePageDecoder = (codePage: number): TextDecoder =>
  new TextDecoder(CODE_PAGES.get(codePage) ?? "windows-1252");

const cut = () => fail("malformed_data", "The workbook is damaged: a text is cut.");

/** Reads a record and those that continue it as one; only characters know where the seams are ([MS-XLS] 2.5.293). */
export class ContinuedReader {
  readonly #segments: readonly Uint8Array[];
  #segment = 0;
  #at = 0;

  constructor(segments: readonly Uint8Array[]) {
    this.#segments = segments;
  }

  u8(): number {
    while (this.#at === this.#current().length) this.#next();
    return this.#current()[this.#at++]!;
  }

  u16(): number {
    return this.u8() | (this.u8() << 8);
  }

  u32(): number {
    return (this.u16() | (this.u16() << 16)) >>> 0;
  }

  skip(bytes: number): void {
    for (let left = bytes; left > 0; ) {
      if (this.#at === this.#current().length) this.#next();
      const step = Math.min(left, this.#current().length - this.#at);
      this.#at += step;
      left -= step;
    }
  }

  /** XLUnicodeRichExtendedString: characters of one or two bytes, then runs and guides to reading, which are left out. */
  text(): string {
    const chars = this.u16();
    const flags = this.u8();
    const runs = (flags & RICH) === 0 ? 0 : this.u16();
    const extended = (flags & EXTENDED) === 0 ? 0 : this.u32();
    const text = this.#chars(chars, (flags & WIDE) !== 0);
    this.skip(runs * 4 + extended);
    return text;
  }

  #chars(count: number, isWide: boolean): string {
    let text = "";
    let wide = isWide;
    for (let left = count; left > 0; ) {
      if (this.#at === this.#current().length) {
        this.#next();
        // Behind a seam the width is told anew.
        wide = (this.u8() & WIDE) !== 0;
      }
      const width = wide ? 2 : 1;
      const step = Math.min(left, Math.floor((this.#current().length - this.#at) / width));
      if (step === 0) throw cut();
      text += charsOf(this.#current().subarray(this.#at, this.#at + step * width), wide);
      this.#at += step * width;
      left -= step;
    }
    return text;
  }

  #current(): Uint8Array {
    return this.#segments[this.#segment]!;
  }

  #next(): void {
    if (this.#segment + 1 >= this.#segments.length) throw cut();
    this.#segment++;
    this.#at = 0;
  }
}

/** Characters that a call makes a text of: arguments lie on the stack. */
const CHARS_AT_ONCE = 8_192;

/** UTF-16, or its lower bytes alone. */
export function charsOf(bytes: Uint8Array, isWide: boolean): string {
  const codes = isWide ? wordsOf(bytes) : bytes;
  let text = "";
  for (let at = 0; at < codes.length; at += CHARS_AT_ONCE)
    text += String.fromCharCode.apply(null, codes.subarray(at, at + CHARS_AT_ONCE) as unknown as number[]);
  return text;
}

/** Little-endian words, wherever they begin. */
function wordsOf(bytes: Uint8Array): Uint16Array {
  const words = new Uint16Array(bytes.length >> 1);
  for (let i = 0; i < words.length; i++) words[i] = bytes[2 * i]! | (bytes[2 * i + 1]! << 8);
  return words;
}
