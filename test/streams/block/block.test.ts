import { describe, expect, test } from "vitest";
import { BLOCK_BYTES, BlockBuilder, CHUNK_KINDS, openBlock } from "../../../src/streams/block/block";
import { HEADER_BYTES, unwrapEnvelope, wrap } from "../../../src/streams/block/envelope";
import { randomFrom } from "./series";

interface Entry {
  kind: number;
  id: number;
  chunk: Uint8Array;
  points: number;
  min: number;
  max: number;
}

/** Chunks of several kinds, series and times, in the order of a block. */
function entriesOf(count: number, seed: number): Entry[] {
  const random = randomFrom(seed);
  const entries = Array.from({ length: count }, () => {
    const min = 1_700_000_000_000_000 + Math.floor(random() * 3_600_000_000);
    return {
      kind: Math.floor(random() * 5),
      id: random() < 0.01 ? 2 ** 32 - 1 : Math.floor(random() * count),
      chunk: Uint8Array.from({ length: 1 + Math.floor(random() * 40) }, () => random() * 256),
      points: 1 + Math.floor(random() * 20),
      min,
      max: min + Math.floor(random() * 1e9),
    };
  });
  return entries.sort((a, b) => a.kind - b.kind || a.id - b.id || a.min - b.min);
}

function build(entries: Entry[]): BlockBuilder {
  const builder = new BlockBuilder();
  for (const { kind, id, chunk, points, min, max } of entries) builder.add(kind, id, chunk, points, min, max);
  return builder;
}

describe("a block", () => {
  for (const count of [0, 1, 2, 300, 10_000])
    test(`of ${count} chunks gives each of them back`, () => {
      const entries = entriesOf(count, count);
      const block = openBlock(build(entries).finish());
      expect(block.entries).toBe(count);
      expect([...block.kinds]).toEqual(entries.map((entry) => entry.kind));
      expect([...block.ids]).toEqual(entries.map((entry) => entry.id));
      expect([...block.points]).toEqual(entries.map((entry) => entry.points));
      expect([...block.min]).toEqual(entries.map((entry) => entry.min));
      expect([...block.max]).toEqual(entries.map((entry) => entry.max));
      expect(entries.every((entry, i) => `${entry.chunk}` === `${block.chunk(i)}`)).toBe(true);
    });

  test("finds the chunks of a series, and an empty range where there are none", () => {
    const entries = entriesOf(3000, 7);
    const block = openBlock(build(entries).finish());
    for (let kind = 0; kind < 6; kind++) {
      for (const id of [0, 1, 17, 1500, 2999, 3000, 2 ** 32 - 1]) {
        const [from, to] = block.find(kind, id);
        const own = entries.filter((entry) => entry.kind === kind && entry.id === id);
        expect(to - from).toBe(own.length);
        expect([...block.min.subarray(from, to)]).toEqual(own.map((entry) => entry.min));
      }
    }
    const [from, to] = openBlock(new BlockBuilder().finish()).find(CHUNK_KINDS.raw, 0);
    expect(to - from).toBe(0);
  });

  test("takes at most 10 bytes of directory for a short chunk", () => {
    const entries = entriesOf(10_000, 8);
    const chunkBytes = entries.reduce((sum, entry) => sum + entry.chunk.length, 0);
    const builder = build(entries);
    const { length } = builder.finish();
    expect((length - chunkBytes) / entries.length).toBeLessThanOrEqual(10);
    expect(Math.abs(builder.bytes - length)).toBeLessThan(BLOCK_BYTES / 10);
  });

  test("is opened without a copy of its chunks", () => {
    const bytes = build(entriesOf(10, 9)).finish();
    expect(openBlock(bytes).chunk(3).buffer).toBe(bytes.buffer);
  });

  test("opens inside a larger array", () => {
    const entries = entriesOf(10, 10);
    const bytes = build(entries).finish();
    const larger = new Uint8Array(bytes.length + 13);
    larger.set(bytes, 7);
    expect([...openBlock(larger.subarray(7, 7 + bytes.length)).chunk(9)]).toEqual([...entries[9]!.chunk]);
  });

  test("has no chunk outside its directory", () => {
    const block = openBlock(build(entriesOf(2, 11)).finish());
    for (const index of [-1, 2, 0.5 + 2, Number.NaN]) expect(() => block.chunk(index)).toThrow("no chunk");
  });

  test("takes chunks in order only", () => {
    const chunk = new Uint8Array(3);
    const late: [kind: number, id: number, min: number][] = [
      [0, 9, 9],
      [1, 4, 9],
      [1, 5, 4],
    ];
    for (const [kind, id, min] of late) {
      const builder = new BlockBuilder();
      builder.add(1, 5, chunk, 1, 5, 6);
      expect(() => builder.add(kind, id, chunk, 1, min, 9)).toThrow("order");
    }
  });

  test("throws where it was cut or grew", () => {
    const bytes = build(entriesOf(20, 12)).finish();
    for (const length of [0, 10, HEADER_BYTES, HEADER_BYTES + 4, HEADER_BYTES + 20, bytes.length - 1])
      expect(() => openBlock(bytes.subarray(0, length))).toThrow();
    const grown = new Uint8Array(bytes.length + 1);
    grown.set(bytes);
    expect(() => openBlock(grown)).toThrow("damaged");
  });

  test("throws where any one bit of it was flipped", () => {
    const bytes = build(entriesOf(3, 4)).finish();
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = bytes.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      // Eight bytes of the nonce say nothing yet.
      if (bit >> 3 >= 12 && bit >> 3 < HEADER_BYTES) continue;
      expect(() => openBlock(flipped)).toThrow();
    }
  });
});

describe("an envelope", () => {
  const payload = Uint8Array.of(1, 2, 3);

  test("gives its payload back as a view", () => {
    const bytes = wrap("SMX1", payload);
    expect(bytes.length).toBe(HEADER_BYTES + 3);
    expect([...unwrapEnvelope("SMX1", bytes)]).toEqual([1, 2, 3]);
    expect(unwrapEnvelope("SMX1", bytes).buffer).toBe(bytes.buffer);
  });

  test("throws on another tag, an unknown key and too few bytes", () => {
    const bytes = wrap("SMX1", payload);
    expect(() => unwrapEnvelope("SMX2", bytes)).toThrow("SMX1");
    expect(() => openBlock(bytes)).toThrow("SMB1");
    expect(() => unwrapEnvelope("SMX1", bytes.subarray(0, 19))).toThrow("19 bytes");
    bytes[4] = 1;
    expect(() => unwrapEnvelope("SMX1", bytes)).toThrow("key version 1");
    expect(() => wrap("SMX", payload)).toThrow("4 characters");
  });
});
