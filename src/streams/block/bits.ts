/**
 * Rice codes (R. F. Rice, "Some practical universal noiseless coding techniques", JPL 79-22) as the chunk writes them:
 * `code >> k` zeros, a one, the k low bits. ESCAPE zeros mean that the width of the code and the code itself follow:
 * one outlier costs 30 bits and its width instead of its quotient.
 */
export const ESCAPE = 24;
export const ESCAPE_WIDTH_BITS = 6;

/** Bits of a window of 32 that are there wherever in its first byte a code starts. */
const WINDOW_BITS = 25;
/** From this Rice parameter on, most codes do not fit a window. */
const WIDE = 22;
/** A read of a window may look this far past the last byte. */
const PADDING_BYTES = 16;

/**
 * Reads what BitWriter wrote. `load` copies the bytes to an array of its own with padding behind, so that every read
 * takes a whole window without asking where the end is. One reader serves many chunks.
 */
export class BitReader {
  private bytes = new Uint8Array(1 << 16);
  private view = new DataView(this.bytes.buffer);
  private end = 0;
  /** The next bit. */
  private position = 0;

  load(bytes: Uint8Array): void {
    if (bytes.length + PADDING_BYTES > this.bytes.length) {
      this.bytes = new Uint8Array(2 * bytes.length + PADDING_BYTES);
      this.view = new DataView(this.bytes.buffer);
    }
    this.bytes.set(bytes);
    this.bytes.fill(0, bytes.length, bytes.length + PADDING_BYTES);
    this.end = bytes.length;
    this.position = 0;
  }

  /** The next byte, counted from the first; only between values that are whole bytes. */
  get at(): number {
    return this.position >>> 3;
  }

  seek(at: number): void {
    this.position = at * 8;
  }

  /** Throws an Error where more was read than was written: the bytes are corrupt. */
  assertWithin(): void {
    if (this.position > this.end * 8) throw new Error("a chunk ends before its points do");
  }

  byte(): number {
    const at = this.at;
    if (at >= this.end) throw new Error("a chunk ends too early");
    this.position += 8;
    return this.bytes[at]!;
  }

  varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  signed(): number {
    return unfold(this.varint());
  }

  float(): number {
    const value = this.view.getFloat64(this.at, true);
    this.position += 64;
    return value;
  }

  bits(count: number): number {
    let value = 0;
    let scale = 1;
    let left = count;
    while (left > 0) {
      const taken = Math.min(left, WINDOW_BITS);
      value += (this.window() & ((1 << taken) - 1)) * scale;
      scale *= 2 ** taken;
      left -= taken;
      this.position += taken;
    }
    return value;
  }

  align(): void {
    this.position = (this.position + 7) & ~7;
  }

  /**
   * `count` Rice codes to `out` from `from` on; `folded`: signs were folded into the lowest bit.
   * The hot loop of every read: one window, one store and no call for a usual value.
   */
  rice(out: Float64Array, from: number, count: number, k: number, folded: boolean): void {
    if (k >= WIDE && k <= 2 * WINDOW_BITS) {
      this.riceWide(out, from, count, k, folded);
      return;
    }
    const { view } = this;
    let { position } = this;
    const mask = (1 << k) - 1;
    const sign = folded ? 1 : 0;
    // With k = 0 a 25th bit would hide an escape.
    const longest = k === 0 ? ESCAPE : WINDOW_BITS;
    const to = from + count;
    for (let i = from; i < to; i++) {
      const window = view.getUint32(position >>> 3, true) >>> (position & 7);
      const quotient = 31 - Math.clz32(window & -window);
      const length = quotient + 1 + k;
      if (window !== 0 && length <= longest) {
        const code = (quotient << k) | ((window >>> (quotient + 1)) & mask);
        out[i] = (code >>> sign) ^ -(code & sign);
        position += length;
      } else {
        this.position = position;
        const code = this.riceCode(k);
        out[i] = folded ? unfold(code) : code;
        position = this.position;
      }
    }
    this.position = position;
  }

  /** The same for k from WIDE to 2 * WINDOW_BITS, where quotient and low bits do not share a window. */
  private riceWide(out: Float64Array, from: number, count: number, k: number, folded: boolean): void {
    const { view } = this;
    let { position } = this;
    const lowBits = k >> 1;
    const highBits = k - lowBits;
    const lowMask = (1 << lowBits) - 1;
    const highMask = (1 << highBits) - 1;
    const highScale = 2 ** lowBits;
    const scale = 2 ** k;
    const to = from + count;
    for (let i = from; i < to; i++) {
      const window = view.getUint32(position >>> 3, true) >>> (position & 7);
      const quotient = 31 - Math.clz32(window & -window);
      if (window === 0 || quotient >= ESCAPE) {
        this.position = position;
        const code = this.riceCode(k);
        out[i] = folded ? unfold(code) : code;
        position = this.position;
        continue;
      }
      position += quotient + 1;
      const low = (view.getUint32(position >>> 3, true) >>> (position & 7)) & lowMask;
      position += lowBits;
      const high = (view.getUint32(position >>> 3, true) >>> (position & 7)) & highMask;
      position += highBits;
      const rest = high * highScale + low + quotient * scale;
      // The lowest bit of the code is the lowest of `low`: what `unfold` finds with a division.
      if (!folded) out[i] = rest;
      else out[i] = (low & 1) === 0 ? rest * 0.5 : (rest + 1) * -0.5;
    }
    this.position = position;
  }

  private riceCode(k: number): number {
    const window = this.window();
    const quotient = window === 0 ? ESCAPE : 31 - Math.clz32(window & -window);
    if (quotient >= ESCAPE) {
      this.position += ESCAPE;
      return this.bits(this.bits(ESCAPE_WIDTH_BITS));
    }
    this.position += quotient + 1;
    return quotient * 2 ** k + this.bits(k);
  }

  private window(): number {
    return this.view.getUint32(this.position >>> 3, true) >>> (this.position & 7);
  }
}

/** Signed to unsigned, small to small: 0, -1, 1, -2 become 0, 1, 2, 3. |value| <= 2^52. */
export const fold = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);

export const unfold = (code: number): number => (code % 2 === 0 ? code / 2 : -(code + 1) / 2);
