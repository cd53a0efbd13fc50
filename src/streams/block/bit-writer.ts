import { ESCAPE, ESCAPE_WIDTH_BITS } from "./bits";

const WORD = 2 ** 32;
/** A Rice code is at most ESCAPE zeros, the width and 53 bits. */
const RICE_CODE_BYTES = 12;

/**
 * Bytes and, between `bits` and `align`, bits of the lowest significance first, over an array that grows. One writer
 * serves many chunks: `reset` keeps the array.
 */
export class BitWriter {
  bytes = new Uint8Array(1 << 16);
  /** The next byte; bits that wait for a full word stand in `pending`. */
  at = 0;
  private view = new DataView(this.bytes.buffer);
  private pending = 0;
  private fill = 0;

  reset(): void {
    this.rewind(0);
  }

  /** Forgets what was written from `at` on. */
  rewind(at: number): void {
    this.at = at;
    this.pending = 0;
    this.fill = 0;
  }

  /** A copy of what was written. */
  copy(): Uint8Array<ArrayBuffer> {
    return this.bytes.slice(0, this.at);
  }

  append(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.at++] = value;
  }

  /** An integer 0..2^53 as groups of 7 bits, the lowest first. */
  varint(value: number): void {
    this.reserve(8);
    let rest = value;
    while (rest >= 128) {
      this.bytes[this.at++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.bytes[this.at++] = rest;
  }

  /** A signed integer, |value| < 2^52. */
  signed(value: number): void {
    this.varint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  float(value: number): void {
    this.reserve(8);
    this.view.setFloat64(this.at, value, true);
    this.at += 8;
  }

  /** `count` low bits of an integer 0..2^53 - 1; count 0..53. */
  bits(value: number, count: number): void {
    this.reserve(8);
    if (count > 32) {
      this.word(value >>> 0, 32);
      this.word(Math.floor(value / WORD), count - 32);
    } else if (count > 0) this.word(value, count);
  }

  /** Fills the last byte with zeros: bytes may follow. */
  align(): void {
    this.reserve(4);
    for (let left = this.fill; left > 0; left -= 8) {
      this.bytes[this.at++] = this.pending;
      this.pending >>>= 8;
    }
    this.pending = 0;
    this.fill = 0;
  }

  /** Rice codes of `codes[0, count)`, integers 0..2^53 - 1. */
  rice(codes: Float64Array, count: number, k: number): void {
    this.reserve(count * RICE_CODE_BYTES);
    const scale = 2 ** k;
    for (let i = 0; i < count; i++) {
      const code = codes[i]!;
      const quotient = Math.floor(code / scale);
      if (quotient >= ESCAPE) this.escape(code);
      else {
        this.word(1 << quotient, quotient + 1);
        this.bits(code - quotient * scale, k);
      }
    }
  }

  /** The same codes as `rice`, for the usual case: all below 2^31 and k at most 24. */
  riceSmall(codes: Int32Array, count: number, k: number): void {
    this.reserve(count * RICE_CODE_BYTES);
    const mask = (1 << k) - 1;
    // The state of the writer in locals: fields would be stored once for every value.
    const view = this.view;
    let { at, pending, fill } = this;
    for (let i = 0; i < count; i++) {
      const code = codes[i]!;
      const quotient = code >>> k;
      const length = quotient + 1 + k;
      if (quotient < ESCAPE && length <= 32) {
        const word = (((code & mask) << 1) | 1) << quotient;
        pending |= word << fill;
        const next = fill + length;
        if (next >= 32) {
          view.setInt32(at, pending, true);
          at += 4;
          pending = fill === 0 ? 0 : word >>> (32 - fill);
          fill = next - 32;
        } else fill = next;
      } else {
        this.at = at;
        this.pending = pending;
        this.fill = fill;
        if (quotient >= ESCAPE) this.escape(code);
        else {
          this.word(1 << quotient, quotient + 1);
          this.word(code & mask, k);
        }
        at = this.at;
        pending = this.pending;
        fill = this.fill;
      }
    }
    this.at = at;
    this.pending = pending;
    this.fill = fill;
  }

  private escape(code: number): void {
    const width = widthOf(code);
    this.word(0, ESCAPE);
    this.word(width, ESCAPE_WIDTH_BITS);
    this.bits(code, width);
  }

  private word(value: number, count: number): void {
    const { fill } = this;
    this.pending |= value << fill;
    const next = fill + count;
    if (next < 32) {
      this.fill = next;
      return;
    }
    this.view.setInt32(this.at, this.pending, true);
    this.at += 4;
    // A shift by 32 is a shift by 0 in JavaScript.
    this.pending = fill === 0 ? 0 : value >>> (32 - fill);
    this.fill = next - 32;
  }

  private reserve(count: number): void {
    // 8 more: a waiting word.
    if (this.at + count + 8 <= this.bytes.length) return;
    const grown = new Uint8Array(2 * this.bytes.length + count);
    grown.set(this.bytes);
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }
}

/** Bits that an integer 0..2^53 - 1 needs. */
export const widthOf = (value: number): number =>
  value < WORD ? 32 - Math.clz32(value) : 64 - Math.clz32(Math.floor(value / WORD));
