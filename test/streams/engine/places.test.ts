import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inRanges, type Part, type Range } from "../../../src/streams/engine/merge";
import { placesOf } from "../../../src/streams/engine/places";

const times = fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 40 });
const sorted = (numbers: number[]): number[] => [...numbers].sort((a, b) => a - b);

/** Points in parts of so many. */
function partsOf(all: number[], length: number): Part[] {
  const parts: Part[] = [];
  for (let from = 0; from < all.length; from += length)
    parts.push({
      times: Float64Array.from(all),
      ordinals: null,
      columns: [],
      from,
      to: Math.min(all.length, from + length),
    });
  return parts;
}

describe("points in ranges", () => {
  it("are those of each range and no others, however they are parted", () => {
    const edges = fc.uniqueArray(fc.integer({ min: -5, max: 65 }), { maxLength: 12 });
    fc.assert(
      fc.property(times, edges, fc.integer({ min: 1, max: 9 }), (unsorted, cuts, length) => {
        const all = sorted(unsorted);
        const ends = sorted(cuts);
        const ranges: Range[] = [];
        for (let i = 0; i + 1 < ends.length; i += 2) ranges.push({ start: ends[i]!, end: ends[i + 1]! });
        const found = [...inRanges(partsOf(all, length), ranges)].flatMap((part) => [
          ...part.times.subarray(part.from, part.to),
        ]);
        const wanted = all.filter((time) => ranges.some(({ start, end }) => time >= start && time < end));
        expect(found).toEqual(wanted);
      }),
    );
  });
});

describe("places that are looked for", () => {
  it("stand in the order of time and ordinal whatever order they came in, and leave when they are found", () => {
    const row = fc.record({ time: fc.integer({ min: 0, max: 9 }), ordinal: fc.integer({ min: 0, max: 3 }) });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), fc.integer({ min: 2, max: 5 }), (rows, nth) => {
        const marks = rows.map((_, mark) => mark);
        const places = placesOf(
          7,
          [...marks].reverse(),
          (mark) => rows[mark]!.time,
          (mark) => rows[mark]!.ordinal,
        );
        const order = (mark: number) => rows[mark]!.time * 10 + rows[mark]!.ordinal;
        const open = () => Array.from({ length: places.left }, (_, k) => places.markOf(k));
        expect(open().map(order)).toEqual(sorted(marks.map(order)));
        expect(sorted(open())).toEqual(marks);
        const found = open().filter((_, k) => k % nth === 0);
        const left = open().filter((mark) => !found.includes(mark));
        for (let k = 0; k < places.left; k += nth) places.found(k);
        places.close();
        expect(open()).toEqual(left);
        for (let time = -1; time < 11; time++)
          expect(places.firstFrom(time)).toBe(left.filter((mark) => rows[mark]!.time < time).length);
      }),
    );
  });
});
