const CHUNK = 16_384;
const SHIFT = 14;

type Numbers = Float64Array | Int32Array | Uint16Array | Uint8Array;

/** A list of numbers of one width that grows without being copied: at most one chunk of it is empty. */
export class Chunked<T extends Numbers> {
  readonly #make: (length: number) => T;
  readonly #chunks: T[] = [];
  length = 0;

  constructor(make: (length: number) => T) {
    this.#make = make;
  }

  push(value: number): void {
    const at = this.length++;
    const chunk = at >> SHIFT;
    const within = at & (CHUNK - 1);
    // The first chunk grows from small: a workbook may have a thousand sheets of ten cells.
    if (chunk === this.#chunks.length) this.#chunks.push(this.#make(chunk === 0 ? 64 : CHUNK));
    else if (chunk === 0 && within === this.#chunks[0]!.length) {
      const grown = this.#make(Math.min(CHUNK, within * 4));
      grown.set(this.#chunks[0]!);
      this.#chunks[0] = grown;
    }
    this.#chunks[chunk]![within] = value;
  }

  at(index: number): number {
    return this.#chunks[index >> SHIFT]![index & (CHUNK - 1)]!;
  }

  set(index: number, value: number): void {
    this.#chunks[index >> SHIFT]![index & (CHUNK - 1)] = value;
  }
}
