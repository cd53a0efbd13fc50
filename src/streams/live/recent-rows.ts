import type { Micros } from "../../core/timestamps";
import { type Frame, sizeOf } from "../frame";
import { FrameView, type LiveFilter } from "./filter";
import type { Gap } from "./gap";
import { LIVE_LIMITS } from "./limits";

interface Held {
  /** The number of the frame's first row; rows are numbered in the order of their arrival. */
  first: number;
  frame: Frame;
  bytes: number;
}

/** Rows as JSON in the order of their arrival, and how many more there were. */
export interface Batch {
  texts: string[];
  dropped: number;
}

/** The newest rows of a stream, once for all subscribers: each only remembers the number of the row that it waits for. */
export class RecentRows {
  private readonly held: Held[] = [];
  private bytes = 0;
  /** The number that the next row gets. */
  end = 0;

  /** Takes a frame; `forgotten` is told of each one that has to go for it, before it goes. */
  add(frame: Frame, forgotten: (frame: Frame, first: number) => void): void {
    const bytes = bytesOf(frame);
    this.held.push({ first: this.end, frame, bytes });
    this.end += frame.times.length;
    this.bytes += bytes;
    while (this.held.length > 1 && this.isOver()) {
      const oldest = this.held.shift()!;
      this.bytes -= oldest.bytes;
      forgotten(oldest.frame, oldest.first);
    }
  }

  /** The newest rows from number `from` on that the filter shows, within `maxChars`; one row is always given. */
  batch(from: number, filter: LiveFilter, maxChars: number): Batch {
    const texts: string[] = [];
    let [chars, dropped, isFull] = [0, 0, false];
    this.backwards(from, filter, (view, row) => {
      const text = isFull || texts.length >= LIVE_LIMITS.rowsPerMessage ? null : view.textOf(row);
      const isTooLong = text !== null && text.length > LIVE_LIMITS.rowChars;
      if (text === null || isTooLong) dropped++;
      else if (texts.length > 0 && chars + text.length > maxChars) {
        isFull = true;
        dropped++;
      } else {
        texts.push(text);
        chars += text.length + 1;
      }
    });
    return { texts: texts.reverse(), dropped };
  }

  /** The rows from number `from` on as a gap; null where the filter shows none. */
  gapFrom(from: number, filter: LiveFilter): Gap | null {
    const gap = new GapCount();
    this.backwards(from, filter, (_, row, frame) => gap.add(frame.times[row]!));
    return gap.result();
  }

  private backwards(
    from: number,
    filter: LiveFilter,
    visit: (view: FrameView, row: number, frame: Frame) => void,
  ): void {
    for (let i = this.held.length - 1; i >= 0; i--) {
      const { first, frame } = this.held[i]!;
      if (first + frame.times.length <= from) return;
      const view = new FrameView(frame, filter);
      for (let row = frame.times.length - 1; row >= Math.max(0, from - first); row--)
        if (view.has(row)) visit(view, row, frame);
    }
  }

  private isOver(): boolean {
    const rows = this.end - this.held[0]!.first;
    return rows > LIVE_LIMITS.recentRows || this.bytes > LIVE_LIMITS.recentBytes;
  }
}

/** The rows of one frame from `firstRow` on as a gap. */
export function gapOf(frame: Frame, firstRow: number, filter: LiveFilter): Gap | null {
  const view = new FrameView(frame, filter);
  const gap = new GapCount();
  for (let row = firstRow; row < frame.times.length; row++) if (view.has(row)) gap.add(frame.times[row]!);
  return gap.result();
}

class GapCount {
  private from: Micros = Number.POSITIVE_INFINITY;
  private to: Micros = Number.NEGATIVE_INFINITY;
  private rows = 0;

  add(timeMicros: Micros): void {
    this.rows++;
    if (timeMicros < this.from) this.from = timeMicros;
    if (timeMicros > this.to) this.to = timeMicros;
  }

  result(): Gap | null {
    return this.rows === 0 ? null : { fromMicros: this.from, toMicros: this.to, rows: this.rows, alerts: 0 };
  }
}

/** About what the frame takes in memory: columns and texts. */
function bytesOf({ times, fields, tagSets, attributes }: Frame): number {
  const ordinals = fields.filter((field) => field.ordinals !== null).length;
  let texts = 0;
  for (const tags of tagSets) texts += charsOf(tags);
  for (const { values } of attributes) texts += charsOf(values);
  return sizeOf(times.length, fields.length, ordinals) + 2 * texts;
}

function charsOf(texts: Record<string, string>): number {
  let chars = 0;
  for (const name in texts) chars += name.length + texts[name]!.length;
  return chars;
}
