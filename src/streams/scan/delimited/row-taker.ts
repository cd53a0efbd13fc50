import type { Batch, BatchBuilder } from "../../batch";
import { STREAM_LIMITS } from "../../contract";
import type { Lent, RowTexts } from "../../frame-builder";
import { textsBytes } from "../../text-bytes";
import type { CellText } from "./cell-texts";
import { type KnownTagSet, type Layout, Layouts } from "./layouts";

/** A run of fewer rows written straight into the columns costs more than it saves. */
const FEW_ROWS = 4;
/** Rows taken one at a time at most after such a run. */
const MOST_PASSED = 64;

/** A row as a reader has read it from its bytes, by column: what its cells are, the numbers of its fields, its tags and texts. */
export interface RowCells {
  readonly kinds: Uint8Array;
  readonly numbers: Float64Array;
  readonly meanings: readonly (CellText | null)[];
  /** Microseconds; NaN: it has none. */
  readonly time: number;
  /** Whether `kinds` changed since somebody set this to false. */
  isNewLayout: boolean;
}

/**
 * Puts rows that were read from their bytes into frames. Rows of one form are written straight into the columns that the
 * builder lends, as long as the times of each tag set go up or down; the others are added one at a time.
 */
export class RowTaker {
  private readonly layouts: Layouts;
  private layout: Layout | null = null;
  private lent: Lent | null = null;
  private lentLayout: Layout | null = null;
  /** The first free row of what is lent. */
  private row = 0;
  /** Counts the frames, so that a tag set knows whether its index is of this one. */
  private fill = 0;
  private filled: Float64Array | null = null;
  private passing = 0;
  private penalty = 0;
  /** Of the tag set that takes most bytes in a directory. */
  private tagSetBytes = 0;
  private values: Float64Array;

  /** `names` are those of the columns; "": such a one has no field, tag or text. */
  constructor(
    names: readonly string[],
    private readonly reader: RowCells,
    private readonly batches: BatchBuilder,
  ) {
    this.layouts = new Layouts(names);
    this.values = new Float64Array(names.length + 1);
  }

  /** What the row that was read comes to; undefined where it is not for here, and null where it is taken. */
  take(): Batch | null | undefined {
    const { reader } = this;
    if (reader.isNewLayout) {
      this.layout = this.layouts.find(reader.kinds);
      reader.isNewLayout = false;
    }
    const { layout } = this;
    if (!layout) return undefined;
    const known = this.layouts.tagSetOf(layout, reader.meanings);
    if (!known) return undefined;
    let texts: RowTexts | null = null;
    if (layout.attributes.length > 0) {
      const values = this.layouts.attributesOf(layout, reader.meanings);
      texts = { values, bytes: textsBytes(values) };
      if (texts.bytes > STREAM_LIMITS.frameBytes) return undefined;
    }
    if (known.tagSet.bytes > this.tagSetBytes) this.tagSetBytes = known.tagSet.bytes;
    const { time } = reader;
    if (this.isLent(layout, time) && this.write(layout, known, time, texts)) return null;
    this.settle();
    return this.add(layout, known, time, texts);
  }

  /** Rows that were written are the builder's; to be called before anything else is done with it. */
  settle(): void {
    const { lent } = this;
    if (!lent) return;
    this.batches.builder.keep(lent, this.row);
    this.lent = null;
    // What ends with the room of the frame says nothing about the rows.
    if (this.row - lent.start >= FEW_ROWS || this.row === lent.end) this.penalty = 0;
    else {
      this.penalty = Math.min(MOST_PASSED, this.penalty * 2 + 1);
      this.passing = this.penalty;
    }
  }

  /** Whether columns are lent for a row of this form. */
  private isLent({ shape }: Layout, time: number): boolean {
    if (Number.isNaN(time)) return false;
    if (this.lent) {
      if (this.lentLayout!.shape !== shape) return false;
      if (this.row < this.lent.end) return true;
      this.settle();
    }
    if (this.passing > 0) {
      this.passing--;
      return false;
    }
    this.lent = this.batches.builder.lend(shape, this.tagSetBytes);
    if (!this.lent) return false;
    this.lentLayout = this.layout;
    this.row = this.lent.start;
    if (this.lent.times !== this.filled) {
      this.filled = this.lent.times;
      this.fill++;
    }
    return true;
  }

  private write(
    { shape, places }: Layout,
    known: KnownTagSet,
    time: number,
    texts: RowTexts | null,
  ): boolean {
    const lent = this.lent!;
    const { row } = this;
    const { builder } = this.batches;
    if (known.fill !== this.fill) {
      const index = builder.indexInLent(lent, shape, known.tagSet, row, this.tagSetBytes);
      if (index < 0) return false;
      known.fill = this.fill;
      known.index = index;
      known.id = known.tagSet.id;
    }
    const { earliest, latest } = lent.spans;
    const { id } = known;
    if (!(time > latest[id]! || time < earliest[id]!)) return false;
    if (texts && !builder.textsInLent(lent, known.tagSet, row, texts, this.tagSetBytes)) return false;
    if (time > latest[id]!) latest[id] = time;
    if (time < earliest[id]!) earliest[id] = time;
    lent.times[row] = time;
    lent.tagSetOf[row] = known.index;
    const { columns } = lent;
    const { numbers } = this.reader;
    for (let i = 0; i < columns.length; i++) {
      const place = places[i]!;
      columns[i]![row] = place < 0 ? 1 : numbers[place]!;
    }
    this.row = row + 1;
    return true;
  }

  private add(
    { shape, places }: Layout,
    { tagSet }: KnownTagSet,
    time: number,
    texts: RowTexts | null,
  ): Batch | null {
    const { builder } = this.batches;
    let batch: Batch | null = null;
    if (!builder.fitsShared(shape, tagSet, builder.length, texts?.bytes)) {
      batch = this.batches.cut();
      // What has filled one frame mostly fills the next.
      builder.expect(STREAM_LIMITS.rowsPerFrame);
    }
    const { numbers } = this.reader;
    for (let i = 0; i < places.length; i++) this.values[i] = places[i]! < 0 ? 1 : numbers[places[i]!]!;
    builder.addShared(shape, tagSet, time, this.values, texts);
    return batch;
  }
}
