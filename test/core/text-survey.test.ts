import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TextSurveyor } from "../../src/core/text-survey";

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function surveyed(bytes: Uint8Array, sizes: readonly number[]) {
  const surveyor = new TextSurveyor();
  let at = 0;
  for (const size of sizes) {
    surveyor.see(bytes.subarray(at, at + size));
    at += size;
  }
  surveyor.see(bytes.subarray(at));
  return surveyor.end();
}

/** Bytes that begin, go on with or end a character, and those that no character has. */
const EDGES = [
  0x00, 0x0a, 0x0d, 0x41, 0x80, 0x9f, 0xa0, 0xbf, 0xc1, 0xc3, 0xe0, 0xe2, 0xed, 0xf0, 0xf4, 0xf5, 0xff,
];
const sizes = fc.array(fc.nat({ max: 5 }), { maxLength: 20 });

describe("bytes that pass in pieces", () => {
  it("are UTF-8 where a decoder takes all of them, wherever they are cut", () => {
    const text = fc.string({ unit: "binary", maxLength: 30 }).map((one) => new TextEncoder().encode(one));
    const any = fc.array(fc.constantFrom(...EDGES), { maxLength: 12 }).map((one) => Uint8Array.from(one));
    fc.assert(
      fc.property(fc.oneof(text, any), sizes, (bytes, cuts) => {
        expect(surveyed(bytes, cuts).isUtf8).toBe(isUtf8(bytes));
      }),
      { numRuns: 3_000 },
    );
  });

  it("are not where the last character is cut off", () => {
    const bytes = new TextEncoder().encode("20 °C, 5 €, 𝛼");
    expect(surveyed(bytes, [1, 2, 3]).isUtf8).toBe(true);
    for (const less of [1, 2, 3]) expect(surveyed(bytes.subarray(0, -less), [1, 2, 3]).isUtf8).toBe(false);
  });

  it("have as many breaks as line feeds and carriage returns, wherever they are cut", () => {
    const near = fc.constantFrom(0x00, 0x09, 0x0a, 0x0b, 0x0d, 0x0e, 0x41, 0x8a, 0x8d, 0xff);
    const any = fc.array(fc.oneof(near, fc.nat({ max: 255 })), { maxLength: 60 });
    fc.assert(
      fc.property(any, sizes, (bytes, cuts) => {
        const breaks = bytes.filter((byte) => byte === 0x0a || byte === 0x0d).length;
        expect(surveyed(Uint8Array.from(bytes), cuts).breaks).toBe(breaks);
      }),
      { numRuns: 3_000 },
    );
  });
});
