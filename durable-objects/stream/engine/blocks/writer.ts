import { BLOCK_BYTES, BlockBuilder, CHUNK_KINDS } from "../../../../src/streams/block/block";
import { encodeChunk, MAX_CHUNK_POINTS } from "../../../../src/streams/block/chunk";
import { encodeTexts } from "../../../../src/streams/block/texts";
import type { Part } from "../../../../src/streams/engine/merge";
import type { RowTexts } from "../../../../src/streams/reader";
import { keyOf, type NewBlock } from "./runs";

/** Characters of the texts in one chunk: what is read for one of them. Four times as many take 4 % less room. */
const TEXT_CHARS = 50_000;

/** Cuts what comes in the order of keys and time into chunks and blocks. */
export class BlockWriter {
  private builder = new BlockBuilder();
  private bounds: Omit<NewBlock, "data"> | null = null;

  constructor(private readonly put: (block: NewBlock) => void) {}

  /** Chunks of about one length: a last one of a few points would be merged by every compaction, and all after it. */
  points(kind: number, id: number, part: Part): void {
    const length = part.to - part.from;
    const chunks = Math.ceil(length / MAX_CHUNK_POINTS);
    for (let i = 0; i < chunks; i++) {
      const from = part.from + Math.floor((length * i) / chunks);
      const to = part.from + Math.floor((length * (i + 1)) / chunks);
      const chunk = encodeChunk(part.times, part.columns, part.ordinals, from, to);
      this.chunk(kind, id, chunk, to - from, part.times[from]!, part.times[to - 1]!);
    }
  }

  texts(tagSet: number, rows: readonly RowTexts[]): void {
    let from = 0;
    let chars = 0;
    for (const [i, { values }] of rows.entries()) {
      for (const name in values) chars += name.length + values[name]!.length;
      if (chars < TEXT_CHARS && i < rows.length - 1) continue;
      const cut = rows.slice(from, i + 1);
      this.chunk(
        CHUNK_KINDS.text,
        tagSet,
        encodeTexts(cut),
        cut.length,
        cut[0]!.timeMicros,
        cut.at(-1)!.timeMicros,
      );
      from = i + 1;
      chars = 0;
    }
  }

  /** A chunk as it is. */
  chunk(kind: number, id: number, chunk: Uint8Array, points: number, min: number, max: number): void {
    if (this.bounds && this.builder.bytes + chunk.length > BLOCK_BYTES) this.flush();
    this.builder.add(kind, id, chunk, points, min, max);
    const key = keyOf(kind, id);
    if (!this.bounds) this.bounds = { firstKey: key, lastKey: key, minMicros: min, maxMicros: max };
    else {
      this.bounds.lastKey = key;
      this.bounds.minMicros = Math.min(this.bounds.minMicros, min);
      this.bounds.maxMicros = Math.max(this.bounds.maxMicros, max);
    }
  }

  flush(): void {
    if (!this.bounds) return;
    this.put({ ...this.bounds, data: this.builder.finish() });
    this.builder = new BlockBuilder();
    this.bounds = null;
  }
}
