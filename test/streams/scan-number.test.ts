import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { utf8 } from "../../src/core/bytes";
import { NumberReader } from "../../src/streams/scan/number";

const reader = new NumberReader();

function expectRead(text: string, point = "."): void {
  const bytes = utf8(`${text.replace(".", point)},`);
  const found = reader.read(bytes, 0, point.charCodeAt(0));
  if (Number.isNaN(found)) expect(point, text).not.toBe(".");
  else expect([Object.is(found, Number(text)), reader.end], `${text}: ${found}`).toEqual([true, text.length]);
}

/** Digits with a point among them, without a leading zero that JSON does not know. */
const pointed = (digits: string, at: number) =>
  `${digits.slice(0, at).replace(/^0+(?=.)/, "") || "0"}${at < digits.length ? `.${digits.slice(at)}` : ""}`;

const digits = fc
  .array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 24 })
  .map((all) => all.join(""));

describe("a reader of numbers", () => {
  it("reads digits to the very double that Number() makes of them", () => {
    fc.assert(
      fc.property(digits, fc.integer({ min: 0, max: 24 }), fc.constantFrom("", "-"), (all, at, sign) => {
        const text = sign + pointed(all, Math.min(at, all.length));
        expectRead(text);
        expectRead(text, ":");
      }),
      { numRuns: 20_000 },
    );
  });

  it("reads doubles as they are written in full back to themselves", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e15, noNaN: true }), (value) => {
        expectRead(String(value));
        expectRead(String(value * 1e-9));
      }),
      { numRuns: 20_000 },
    );
  });

  it("rounds what lies between two doubles to the even one, and a digit beside it to the nearer one", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 2n ** 52n, max: 2n ** 53n - 1n }),
        fc.integer({ min: 1, max: 4 }),
        (one, shift) => {
          // (2 one + 1) / 2^shift in decimals.
          const middle = (2n * one + 1n) * 5n ** BigInt(shift);
          const text = String(middle).padStart(shift + 1, "0");
          const at = text.length - shift;
          for (const near of [text, String(middle + 1n), String(middle - 1n)]) {
            expectRead(pointed(near, at));
            expectRead(pointed(near.slice(0, 19), Math.min(at, 19)));
          }
        },
      ),
      { numRuns: 5_000 },
    );
  });

  it("takes no number that JSON does not know", () => {
    for (const text of ["", "-", "+1", "01", "1.", ".5", "1e", "1e+", "-.5", "x", "-01.5"])
      expect(reader.read(utf8(`${text},`), 0), text).toBeNaN();
  });
});
