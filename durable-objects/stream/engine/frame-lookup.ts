import { OCCURRENCE } from "../../../src/streams/contract";
import type { Head } from "../../../src/streams/engine/head";
import { placesOf } from "../../../src/streams/engine/places";
import type { Frame, FrameField } from "../../../src/streams/frame";
import type { SealedLookup } from "./blocks/lookup";
import type { Catalog, Series, TagSet } from "./catalog";
import type { HeadTexts } from "./head-texts";

/** An ordinal is less. */
const ORDINALS = 2 ** 32;

type Texts = Record<string, string>;

/** A place of a row at which none of its own fields stands, and their series. */
interface Unfound {
  row: number;
  place: number;
  asked: ReadonlySet<number>;
}

/**
 * What stands at the places of a frame: in the head, which changes while the frame is applied, or in blocks, which do not.
 * Those are walked once for all that the frame may ask, at its first question.
 */
export class FrameLookup {
  /** By field and row; NaN, or null for a whole field: nothing stands in blocks. */
  private values: (Float64Array | null)[] | null = null;
  /** Places at which blocks have a point of a series that the row says nothing of. */
  private others: Set<number> | null = null;
  private texts: Map<number, Texts> | null = null;
  /** The field that a row with texts has, at the place of those. */
  private readonly occurrence: number;
  /** Rows at the place of whose occurrence there was one already. */
  private readonly occurred = new Set<number>();

  constructor(
    private readonly frame: Frame,
    private readonly tagSets: readonly TagSet[],
    private readonly catalog: Catalog,
    private readonly unsealed: { head: Head; texts: HeadTexts },
    private readonly sealed: SealedLookup,
  ) {
    this.occurrence = frame.fields.findIndex(({ name }) => name === OCCURRENCE);
  }

  /** The value at the row's place in the series of a field, or undefined. */
  value(series: Series, field: number, row: number): number | undefined {
    const value = this.inHead(series, field, row) ?? this.inBlocks(field, row);
    if (field === this.occurrence && value !== undefined) this.occurred.add(row);
    return value;
  }

  /** Whether some series of the row's tag set has a point at this ordinal, where those of its own fields have none. */
  isRow(row: number, ordinal: number): boolean {
    const { series } = this.tagSetOf(row);
    const time = this.frame.times[row]!;
    if (series.some(({ id, count }) => count > 0 && this.unsealed.head.find(id, time, ordinal) !== undefined))
      return true;
    this.others ??= this.findOthers();
    return this.others.has(row * ORDINALS + ordinal);
  }

  /** The texts at the place of the row's occurrence, or undefined; {@link value} was asked for all of the row's fields. */
  textsAt(row: number): Texts | undefined {
    // Where no occurrence stands, no texts do: most late rows need not look.
    if (this.hasOccurrence(row) && !this.occurred.has(row)) return undefined;
    const inHead = this.unsealed.texts.at(
      this.tagSetOf(row).id,
      this.frame.times[row]!,
      this.textOrdinal(row),
    );
    if (inHead) return inHead;
    this.texts ??= this.findTexts();
    return this.texts.get(row);
  }

  /** Where the texts of a row stand. */
  textOrdinal(row: number): number {
    const field = this.frame.fields[this.occurrence];
    return field ? ordinalOf(field, row) : 0;
  }

  private hasOccurrence(row: number): boolean {
    const field = this.frame.fields[this.occurrence];
    return field !== undefined && !Number.isNaN(field.values[row]!);
  }

  private findValues(): (Float64Array | null)[] {
    const { times, fields } = this.frame;
    const rows = times.length;
    const found: (Float64Array | null)[] = fields.map(() => null);
    const slots = new Map<number, number[]>();
    for (let i = 0; i < fields.length; i++) {
      const { name, values } = fields[i]!;
      const series = this.tagSets.map((tagSet) => this.catalog.find(tagSet, name));
      for (let row = 0; row < rows; row++) {
        const one = series[this.frame.tagSetOf[row]!];
        if (!one || Number.isNaN(values[row]!) || !mayBeSealed(one, times[row]!)) continue;
        if (this.inHead(one, i, row) === undefined) push(slots, one.id, i * rows + row);
      }
    }
    const hasOrdinals = fields.some(({ ordinals }) => ordinals !== null);
    const ordinalAt = (slot: number) => ordinalOf(fields[Math.floor(slot / rows)]!, slot % rows);
    const places = ascending(slots).map(([id, own]) =>
      placesOf(id, own, (slot) => times[slot % rows]!, hasOrdinals ? ordinalAt : null),
    );
    this.sealed.values(places, (slot, value) => {
      const field = Math.floor(slot / rows);
      const values = found[field] ?? new Float64Array(rows).fill(Number.NaN);
      values[slot % rows] = value;
      found[field] = values;
    });
    return found;
  }

  /**
   * Looks for all rows of which nothing was found so far, though not all of them will be asked for. One series after the
   * other: what is found in one need not be looked for in the next, and a tag set may have thousands.
   */
  private findOthers(): Set<number> {
    const { times } = this.frame;
    const others = new Set<number>();
    const timeOf = (place: number) => times[Math.floor(place / ORDINALS)]!;
    for (const { series, unfound } of this.unfound()) {
      const left: number[] = [];
      for (const { row, place, asked } of unfound)
        if (mayBeSealed(series, times[row]!) && !asked.has(series.id) && !others.has(place)) left.push(place);
      if (left.length === 0) continue;
      const places = placesOf(series.id, left, timeOf, (place) => place % ORDINALS);
      this.sealed.values([places], (place) => others.add(place));
    }
    return others;
  }

  /**
   * For every series, the places of rows of its tag set at which nothing was found. Also where it is the only one: a row
   * that comes later in the frame may be the first with its field.
   */
  private unfound(): { series: Series; unfound: Unfound[] }[] {
    const byTagSet = new Map<TagSet, Unfound[]>();
    for (let row = 0; row < this.frame.times.length; row++) {
      const tagSet = this.tagSetOf(row);
      const unfound = byTagSet.get(tagSet) ?? [];
      byTagSet.set(tagSet, unfound);
      for (const [ordinal, asked] of this.unfoundOf(row))
        unfound.push({ row, place: row * ORDINALS + ordinal, asked });
    }
    return [...byTagSet]
      .flatMap(([tagSet, unfound]) => tagSet.series.map((series) => ({ series, unfound })))
      .sort((a, b) => a.series.id - b.series.id);
  }

  /** The ordinals of a row at which nothing was found in blocks, and the series that were asked there. */
  private unfoundOf(row: number): Map<number, Set<number>> {
    const unfound = new Map<number, Set<number>>();
    const found = new Set<number>();
    for (const [i, field] of this.frame.fields.entries()) {
      if (Number.isNaN(field.values[row]!)) continue;
      const ordinal = ordinalOf(field, row);
      if (this.inBlocks(i, row) !== undefined) found.add(ordinal);
      const asked = unfound.get(ordinal) ?? new Set();
      unfound.set(ordinal, asked);
      const series = this.catalog.find(this.tagSetOf(row), field.name);
      if (series) asked.add(series.id);
    }
    for (const ordinal of found) unfound.delete(ordinal);
    return unfound;
  }

  private findTexts(): Map<number, Texts> {
    const found = new Map<number, Texts>();
    const rows = new Map<number, number[]>();
    for (const row of new Set(this.frame.attributes.map((one) => one.row)))
      if (this.mayHaveTexts(row)) push(rows, this.tagSetOf(row).id, row);
    const places = ascending(rows).map(([id, own]) =>
      placesOf(
        id,
        own,
        (row) => this.frame.times[row]!,
        (row) => this.textOrdinal(row),
      ),
    );
    this.sealed.texts(places, (row, texts) => found.set(row, texts));
    return found;
  }

  private mayHaveTexts(row: number): boolean {
    if (!this.hasOccurrence(row) || this.inBlocks(this.occurrence, row) !== undefined) return true;
    const series = this.catalog.find(this.tagSetOf(row), OCCURRENCE);
    return series !== null && this.inHead(series, this.occurrence, row) !== undefined;
  }

  private inBlocks(field: number, row: number): number | undefined {
    this.values ??= this.findValues();
    const value = this.values[field]?.[row];
    return value === undefined || Number.isNaN(value) ? undefined : value;
  }

  private inHead({ id }: Series, field: number, row: number): number | undefined {
    return this.unsealed.head.find(id, this.frame.times[row]!, ordinalOf(this.frame.fields[field]!, row));
  }

  private tagSetOf(row: number): TagSet {
    return this.tagSets[this.frame.tagSetOf[row]!]!;
  }
}

export const ordinalOf = ({ ordinals }: FrameField, row: number): number => ordinals?.[row] ?? 0;

/** False where no block has a point of the series at this time that counts. */
const mayBeSealed = ({ count, first, last, sealedLast }: Series, time: number): boolean =>
  count > 0 && time >= first && time <= last && time <= sealedLast;

function push(lists: Map<number, number[]>, id: number, one: number): void {
  const list = lists.get(id);
  if (list) list.push(one);
  else lists.set(id, [one]);
}

const ascending = (lists: Map<number, number[]>): [number, number[]][] =>
  [...lists].sort(([a], [b]) => a - b);
