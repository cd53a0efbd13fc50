import { describe, expect, test } from "vitest";
import { BitWriter, widthOf } from "../../../src/streams/block/bit-writer";
import { BitReader, fold, unfold } from "../../../src/streams/block/bits";
import { randomFrom } from "./series";

const LARGEST = 2 ** 53 - 1;

function written(write: (writer: BitWriter) => void): BitReader {
  const writer = new BitWriter();
  write(writer);
  const reader = new BitReader();
  reader.load(writer.copy());
  return reader;
}

describe("bits", () => {
  test("of every width from 0 to 53 come back from every position of a word", () => {
    for (let offset = 0; offset < 32; offset++) {
      const reader = written((writer) => {
        writer.bits(0, offset);
        for (let width = 0; width <= 53; width++) writer.bits(2 ** width - 1, width);
        writer.align();
        writer.byte(77);
      });
      expect(reader.bits(offset)).toBe(0);
      for (let width = 0; width <= 53; width++) expect(reader.bits(width)).toBe(2 ** width - 1);
      reader.align();
      expect(reader.byte()).toBe(77);
      reader.assertWithin();
    }
  });

  test("are never read past the end unnoticed", () => {
    const reader = written((writer) => writer.byte(255));
    reader.bits(9);
    expect(() => reader.assertWithin()).toThrow("ends");
    expect(() => reader.byte()).toThrow("ends");
  });
});

test("varints hold 0 to 2^53 - 1, signed ones 2^52 - 1 to either side", () => {
  const values = [0, 1, 127, 128, 2 ** 31, 2 ** 32 + 5, 2 ** 49 - 1, 2 ** 49, LARGEST];
  const signed = [0, 1, -1, 63, -64, 64, 2 ** 52 - 1, -(2 ** 52) + 1];
  const reader = written((writer) => {
    for (const value of values) writer.varint(value);
    for (const value of signed) writer.signed(value);
    writer.float(-0);
  });
  for (const value of values) expect(reader.varint()).toBe(value);
  for (const value of signed) expect(reader.signed()).toBe(value);
  expect(reader.float()).toBe(-0);
  for (const value of signed) expect(unfold(fold(value))).toBe(value);
});

test("widthOf is the position of the highest bit", () => {
  for (let width = 1; width <= 53; width++) {
    expect(widthOf(2 ** (width - 1))).toBe(width);
    expect(widthOf(2 ** width - 1)).toBe(width);
  }
  expect(widthOf(0)).toBe(0);
});

describe("Rice codes", () => {
  for (let k = 0; k <= 52; k++)
    test(`of parameter ${k} come back, small, large and escaped, from both writers`, () => {
      const random = randomFrom(k);
      const around = Float64Array.from({ length: 300 }, () =>
        Math.min(LARGEST, Math.floor(2 ** (k + random() * 6 - 1))),
      );
      const any = Float64Array.from({ length: 300 }, () => Math.floor(2 ** (random() * 53)));
      const small = any.map((code) => code % 2 ** 31);
      const reader = written((writer) => {
        writer.bits(1, 3);
        writer.rice(around, around.length, k);
        writer.rice(any, any.length, k);
        if (k <= 24) writer.riceSmall(Int32Array.from(small), small.length, k);
        writer.align();
      });
      reader.bits(3);
      const out = new Float64Array(302).fill(-1);
      reader.rice(out, 1, 300, k, false);
      expect(out).toEqual(Float64Array.of(-1, ...around, -1));
      reader.rice(out, 1, 300, k, true);
      expect(out).toEqual(Float64Array.of(-1, ...any.map(unfold), -1));
      if (k <= 24) {
        reader.rice(out, 1, 300, k, false);
        expect(out).toEqual(Float64Array.of(-1, ...small, -1));
      }
      reader.assertWithin();
    });
});
