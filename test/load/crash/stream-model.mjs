// What a stream must hold. Its time is cut into cells of equal rows: a write covers whole cells, and each of its values
// tells the write, the row and the field, so that what is read back says of every row who wrote it last.
const START_MS = Date.UTC(2020, 0, 1);
/** Values of one write that a value can tell apart, below the number of the write. */
const PLACES = 16_384;
const TEXT = "All work and no play makes a dull stream. ";
/** What a reader finds in a cell whose rows are not of one write. */
export const TORN = -1;

const valueAt = (write, place) => write * PLACES + place;
export const writeOf = (value) => Math.floor(value / PLACES);
export const placeOf = (value) => value % PLACES;

/**
 * `rows` of a cell, `tagSets` among which they go round, `fields` of each row, `stepMs` between two rows, `textChars` of
 * a text in each row. Backwards: each write is earlier than the one before, which takes the engine four times the memory.
 */
export const SHAPES = [
  { name: "single", rows: 250, tagSets: 1, fields: 1, stepMs: 1_000, textChars: 0, backwards: false },
  { name: "dense", rows: 50, tagSets: 20, fields: 2, stepMs: 100, textChars: 0, backwards: false },
  { name: "wide", rows: 100, tagSets: 200, fields: 20, stepMs: 10, textChars: 0, backwards: true },
  { name: "texts", rows: 10, tagSets: 5, fields: 1, stepMs: 60_000, textChars: 8_000, backwards: false },
];

export class StreamModel {
  /** The write that each cell holds; 0: nothing. */
  cells = [];
  /** Cells to which a write is on its way: what they hold is not known. */
  locked = new Set();
  /** Rows that are there: those of cells, and those without a time of their own. */
  rows = 0;
  /** Spans that were left out so far: what comes there comes late. */
  holes = [];
  /** Rows sent without a time, by write: how many, and whether they are there. */
  arrivals = new Map();

  constructor(shape) {
    this.shape = shape;
    this.name = `crash-${shape.name}`;
  }

  /** The times of a span of cells, [start, end). */
  rangeOf(from, to) {
    const { rows, stepMs, backwards } = this.shape;
    const cellMs = rows * stepMs;
    const [first, last] = backwards ? [-to, -from] : [from, to];
    return { start: START_MS + first * cellMs, end: START_MS + last * cellMs };
  }

  /** The next span of new cells; now and then one is left out before it. */
  fresh(count, random) {
    if (random() < 0.15) {
      const left = 1 + Math.floor(random() * 4);
      this.holes.push([this.cells.length, this.cells.length + left]);
      this.#extend(this.cells.length + left);
    }
    const from = this.cells.length;
    this.#extend(from + count);
    return [from, from + count];
  }

  /** A span of cells that were there or left out before, none of them on its way; null where none is found. */
  earlier(count, random) {
    const from = Math.floor(random() * this.cells.length);
    const to = Math.min(this.cells.length, from + count);
    return to > from && !this.isLocked(from, to) ? [from, to] : null;
  }

  hole() {
    const at = this.holes.findIndex(([from, to]) => !this.isLocked(from, to));
    return at < 0 ? null : this.holes.splice(at, 1)[0];
  }

  isLocked(from, to) {
    for (let cell = from; cell < to; cell++) if (this.locked.has(cell)) return true;
    return false;
  }

  lock(from, to) {
    for (let cell = from; cell < to; cell++) this.locked.add(cell);
  }

  unlock(from, to) {
    for (let cell = from; cell < to; cell++) this.locked.delete(cell);
  }

  /** The cells hold this write now; 0: nothing. */
  set(from, to, write) {
    const { rows } = this.shape;
    for (let cell = from; cell < to; cell++) {
      if (this.cells[cell] !== 0) this.rows -= rows;
      this.cells[cell] = write;
      if (write !== 0) this.rows += rows;
    }
  }

  bodyOf(write, from, to) {
    const { rows, tagSets, fields, stepMs, textChars } = this.shape;
    const points = [];
    for (let cell = from; cell < to; cell++) {
      const { start } = this.rangeOf(cell, cell + 1);
      for (let i = 0; i < rows; i++) {
        const values = [];
        for (let k = 0; k < fields; k++) values.push(`"f${k}":${valueAt(write, i * fields + k)}`);
        const text = textChars ? `,"attributes":{"note":"${textOf(write, i, textChars)}"}` : "";
        points.push(
          `{"timestamp":${start + i * stepMs},"fields":{${values.join()}},"tags":{"d":"d${i % tagSets}"}${text}}`,
        );
      }
    }
    return `{"points":[${points.join()}]}`;
  }

  arrivalBodyOf(write, rows) {
    const points = Array.from(
      { length: rows },
      (_, i) => `{"fields":{"a":${valueAt(write, i)}},"tags":{"d":"a"}}`,
    );
    return `{"points":[${points.join()}]}`;
  }

  /** Takes rows as they are read, in any order, and says of each cell of the span who wrote it. */
  reader(from, to) {
    const { rows, stepMs, backwards } = this.shape;
    const { start } = this.rangeOf(from, to);
    const holders = new Array(to - from).fill(0);
    const counts = new Uint32Array(to - from);
    let strange = 0;
    const take = (row) => {
      const n = (Date.parse(row.timestamp) - start) / stepMs;
      const i = n % rows;
      const after = Math.floor(n / rows);
      const at = backwards ? holders.length - 1 - after : after;
      if (!(at >= 0 && at < holders.length && this.#isRow(row, i))) {
        strange++;
        return;
      }
      const write = writeOf(row.fields.f0);
      if (counts[at]++ === 0) holders[at] = write;
      else if (holders[at] !== write) holders[at] = TORN;
    };
    const end = () => ({
      holders: holders.map((write, i) => (counts[i] === 0 || counts[i] === rows ? write : TORN)),
      strange,
    });
    return { take, end };
  }

  #isRow({ fields: values, tags, attributes }, i) {
    const { tagSets, fields, textChars } = this.shape;
    const write = writeOf(values.f0);
    for (let k = 0; k < fields; k++) if (values[`f${k}`] !== valueAt(write, i * fields + k)) return false;
    return (
      Number.isInteger(i) &&
      tags.d === `d${i % tagSets}` &&
      Object.keys(values).length === fields &&
      (textChars === 0 || attributes?.note === textOf(write, i, textChars))
    );
  }

  #extend(length) {
    while (this.cells.length < length) this.cells.push(0);
  }
}

const padding = new Map();
/** A text that tells its write and row, about as long as asked for. */
function textOf(write, i, chars) {
  if (!padding.has(chars)) padding.set(chars, TEXT.repeat(Math.ceil(chars / TEXT.length)).slice(0, chars));
  return `${write} ${i} ${padding.get(chars)}`;
}
