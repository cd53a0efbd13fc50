import { inRange } from "../../core/timestamps";
import type { FrameBuilder, Lent, SharedTagSet } from "../frame-builder";
import { IsoReader } from "./iso";
import { NumberReader } from "./number";
import { END, EPOCH, NUMBER, type Program, STEP, TEXT } from "./program";
import { TagSetTable } from "./tag-sets";

/** Powers of ten that are doubles without rounding. */
const POWERS = Float64Array.from({ length: 16 }, (_, exponent) => 10 ** exponent);
/** So many digits are an integer of 31 bits. */
const SHORT_DIGITS = 9;
/** A number as text, as the row scanner takes it. */
const TEXT_CHARS = 17;
/** A run of fewer rows costs more than it saves. */
const FEW_ROWS = 4;
/** Rows left to the row scanner at most after such a run. */
const MOST_PASSED = 64;
const [QUOTE, MINUS, DOT, COLON, Z] = [34, 45, 46, 58, 90];
const NO_BYTES = new DataView(new ArrayBuffer(0));

/**
 * Reads row after row by a program, straight into the columns of the frame that is built. It takes rows of tag sets that it
 * was shown, for one builder after another, with times that go up or down in each of them, and checks every byte of them; all other rows it leaves.
 */
export class RunScanner {
  private readonly tagSets = new TagSetTable();
  /** The tag set of the row before. */
  private last = 0;
  /** Told by one of its columns: another frame has other indices. */
  private filled: Float64Array | null = null;
  private row = 0;
  private passing = 0;
  private penalty = 0;

  private readonly texts: Int32Array;
  private readonly numbers = new NumberReader();
  private readonly iso = new IsoReader();
  private bytes: Uint8Array | null = null;
  private view: DataView = NO_BYTES;
  // What times mostly share with the one before, as bytes and as value: eight digits, or all up to the minute.
  private eight = Number.NaN;
  private eightValue = 0;
  private day = Number.NaN;
  private clock = Number.NaN;
  private minute = 0;

  /** Rows that {@link read} took. */
  taken = 0;
  /** It stopped at a row whose tag set it should be {@link shown}. */
  isNew = false;

  constructor(private readonly program: Program) {
    this.texts = new Int32Array(program.texts);
  }

  /** Takes rows from the one at `start` on; returns where the first starts that it did not take. */
  read(bytes: Uint8Array, start: number, builder: FrameBuilder): number {
    this.taken = 0;
    this.isNew = false;
    if (this.passing > 0) {
      this.passing--;
      return start;
    }
    if (this.bytes !== bytes) {
      this.bytes = bytes;
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    let at = start;
    for (;;) {
      const lent = builder.lend(this.program.shape, this.tagSets.bytes);
      if (!lent) return at;
      if (lent.times !== this.filled) {
        this.filled = lent.times;
        this.tagSets.leaveFrame();
      }
      at = this.rows(bytes, at, lent, builder);
      builder.keep(lent, this.row);
      this.taken += this.row - lent.start;
      if (this.row < lent.end) break;
    }
    if (this.taken >= FEW_ROWS || this.isNew) this.penalty = 0;
    else {
      this.penalty = Math.min(MOST_PASSED, this.penalty * 2 + 1);
      this.passing = this.penalty;
    }
    return at;
  }

  /** A row of the program's form and of a tag set that is new to it; its texts start at `texts`. */
  shown(tagSet: SharedTagSet, bytes: Uint8Array, texts: readonly number[]): void {
    this.texts.set(texts);
    const set = this.tagSets.add(tagSet, bytes, this.texts);
    if (set < 0) return;
    this.tagSets.after[this.last] = set;
    this.last = set;
  }

  /** The body was read: nothing of it is held. */
  rest(): void {
    this.bytes = null;
    this.view = NO_BYTES;
    this.filled = null;
    this.passing = 0;
  }

  /** Takes a tag set into the frame for the row `row`; false where the row is not for here. */
  private enter(set: number, builder: FrameBuilder, lent: Lent, row: number): boolean {
    const { tagSets } = this;
    const tagSet = tagSets.sets[set]!;
    const index = builder.indexInLent(lent, this.program.shape, tagSet, row, tagSets.bytes);
    if (index < 0) return false;
    tagSets.indices[set] = index;
    tagSets.ids[set] = tagSet.id;
    return true;
  }

  /**
   * The loop: one function without a call in the common case, which is what makes it fast. `row` is the first free one
   * after it.
   */
  private rows(bytes: Uint8Array, start: number, lent: Lent, builder: FrameBuilder): number {
    const { view, texts } = this;
    const { head, steps, words, bytes: shorts } = this.program;
    const { starts, indices, ids, after, pool } = this.tagSets;
    const { times, tagSetOf, columns, spans } = lent;
    const size = bytes.length;
    let { earliest, latest } = spans;
    let { end } = lent;
    let { last } = this;
    let row = lent.start;
    let next = start;
    let at = start;
    // The first record's start is looked at as the literal of a step that has no value.
    let step = -STEP;
    let length = head.length;
    let word = head.at;
    let time = Number.NaN;
    let guess = after[last]!;
    let from = guess < 0 ? -1 : starts[guess]!;
    reading: while (row < end) {
      if (at + length > size) break;
      if (length >= 8) {
        // Bytes compared by eight as doubles: equal ones are the same bits, as JSON has no byte 0 and so no zero.
        const stop = at + length - 8;
        for (; at <= stop; at += 8) if (view.getFloat64(at, true) !== words[word++]) break reading;
        if (at < stop + 8) {
          if (view.getFloat64(stop, true) !== words[word]) break;
          at = stop + 8;
        }
      } else {
        for (let i = 0; i < length; i++) if (bytes[at++] !== shorts[word + i]) break reading;
      }
      step += STEP;
      let kind = steps[step]!;
      if (kind === END) {
        let set = guess;
        if (from < 0) {
          set = this.tagSets.find(bytes, texts);
          if (set < 0) {
            this.isNew = true;
            break;
          }
          after[last] = set;
        }
        if (indices[set]! < 0) {
          if (!this.enter(set, builder, lent, row)) break;
          ({ earliest, latest } = spans);
          ({ end } = lent);
        }
        const id = ids[set]!;
        if (time > latest[id]!) {
          latest[id] = time;
          if (time < earliest[id]!) earliest[id] = time;
        } else if (time < earliest[id]!) earliest[id] = time;
        else break;
        times[row] = time;
        tagSetOf[row] = indices[set]!;
        row++;
        next = at - head.length;
        last = set;
        guess = after[last]!;
        from = guess < 0 ? -1 : starts[guess]!;
        step = 0;
        kind = steps[0]!;
        if (row === end) break;
      }
      if (kind === NUMBER) {
        const isNegative = bytes[at] === MINUS;
        const value = at;
        if (isNegative) at++;
        const first = at;
        let digits = 0;
        for (let digit = bytes[at]! ^ 48; digit < 10; digit = bytes[++at]! ^ 48)
          digits = (Math.imul(digits, 10) + digit) | 0;
        let count = at - first;
        if (count === 0 || (count > 1 && bytes[first] === 48)) break;
        let number = 0;
        if (bytes[at] === DOT) {
          const dot = ++at;
          for (let digit = bytes[at]! ^ 48; digit < 10; digit = bytes[++at]! ^ 48)
            digits = (Math.imul(digits, 10) + digit) | 0;
          const decimals = at - dot;
          if (decimals === 0) break;
          count += decimals;
          number = digits / POWERS[decimals & 15]!;
        } else number = digits;
        if (isNegative) number = -number;
        if (count > SHORT_DIGITS || (bytes[at]! | 32) === 101) {
          number = this.longNumber(bytes, value);
          at = this.numbers.end;
          if (Number.isNaN(number)) break;
        }
        columns[steps[step + 1]!]![row] = number;
      } else if (kind === TEXT) {
        texts[steps[step + 1]!] = at;
        if (from >= 0) {
          let byte = 0;
          do {
            byte = pool[from++]!;
            if (bytes[at] !== byte) {
              from = -1;
              break;
            }
            at++;
          } while (byte !== QUOTE);
        }
        if (from < 0) {
          while (at < size && bytes[at] !== QUOTE) at++;
          if (at++ === size) break;
        }
      } else if (kind === EPOCH) {
        if (at + 8 > size) break;
        const eight = view.getFloat64(at, true);
        if (eight !== this.eight && !this.readEight(bytes, at, eight)) break;
        at += 8;
        const rest = at;
        let digits = 0;
        for (let digit = bytes[at]! ^ 48; digit < 10; digit = bytes[++at]! ^ 48)
          digits = (Math.imul(digits, 10) + digit) | 0;
        const count = at - rest;
        if (count > SHORT_DIGITS) break;
        // At most 17 digits: the product is exact, and the sum is rounded once.
        const epoch = this.eightValue * POWERS[count]! + digits;
        time = epoch < 1e11 ? epoch * 1e6 : epoch < 1e14 ? epoch * 1e3 : epoch;
        if (!inRange(time)) break;
      } else {
        if (at + 20 > size) break;
        const day = view.getFloat64(at, true);
        const clock = view.getFloat64(at + 8, true);
        if ((day !== this.day || clock !== this.clock) && !this.readMinute(bytes, at, day, clock)) break;
        const tens = bytes[at + 17]! ^ 48;
        const ones = bytes[at + 18]! ^ 48;
        if (bytes[at + 16] !== COLON || tens > 5 || ones > 9) break;
        let micros = (tens * 10 + ones) * 1_000_000;
        at += 19;
        if (bytes[at] === DOT) {
          const dot = ++at;
          let scale = 100_000;
          for (let digit = bytes[at]! ^ 48; digit < 10; digit = bytes[++at]! ^ 48) {
            micros += digit * scale;
            scale = scale > 1 ? scale / 10 : 0;
          }
          if (at === dot || at - dot > 9) break;
        }
        if (bytes[at] === Z) at++;
        time = this.minute + micros;
        if (!inRange(time)) break;
      }
      length = steps[step + 2]!;
      word = steps[step + 3]!;
    }
    this.row = row;
    this.last = last;
    return next;
  }

  /** NaN where it is not for here. */
  private longNumber(bytes: Uint8Array, start: number): number {
    const number = this.numbers.read(bytes, start);
    const { end, hasExponent } = this.numbers;
    const isText = bytes[end] === QUOTE;
    if (isText && (hasExponent || end - start > TEXT_CHARS)) return Number.NaN;
    return Number.isFinite(number) ? number : Number.NaN;
  }

  private readEight(bytes: Uint8Array, start: number, eight: number): boolean {
    let value = 0;
    for (let at = start; at < start + 8; at++) {
      const digit = bytes[at]! ^ 48;
      if (digit > 9 || (digit === 0 && at === start)) return false;
      value = value * 10 + digit;
    }
    this.eight = eight;
    this.eightValue = value;
    return true;
  }

  private readMinute(bytes: Uint8Array, start: number, day: number, clock: number): boolean {
    const second = this.iso.read(bytes, start, start + 19);
    if (Number.isNaN(second)) return false;
    const seconds = (bytes[start + 17]! - 48) * 10 + bytes[start + 18]! - 48;
    this.day = day;
    this.clock = clock;
    this.minute = second - seconds * 1_000_000;
    return true;
  }
}
