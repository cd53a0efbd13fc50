import type { Applier } from "./apply";
import type { BlockStore } from "./blocks/store";
import { appliedFrame, type Journal } from "./log/journal";
import type { LogRow } from "./log/log";
import type { Points } from "./points";
import type { Progress } from "./progress";

interface Parts {
  journal: Journal;
  progress: Progress;
  applier: Applier;
  points: Points;
  blocks: BlockStore;
}

/** Does again what the log says since the last seal. What was deleted holds from its own entry on: before that its points still counted. */
export function replay({ journal, progress, applier, points, blocks }: Parts): void {
  const { sealedSeq } = progress;
  const later = blocks.tombstones.filter(({ seq }) => seq > sealedSeq);
  blocks.tombstones = blocks.tombstones.filter(({ seq }) => seq <= sealedSeq);
  for (const row of journal.replay(progress.generation)) {
    const { seq, meta } = row;
    if (meta.kind === "append") append(row, progress, applier);
    else if (meta.kind === "arrival") progress.arrived(Number(meta.counts.base) + Number(meta.counts.rows));
    else if (meta.range) {
      points.delete(meta.range, () => {
        const tombstone = later.find((one) => one.seq === seq);
        if (tombstone) blocks.tombstones.push(tombstone);
      });
    }
  }
}

function append(row: LogRow, progress: Progress, applier: Applier): void {
  const { frame, nextArrival } = appliedFrame(row);
  progress.arrived(nextArrival);
  const { atMs, counts } = row.meta;
  progress.count(atMs, applier.apply(frame), Number(counts.rejected), row.frame.byteLength);
}
