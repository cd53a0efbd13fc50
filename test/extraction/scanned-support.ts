import type { ScannedText } from "../../src/extraction/scanned-text";
import type { Batch } from "../../src/streams/batch";

/** Rows of frames in their order, and what was rejected. */
export function told(batches: Iterable<Batch>) {
  const rows: unknown[] = [];
  let rejected = 0;
  const errors: unknown[] = [];
  for (const batch of batches) {
    rejected += batch.rejected;
    errors.push(...batch.errors);
    const { frame } = batch;
    if (!frame) continue;
    const texts = new Map(frame.attributes.map(({ row, values }) => [row, values]));
    for (let row = 0; row < frame.times.length; row++) {
      const fields: Record<string, unknown> = {};
      for (const { name, values, ordinals } of frame.fields)
        if (!Number.isNaN(values[row]!)) fields[name] = [values[row], ordinals?.[row] ?? 0];
      rows.push({
        time: frame.times[row],
        tags: frame.tagSets[frame.tagSetOf[row]!],
        fields,
        texts: texts.get(row),
      });
    }
  }
  return { rows, rejected, errors };
}

/** The batches of a text that is cut anywhere; large ones come in larger pieces. */
export function inPieces(scanned: ScannedText, bytes: Uint8Array, random: () => number): Batch[] {
  const batches: Batch[] = [];
  const most = Math.max(500, bytes.length / 500);
  for (let at = 0; at < bytes.length; ) {
    const to = Math.min(bytes.length, at + 1 + Math.floor(random() * most));
    for (const batch of scanned.push(bytes.slice(at, to))) batches.push(batch);
    at = to;
  }
  for (const batch of scanned.end()) batches.push(batch);
  return batches;
}

export const pick = <T>(random: () => number, items: readonly T[]): T =>
  items[Math.floor(random() * items.length)]!;
