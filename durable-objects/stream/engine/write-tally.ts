import { DAY_MS } from "../../../src/core/clock";
import { type DayMark, NOTHING_WRITTEN, type Written } from "../../../src/core/write-report";

/** Days with writes that are told apart: whoever asks less often finds the older ones added together. */
const DAYS_KEPT = 8;

/**
 * What was ever written, with a mark at the end of each of the latest days on which something was. A checkpoint holds the
 * marks and the log what came after them, so that they cost no row of their own.
 */
export class WriteTally {
  constructor(readonly marks: DayMark[] = []) {}

  /** A clock that was set back changes nothing: days do not go back. */
  add(atMs: number, counts: Omit<Written, "writes">): void {
    const last = this.marks.at(-1);
    const day = Math.max(Math.floor(atMs / DAY_MS), last?.day ?? 0);
    const mark = last?.day === day ? last : this.begin(day, last ?? NOTHING_WRITTEN);
    mark.writes++;
    mark.accepted += counts.accepted;
    mark.updated += counts.updated;
    mark.duplicates += counts.duplicates;
    mark.rejected += counts.rejected;
    mark.bytes += counts.bytes;
  }

  private begin(day: number, before: Written): DayMark {
    const mark = { ...before, day };
    this.marks.push(mark);
    if (this.marks.length > DAYS_KEPT) this.marks.shift();
    return mark;
  }
}
