import type { Block } from "../../../../src/streams/block/block";
import { type ChunkPlace, keyOf, type Run } from "../blocks/runs";
import type { BlockStore } from "../blocks/store";

/** Goes through the chunks of a run in their order, by the directories of its blocks. */
export class ChunkWalk {
  private index = 0;
  private at = 0;
  private block: Block | null = null;
  key = Number.POSITIVE_INFINITY;

  constructor(
    private readonly blocks: BlockStore,
    private readonly run: Run,
  ) {
    this.settle();
  }

  /** The chunks of the key, if it is the next. */
  take(key: number): ChunkPlace[] {
    const refs: ChunkPlace[] = [];
    while (this.key === key) {
      const block = this.block!;
      refs.push({
        run: this.run,
        meta: this.run.blocks[this.index]!,
        at: this.at,
        min: block.min[this.at]!,
        max: block.max[this.at]!,
        points: block.points[this.at]!,
      });
      this.at++;
      this.settle();
    }
    return refs;
  }

  private settle(): void {
    for (; this.index < this.run.blocks.length; this.index++, this.at = 0, this.block = null) {
      this.block ??= this.blocks.open(this.run.blocks[this.index]!);
      if (this.at >= this.block.ids.length) continue;
      this.key = keyOf(this.block.kinds[this.at]!, this.block.ids[this.at]!);
      return;
    }
    this.key = Number.POSITIVE_INFINITY;
  }
}

/** Chunks that overlap in time, together; those that do not, each for itself, in the order of time. */
export function* clustersOf(refs: ChunkPlace[][]): Generator<ChunkPlace[]> {
  const all = refs.flat().sort((a, b) => a.min - b.min || a.run.rank - b.run.rank);
  let cluster: ChunkPlace[] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const ref of all) {
    if (cluster.length > 0 && ref.min > end) {
      yield cluster;
      cluster = [];
    }
    cluster.push(ref);
    end = Math.max(end, ref.max);
  }
  if (cluster.length > 0) yield cluster;
}
