import { CHUNK_KINDS } from "../../../src/streams/block/block";
import { boundOf, ordinalAt, type Part } from "../../../src/streams/engine/merge";
import type { BlockStore, ChunkPlace } from "./block-store";
import type { Series, TagSet } from "./catalog";

/** Points of decoded chunks that are held, about 16 bytes each, and rows of texts. */
const MOST_HELD = 800_000;

/** Times between which the same chunks may hold a point, and these chunks, the newest first. */
interface Neighbourhood {
  from: number;
  /** Inclusive. */
  to: number;
  chunks: ChunkPlace[];
}

/**
 * What stands in blocks at one place: asked for every point that is not new for sure. A file that is sent again asks for
 * neighbours, so the chunks around a place are kept decoded; a chunk is bounded, whatever span of time it has.
 */
export class SealedLookup {
  private neighbourhoods = new Map<number, Neighbourhood>();
  private decoded = new Map<number, Part>();
  private texts = new Map<number, Map<string, Record<string, string>>>();
  private held = 0;

  constructor(private readonly blocks: BlockStore) {}

  /** The blocks changed. */
  forget(): void {
    this.neighbourhoods = new Map();
    this.drop();
  }

  value({ id, sealedLast }: Series, time: number, ordinal: number): number | undefined {
    if (time > sealedLast) return undefined;
    for (const place of this.around(CHUNK_KINDS.raw, id, time)) {
      const part = this.decodedAt(place);
      const at = boundOf(part, 0, time, ordinal);
      if (at >= part.to || part.times[at] !== time || ordinalAt(part, at) !== ordinal) continue;
      // What is older than a deletion is gone, in every older run too.
      return this.isDeleted(place, time) ? undefined : part.columns[0]![at];
    }
    return undefined;
  }

  textsAt(tagSet: TagSet, time: number, ordinal: number): Record<string, string> | undefined {
    for (const place of this.around(CHUNK_KINDS.text, tagSet.id, time)) {
      const values = this.textsOf(place).get(`${time}/${ordinal}`);
      if (values) return this.isDeleted(place, time) ? undefined : values;
    }
    return undefined;
  }

  private isDeleted({ run }: ChunkPlace, time: number): boolean {
    return this.blocks
      .masksOf(run.rank, CHUNK_KINDS.raw)
      .some(({ start, end }) => time >= start && time < end);
  }

  private around(kind: number, id: number, time: number): ChunkPlace[] {
    const key = kind * 2 ** 32 + id;
    const known = this.neighbourhoods.get(key);
    if (known && time >= known.from && time <= known.to) return known.chunks;
    const found: Neighbourhood = {
      from: Number.NEGATIVE_INFINITY,
      to: Number.POSITIVE_INFINITY,
      chunks: [],
    };
    for (const place of this.blocks.around(kind, id, time)) {
      const { min, max } = place;
      if (max < time) found.from = Math.max(found.from, max + 1);
      else if (min > time) found.to = Math.min(found.to, min - 1);
      else {
        found.from = Math.max(found.from, min);
        found.to = Math.min(found.to, max);
        found.chunks.push(place);
      }
    }
    found.chunks.reverse();
    this.neighbourhoods.set(key, found);
    return found.chunks;
  }

  private decodedAt(place: ChunkPlace): Part {
    const key = placeKey(place);
    const known = this.decoded.get(key);
    if (known) return known;
    const part = this.blocks.read(place);
    this.hold(part.to);
    this.decoded.set(key, part);
    return part;
  }

  private textsOf(place: ChunkPlace): Map<string, Record<string, string>> {
    const key = placeKey(place);
    const known = this.texts.get(key);
    if (known) return known;
    const rows = this.blocks.readTexts(place);
    // A text weighs more than a point.
    this.hold(rows.length * 20);
    const byPlace = new Map(rows.map((row) => [`${row.timeMicros}/${row.ordinal}`, row.values]));
    this.texts.set(key, byPlace);
    return byPlace;
  }

  private hold(points: number): void {
    this.held += points;
    if (this.held <= MOST_HELD) return;
    this.drop();
    this.held = points;
  }

  private drop(): void {
    this.decoded = new Map();
    this.texts = new Map();
    this.held = 0;
  }
}

/** A block has fewer chunks than this: each takes some bytes. */
const CHUNKS_PER_BLOCK = 2 ** 20;
const placeKey = ({ meta, at }: ChunkPlace): number => meta.id * CHUNKS_PER_BLOCK + at;
