import { CHUNK_KINDS } from "../../../../src/streams/block/block";
import { BUCKET_WIDTH } from "../../../../src/streams/engine/buckets";
import { withoutRanges } from "../../../../src/streams/engine/merge";
import { partOf, textPartOf } from "../blocks/chunk-parts";
import type { BlockMeta, NewBlock, Run, Tombstone } from "../blocks/runs";
import { BlockWriter } from "../blocks/writer";
import type { Engine } from "../engine";
import { Compaction, FAN_IN } from "./compaction";

/**
 * In idle time the newest runs become one, back to the first that is so many times larger than all after it, or larger than
 * this: a reading now and then must not rewrite a stream of a hundred megabytes each time.
 */
const IDLE = { times: 4, bytes: 128_000 };

/**
 * The work behind the writes: runs are compacted, and what was deleted is taken out of blocks. In steps of about one
 * block, each a transaction of its own: writes go on between them, and a crash loses one unfinished compaction.
 */
export class Maintenance {
  private compaction: { work: Compaction; run: Run } | null = null;
  private cleaning: { tombstone: Tombstone; left: { run: Run; meta: BlockMeta }[] } | null = null;

  constructor(
    private readonly engine: Engine,
    private readonly storage: Pick<DurableObjectStorage, "transactionSync">,
    private readonly nowMs: () => number,
  ) {}

  /** Bytes of a compaction that is not whole: stored twice for a while, and not the tenant's. */
  get buildingBytes(): number {
    return this.compaction?.run.bytes ?? 0;
  }

  isNeeded(): boolean {
    const { blocks, points } = this.engine;
    const isDeleted = blocks.tombstones.length > 0 || points.deleted.length > 0;
    return this.isBusy() || isDeleted || this.fullLevel() !== null;
  }

  /** One step; false when nothing is left to do: then no block and no log holds what was deleted. `isIdle`: also small runs become one. */
  step(isIdle = false): boolean {
    if (this.compaction) this.compact(this.compaction);
    else if (this.engine.blocks.tombstones.length > 0) this.clean();
    else if (this.engine.points.deleted.length > 0) this.seal();
    else {
      const full = this.fullLevel();
      if (full) this.begin(full, full[0]!.level + 1);
      else {
        const small = isIdle ? this.smallRuns() : null;
        if (!small) return false;
        // Not a level up: older runs must never be of a lower level, or a level's runs would have others between them.
        this.begin(small, small[0]!.level);
      }
    }
    return true;
  }

  private isBusy(): boolean {
    return this.compaction !== null || this.cleaning !== null;
  }

  private fullLevel(): Run[] | null {
    const { runs } = this.engine.blocks;
    for (const level of new Set(runs.map((run) => run.level))) {
      const same = runs.filter((run) => run.level === level);
      if (same.length >= FAN_IN) return same.slice(0, FAN_IN);
    }
    return null;
  }

  private smallRuns(): Run[] | null {
    const { runs } = this.engine.blocks;
    let from = runs.length;
    for (let bytes = 0; from > 0; from--) {
      const run = runs[from - 1]!;
      if (from < runs.length && run.bytes > Math.max(IDLE.bytes, IDLE.times * bytes)) break;
      bytes += run.bytes;
    }
    return runs.length - from > 1 ? runs.slice(from) : null;
  }

  private begin(runs: readonly Run[], level: number): void {
    const { blocks, sealedSeq } = this.engine;
    const run = blocks.newRun(level, Math.max(...runs.map(({ rank }) => rank)));
    this.storage.transactionSync(() => this.engine.state.setBuilding(run.id));
    this.compaction = { work: new Compaction(blocks, runs, sealedSeq), run };
  }

  private compact({ work, run }: { work: Compaction; run: Run }): void {
    const { blocks } = this.engine;
    const made = work.next();
    // Nothing whole yet: nothing to write.
    if (made?.length === 0) return;
    this.storage.transactionSync(() => {
      if (made) {
        for (const block of made) blocks.append(run, block);
        return;
      }
      for (const old of work.runs) blocks.deleteRun(old.id);
      this.engine.state.setBuilding(null);
    });
    if (made) return;
    blocks.adopt(run, work.runs);
    this.compaction = null;
  }

  private seal(): void {
    this.engine.follower?.catchUp();
    this.storage.transactionSync(() => this.engine.seal(this.nowMs()));
  }

  /** Rewrites one block in which a deleted range lies. */
  private clean(): void {
    const { blocks } = this.engine;
    const tombstone = blocks.tombstones[0]!;
    if (tombstone.seq > this.engine.sealedSeq) {
      // A replay of the log needs the points as they stood before the deletion.
      this.seal();
      return;
    }
    if (this.cleaning?.tombstone !== tombstone)
      this.cleaning = { tombstone, left: [...blocks.overlapping(tombstone)] };
    const next = this.cleaning.left.pop();
    this.storage.transactionSync(() => {
      if (next) this.rewrite(next.run, next.meta, tombstone);
      else blocks.dropTombstone(tombstone.id);
    });
    if (!next) this.cleaning = null;
  }

  private rewrite(run: Run, meta: BlockMeta, { start, end }: Tombstone): void {
    const { blocks } = this.engine;
    const block = blocks.open(meta);
    const made: NewBlock[] = [];
    const writer = new BlockWriter((one) => made.push(one));
    let isChanged = false;
    for (let at = 0; at < block.ids.length; at++) {
      const [kind, id, min, max] = [block.kinds[at]!, block.ids[at]!, block.min[at]!, block.max[at]!];
      const masks = blocks.masksOf(run.rank, kind, this.engine.sealedSeq);
      if (!masks.some((mask) => min < mask.end && max >= mask.start)) {
        writer.chunk(kind, id, block.chunk(at), block.points[at]!, min, max);
        continue;
      }
      isChanged = true;
      if (kind === CHUNK_KINDS.text) {
        const kept = [...withoutRanges([textPartOf(block.chunk(at))], masks)];
        writer.texts(
          id,
          kept.flatMap((part) => part.rows.slice(part.from, part.to)),
        );
      } else {
        const part = partOf(block.chunk(at), kind === CHUNK_KINDS.raw ? 1 : BUCKET_WIDTH);
        for (const kept of withoutRanges([part], masks)) writer.points(kind, id, kept);
      }
    }
    writer.flush();
    if (isChanged || (start <= meta.minMicros && end > meta.maxMicros)) blocks.rewrite(run, meta, made);
  }
}
