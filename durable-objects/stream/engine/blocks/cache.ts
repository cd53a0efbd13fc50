import type { Block, Directory } from "../../../../src/streams/block/block";
import type { Part } from "../../../../src/streams/engine/merge";
import type { TextPart } from "./chunk-parts";
import type { Window } from "./chunk-window";

/** Bytes held over all objects of the isolate, which share its memory. */
const MOST_BYTES = { blocks: 16_000_000, directories: 4_000_000, windows: 8_000_000, texts: 4_000_000 };

interface Entry<T> {
  value: T;
  bytes: number;
}

/** Values by key, the least recently used ones dropped first. Blocks never change: a key is never used for two of them. */
class Cache<T> {
  private readonly entries = new Map<string, Entry<T>>();
  private bytes = 0;

  constructor(private readonly mostBytes: number) {}

  get(key: string): T | null {
    const entry = this.entries.get(key);
    if (!entry) return null;
    this.entries.delete(key);
    this.entries.set(key, entry);
    return entry.value;
  }

  put(key: string, value: T, bytes: number): void {
    const before = this.entries.get(key);
    if (before) {
      this.entries.delete(key);
      this.bytes -= before.bytes;
    }
    this.entries.set(key, { value, bytes });
    this.bytes += bytes;
    for (const [oldest, entry] of this.entries) {
      if (this.bytes <= this.mostBytes || oldest === key) return;
      this.entries.delete(oldest);
      this.bytes -= entry.bytes;
    }
  }
}

/** Opened blocks. */
export const blockCache = new Cache<Block>(MOST_BYTES.blocks);

/** Their directories, held for longer: to know where a late point would stand, most blocks need not be opened. */
export const directoryCache = new Cache<Directory>(MOST_BYTES.directories);

/** Decoded points around those that were asked for last, by chunk. */
export const windowCache = new Cache<Window<Part>>(MOST_BYTES.windows);

/** The same of texts. */
export const textCache = new Cache<Window<TextPart>>(MOST_BYTES.texts);
