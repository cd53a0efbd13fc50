import type { Range } from "../../../../src/streams/engine/merge";

/** A chunk's place in the order of a run: by kind, then by id. */
const KIND_SPACE = 2 ** 32;
export const keyOf = (kind: number, id: number): number => kind * KIND_SPACE + id;
export const kindOfKey = (key: number): number => Math.floor(key / KIND_SPACE);

/** A block, but for its bytes. */
export interface BlockMeta {
  id: number;
  /** The seal or compaction that wrote it: the blocks of a run ascend by key and then time. */
  run: number;
  level: number;
  /** A greater rank was written later, and wins. */
  rank: number;
  firstKey: number;
  lastKey: number;
  minMicros: number;
  maxMicros: number;
  bytes: number;
}

export interface Run {
  id: number;
  level: number;
  rank: number;
  /** In the order of their keys. */
  blocks: BlockMeta[];
  bytes: number;
}

/** Where a chunk lies, and what its directory says of it. */
export interface ChunkPlace {
  run: Run;
  meta: BlockMeta;
  /** Its number in the block. */
  at: number;
  min: number;
  max: number;
  points: number;
}

/** A chunk, and what its content is cached under. */
export interface ChunkAt {
  meta: BlockMeta;
  at: number;
  key: string;
}

/** A deleted range: masks what runs up to this rank hold in it, until they are rewritten without it. */
export interface Tombstone extends Range {
  id: number;
  upToRank: number;
  /** The log entry that says so: during a replay it holds from there on. */
  seq: number;
}

export interface NewBlock {
  data: Uint8Array;
  firstKey: number;
  lastKey: number;
  minMicros: number;
  maxMicros: number;
}

/** The first block whose last key is not before `key`. */
export function firstWith(blocks: readonly BlockMeta[], key: number): number {
  let low = 0;
  let high = blocks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (blocks[middle]!.lastKey < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
