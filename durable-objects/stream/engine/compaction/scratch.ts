import { decodeChunkInto, MAX_CHUNK_POINTS } from "../../../../src/streams/block/chunk";
import type { Part } from "../../../../src/streams/engine/merge";

/**
 * Arrays that chunks are decoded into, one set for each source and width. What a merge gives is copied before the source
 * goes on, and ten thousand series would leave a hundred thousand arrays behind.
 */
export class ChunkScratch {
  private readonly sets = new Map<string, Part & { columns: Float64Array[]; ordinals: Uint32Array }>();

  reader(width: number): (source: number) => (chunk: Uint8Array) => Part {
    return (source) => (chunk) => {
      const set = this.setOf(source, width);
      const to = decodeChunkInto(chunk, width, set, 0);
      return { ...set, from: 0, to };
    };
  }

  private setOf(source: number, width: number) {
    const key = `${source}/${width}`;
    const known = this.sets.get(key);
    if (known) return known;
    const set = {
      times: new Float64Array(MAX_CHUNK_POINTS),
      ordinals: new Uint32Array(MAX_CHUNK_POINTS),
      columns: Array.from({ length: width }, () => new Float64Array(MAX_CHUNK_POINTS)),
      from: 0,
      to: 0,
    };
    this.sets.set(key, set);
    return set;
  }
}
