import { epochToMicros, inRange } from "../../core/timestamps";
import { OCCURRENCE, STREAM_LIMITS } from "../contract";
import { type FrameBuilder, RowShape, SharedTagSet } from "../frame-builder";
import { isIdentifier, timeOf } from "../protocols/row";
import { Dictionary, plainEnd } from "./dictionary";
import { IsoReader } from "./iso";
import { programFor } from "./known-form";
import { Literal } from "./literal";
import { ABSENT, FIELD, type Meaning, meaningIn, OTHER, TAG } from "./meaning";
import { NumberReader } from "./number";
import { RunScanner } from "./run-scanner";
import { ROLES, type Template } from "./template";
import { decodeExactly } from "./text";

/** Combinations of tags kept; a stream may have as many series. */
const MOST_TAG_SETS = STREAM_LIMITS.seriesPerStream;
/** Combinations of fields kept. */
const MOST_SHAPES = 256;
/** Rows looked at for a program. */
const MOST_ATTEMPTS = 8;
/** A number as text of so many characters has no more digits before its point than placeText takes. */
const NUMBER_CHARS = 17;
const [TIME, FLAT, EXPLICIT_FIELD, , , IGNORED] = [0, 1, 2, 3, 4, 5];
const [NULL, TRUE, FALSE] = ["null", "true", "false"].map((word) => new TextEncoder().encode(word));

/** Which slots have a number, and the fields they make. */
interface Layout {
  shape: RowShape;
  places: number[];
}

/**
 * Names come from the caller: `__proto__` must be one like any other. By a constructor, as V8 keeps objects of
 * Object.create(null) as hash tables, which are slow to fill and to walk over.
 */
class Texts {
  [name: string]: string;
}
Object.setPrototypeOf(Texts.prototype, null);

/** Reached by the tags of a row one after the other, by their ids. */
interface TagNode {
  next: (TagNode | undefined)[];
  tagSet: SharedTagSet | null;
}

/**
 * Reads the records of one template from the bytes and puts them into a frame, without an object for a row. What it takes
 * it takes as parseRecord and FrameBuilder.add would; all else it leaves. It serves one body after another.
 */
export class RowScanner {
  private readonly numbers = new NumberReader();
  private readonly iso = new IsoReader();
  private readonly literals: Literal[];
  private readonly roles: number[];
  private readonly identifies: boolean[];
  private readonly texts: (Dictionary<Meaning> | null)[];
  /** Slots that can have a tag. */
  private readonly textSlots: number[];
  private readonly slotsByName: number[];
  private readonly quotedNames: string[];
  private readonly layouts = new Map<string, Layout | null>();
  private readonly root: TagNode = { next: [], tagSet: null };
  /** How many are known. */
  tagSets = 0;

  private seen: Uint8Array | null = null;
  private view: DataView | null = null;

  // The record last read, by slot.
  private readonly kinds: Uint8Array;
  private readonly found: Float64Array;
  private readonly starts: Int32Array;
  private readonly tags: (Meaning | null)[];
  private time = Number.NaN;
  private layout: Layout | null = null;
  /** Whether `kinds` are those of `layout`. */
  private isSameLayout = false;
  private tagSet: SharedTagSet | null = null;
  private readonly values: Float64Array;

  /** What reads many rows of the form of an earlier one at a time; null: not known. */
  runs: RunScanner | null = null;
  private runLayout: Layout | null = null;
  private attempts = 0;

  constructor(private readonly template: Template) {
    const { slots } = template;
    this.literals = template.literals.map((literal) => new Literal(literal));
    this.roles = slots.map(({ role }) => ROLES.indexOf(role));
    this.identifies = slots.map(({ name }) => isIdentifier(name));
    this.texts = slots.map((slot) =>
      slot.role === "flat" || slot.role === "tag" ? new Dictionary(meaningIn(slot)) : null,
    );
    this.textSlots = slots.flatMap((_, slot) => (this.texts[slot] ? [slot] : []));
    const nameOf = (slot: number) => slots[slot]!.name;
    this.slotsByName = [...this.textSlots].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
    this.quotedNames = slots.map(({ name }) => JSON.stringify(name));
    this.kinds = new Uint8Array(slots.length);
    this.found = new Float64Array(slots.length);
    this.starts = new Int32Array(slots.length);
    this.tags = slots.map(() => null);
    this.values = new Float64Array(Math.max(1, slots.length));
  }

  /**
   * The end of the record at `start` when it was read and waits for {@link addTo}; -1 where it is not written after the
   * template or means something that is not for here.
   */
  read(bytes: Uint8Array, start: number): number {
    const { literals } = this;
    const slots = this.roles.length;
    const view = this.viewOf(bytes);
    this.time = Number.NaN;
    let at = start;
    for (let slot = 0; ; slot++) {
      at = literals[slot]!.endAt(bytes, view, at);
      if (at < 0) return -1;
      if (slot === slots) break;
      this.starts[slot] = at;
      at = this.value(slot, bytes, at);
      if (at < 0) return -1;
    }
    if (!this.isSameLayout) this.findLayout();
    return this.layout && this.findTagSet() ? at : -1;
  }

  fits(builder: FrameBuilder): boolean {
    return builder.fitsShared(this.layout!.shape, this.tagSet!);
  }

  addTo(builder: FrameBuilder): void {
    const { shape, places } = this.layout!;
    if (places.length === 0) this.values[0] = 1;
    else for (let i = 0; i < places.length; i++) this.values[i] = this.found[places[i]!]!;
    builder.addShared(shape, this.tagSet!, this.time, this.values);
  }

  /** Whether {@link learnRun} has a use for the row last read. */
  learnsRun(): boolean {
    return this.runs ? this.runs.isNew && this.layout === this.runLayout : this.attempts < MOST_ATTEMPTS;
  }

  /** Lets {@link runs} take rows like the one last taken. It ends at `end`; the one after it starts at `next`, -1: none. */
  learnRun(bytes: Uint8Array, end: number, next: number): void {
    const { layout, kinds, starts } = this;
    if (!this.runs) {
      this.attempts++;
      const record = { bytes, starts, kinds, end };
      const program = next < 0 ? null : programFor(layout!.shape, this.template, record, next);
      if (!program) return;
      this.runs = new RunScanner(program);
      this.runLayout = layout;
    }
    const texts: number[] = [];
    for (const slot of this.textSlots) if (kinds[slot] === TAG) texts.push(starts[slot]! + 1);
    this.runs.shown(this.tagSet!, bytes, texts);
  }

  /** The body was read: nothing of it is held. */
  rest(): void {
    this.seen = null;
    this.view = null;
    this.layout?.shape.rest();
    for (const layout of this.layouts.values()) layout?.shape.rest();
    this.runs?.rest();
  }

  private viewOf(bytes: Uint8Array): DataView {
    if (this.seen !== bytes) {
      this.seen = bytes;
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    return this.view!;
  }

  /** The end of the value of `slot`, or -1. */
  private value(slot: number, bytes: Uint8Array, at: number): number {
    const byte = bytes[at]!;
    if (byte === 34) return this.text(slot, bytes, at + 1);
    if (byte === 45 || (byte >= 48 && byte <= 57)) {
      const number = this.numbers.read(bytes, at);
      return this.takesNumber(slot, number) ? this.numbers.end : -1;
    }
    if (byte === 110) return isWord(bytes, at, NULL!) && this.takesNull(slot) ? at + 4 : -1;
    if (byte === 116) return isWord(bytes, at, TRUE!) && this.takesTruth(slot, 1) ? at + 4 : -1;
    return isWord(bytes, at, FALSE!) && this.takesTruth(slot, 0) ? at + 5 : -1;
  }

  private takesNumber(slot: number, number: number): boolean {
    if (!Number.isFinite(number)) return false;
    if (this.roles[slot] !== TIME) return this.takesTruth(slot, number);
    this.time = epochToMicros(number);
    return inRange(this.time);
  }

  private takesTruth(slot: number, number: number): boolean {
    const role = this.roles[slot];
    if (role !== FLAT && role !== EXPLICIT_FIELD) return role === IGNORED;
    this.found[slot] = number;
    this.setKind(slot, FIELD);
    return true;
  }

  private takesNull(slot: number): boolean {
    if (this.roles[slot] !== TIME) this.setKind(slot, ABSENT);
    return true;
  }

  /** `start` is after the opening quote. */
  private text(slot: number, bytes: Uint8Array, start: number): number {
    const texts = this.texts[slot];
    if (!texts) return this.textWithoutTag(slot, bytes, start);
    if (this.roles[slot] === FLAT && !this.identifies[slot]) {
      const end = this.numberAsText(slot, bytes, start);
      if (end >= 0) return end;
    }
    const meaning = texts.read(bytes, start);
    if (!meaning || meaning.kind === OTHER) return -1;
    this.setKind(slot, meaning.kind);
    if (meaning.kind === TAG) this.tags[slot] = meaning;
    else this.found[slot] = meaning.number;
    return texts.end + 1;
  }

  private textWithoutTag(slot: number, bytes: Uint8Array, start: number): number {
    const end = plainEnd(bytes, start);
    if (end < 0) return -1;
    if (this.roles[slot] === TIME) return this.takesTimeText(bytes, start, end) ? end + 1 : -1;
    if (this.roles[slot] !== IGNORED) return -1;
    decodeExactly(bytes.subarray(start, end));
    return end + 1;
  }

  /** After the quote that closes a number written as text; -1 where it is none. */
  private numberAsText(slot: number, bytes: Uint8Array, start: number): number {
    const byte = bytes[start]!;
    if (byte !== 45 && !(byte >= 48 && byte <= 57)) return -1;
    const number = this.numbers.read(bytes, start);
    const { end, hasExponent } = this.numbers;
    if (Number.isNaN(number) || bytes[end] !== 34 || hasExponent || end - start > NUMBER_CHARS) return -1;
    this.found[slot] = number;
    this.setKind(slot, FIELD);
    return end + 1;
  }

  private takesTimeText(bytes: Uint8Array, start: number, end: number): boolean {
    const micros = this.iso.read(bytes, start, end);
    const time = Number.isNaN(micros) ? timeOf(decodeExactly(bytes.subarray(start, end))) : micros;
    if (time === undefined) return false;
    if (time === null) return true;
    this.time = time;
    return inRange(time);
  }

  private setKind(slot: number, kind: number): void {
    if (this.kinds[slot] === kind) return;
    this.kinds[slot] = kind;
    this.tags[slot] = null;
    this.isSameLayout = false;
  }

  private findLayout(): void {
    const key = String.fromCharCode(...this.kinds);
    let layout = this.layouts.get(key);
    if (layout === undefined) {
      layout = this.layoutOf();
      if (this.layouts.size < MOST_SHAPES) this.layouts.set(key, layout);
    }
    this.layout = layout;
    this.isSameLayout = true;
  }

  /** Null where it is too much for a row, or nothing. */
  private layoutOf(): Layout | null {
    const slotsOf = (kind: number) => [...this.kinds.keys()].filter((slot) => this.kinds[slot] === kind);
    const places = slotsOf(FIELD);
    const tags = slotsOf(TAG).length;
    if (places.length > STREAM_LIMITS.fieldsPerRow || tags > STREAM_LIMITS.tagsPerRow) return null;
    if (places.length === 0 && tags === 0) return null;
    const names = places.map((slot) => this.template.slots[slot]!.name);
    return { shape: new RowShape(names.length > 0 ? names : [OCCURRENCE]), places };
  }

  private findTagSet(): boolean {
    let node = this.root;
    for (let i = 0; i < this.textSlots.length; i++) {
      const id = this.tags[this.textSlots[i]!]?.id ?? 0;
      let next = node.next[id];
      if (!next) {
        next = { next: [], tagSet: null };
        node.next[id] = next;
      }
      node = next;
    }
    if (!node.tagSet) {
      if (this.tagSets === MOST_TAG_SETS) return false;
      this.tagSets++;
      node.tagSet = new SharedTagSet(this.tagsOfRow(), this.keyOfRow(), this);
    }
    this.tagSet = node.tagSet;
    return true;
  }

  /** As tagSetKey makes it: the texts were read plainly, and need no escape. */
  private keyOfRow(): string {
    let key = "";
    for (const slot of this.slotsByName) {
      const meaning = this.tags[slot];
      if (meaning) key += `${key && ","}${this.quotedNames[slot]}:"${meaning.text}"`;
    }
    return `{${key}}`;
  }

  private tagsOfRow(): Record<string, string> {
    const tags = new Texts();
    for (const slot of this.textSlots) {
      const meaning = this.tags[slot];
      if (meaning) tags[this.template.slots[slot]!.name] = meaning.text;
    }
    return tags;
  }
}

function isWord(bytes: Uint8Array, at: number, word: Uint8Array): boolean {
  for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word[i]) return false;
  return true;
}
