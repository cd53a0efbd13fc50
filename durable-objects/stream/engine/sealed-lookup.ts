import { CHUNK_KINDS } from "../../../src/streams/block/block";
import {
  boundOf,
  collect,
  mergeParts,
  ordinalAt,
  type Part,
  within,
} from "../../../src/streams/engine/merge";
import type { BlockStore } from "./block-store";
import type { Series, TagSet } from "./catalog";

/** Points of decoded windows that are held: about 16 bytes each. */
const MOST_POINTS = 250_000;
/** Texts are held of so many tag sets. */
const MOST_TEXTS = 8;

interface Window {
  from: number;
  /** Inclusive. */
  to: number;
}

/**
 * What stands in blocks at one place: asked for every point that is not new for sure. A file that is sent again asks for
 * neighbours, so the chunks around a place are kept decoded.
 */
export class SealedLookup {
  private points = new Map<number, Window & { part: Part }>();
  private held = 0;
  private texts = new Map<number, Window & { rows: Map<string, Record<string, string>> }>();

  constructor(private readonly blocks: BlockStore) {}

  /** The blocks changed. */
  forget(): void {
    this.points = new Map();
    this.texts = new Map();
    this.held = 0;
  }

  value({ id, sealedLast }: Series, time: number, ordinal: number): number | undefined {
    if (time > sealedLast) return undefined;
    let known = this.points.get(id);
    if (!known || time < known.from || time > known.to) {
      const window = this.windowAt(CHUNK_KINDS.raw, id, time);
      if (!window) return undefined;
      const end = window.to + 1;
      const sources = this.blocks.sources(CHUNK_KINDS.raw, id, 1, window.from, end);
      const { times, ordinals, columns } = collect(within(mergeParts(sources), window.from, end), 1);
      known = { ...window, part: { times, ordinals, columns, from: 0, to: times.length } };
      this.hold(id, known);
    }
    const { part } = known;
    const at = boundOf(part, 0, time, ordinal);
    const isHere = at < part.to && part.times[at] === time && ordinalAt(part, at) === ordinal;
    return isHere ? part.columns[0]![at] : undefined;
  }

  textsAt(tagSet: TagSet, time: number, ordinal: number): Record<string, string> | undefined {
    let known = this.texts.get(tagSet.id);
    if (!known || time < known.from || time > known.to) {
      const window = this.windowAt(CHUNK_KINDS.text, tagSet.id, time);
      if (!window) return undefined;
      const rows = new Map<string, Record<string, string>>();
      const sources = this.blocks.textSources(tagSet.id, window.from, window.to + 1);
      for (const part of within(mergeParts(sources), window.from, window.to + 1)) {
        for (let i = part.from; i < part.to; i++) {
          const row = part.rows[i]!;
          rows.set(`${row.timeMicros}/${row.ordinal}`, row.values);
        }
      }
      known = { ...window, rows };
      if (this.texts.size >= MOST_TEXTS) this.texts.clear();
      this.texts.set(tagSet.id, known);
    }
    return known.rows.get(`${time}/${ordinal}`);
  }

  /** The extent of the chunks that have `time` between their ends. */
  private windowAt(kind: number, id: number, time: number): Window | null {
    let window: Window | null = null;
    for (const { min, max } of this.blocks.extents(kind, id, time)) {
      if (!window) window = { from: min, to: max };
      else window = { from: Math.min(window.from, min), to: Math.max(window.to, max) };
    }
    return window;
  }

  private hold(id: number, window: Window & { part: Part }): void {
    this.held += window.part.to - (this.points.get(id)?.part.to ?? 0);
    if (this.held > MOST_POINTS) {
      this.points.clear();
      this.held = window.part.to;
    }
    this.points.set(id, window);
  }
}
