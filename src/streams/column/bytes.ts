/** Writes at `at`; the caller sizes `bytes` by `columnBytesAtMost`. */
export class ByteWriter {
  at = 0;
  readonly view: DataView;

  constructor(readonly bytes: Uint8Array<ArrayBuffer>) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(value: number): void {
    this.bytes[this.at++] = value;
  }

  u32(value: number): void {
    this.view.setUint32(this.at, value, true);
    this.at += 4;
  }

  f64(value: number): void {
    this.view.setFloat64(this.at, value, true);
    this.at += 8;
  }

  put(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }
}

/** Thrown by a {@link ByteReader} and the decoders here; decodeFrame makes it a null. */
export class Damaged extends Error {}

export class ByteReader {
  at = 0;
  readonly view: DataView;

  constructor(readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Where the next `length` bytes start; throws {@link Damaged} where they are not there. */
  take(length: number): number {
    const start = this.at;
    if (length > this.bytes.length - start) throw new Damaged("cut off");
    this.at = start + length;
    return start;
  }

  u8(): number {
    return this.bytes[this.take(1)]!;
  }

  u32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  f64(): number {
    return this.view.getFloat64(this.take(8), true);
  }
}
