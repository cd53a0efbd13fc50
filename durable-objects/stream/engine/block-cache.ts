import type { Block } from "../../../src/streams/block/block";

/** Bytes of opened blocks, over all objects of the isolate: they share its memory. */
const MOST_BYTES = 8_000_000;

interface Entry {
  block: Block;
  bytes: number;
}

/** Opened blocks, the least recently used ones dropped first. Blocks never change: a key is never used for two. */
class BlockCache {
  private readonly entries = new Map<string, Entry>();
  private bytes = 0;

  get(key: string): Block | null {
    const entry = this.entries.get(key);
    if (!entry) return null;
    this.entries.delete(key);
    this.entries.set(key, entry);
    return entry.block;
  }

  put(key: string, block: Block, bytes: number): void {
    this.entries.set(key, { block, bytes });
    this.bytes += bytes;
    for (const [oldest, entry] of this.entries) {
      if (this.bytes <= MOST_BYTES || oldest === key) return;
      this.entries.delete(oldest);
      this.bytes -= entry.bytes;
    }
  }
}

export const blockCache = new BlockCache();
