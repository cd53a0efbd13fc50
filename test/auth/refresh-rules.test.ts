import { expect, it } from "vitest";
import { type RefreshFamily, rotate } from "../../src/auth";

const family = (change: Partial<RefreshFamily> = {}): RefreshFamily => ({
  generation: 3,
  rotatedMs: 100_000,
  expiresMs: 1_000_000,
  revoked: false,
  ...change,
});

it("rotates the current generation", () => {
  expect(rotate(family(), 3, 200_000)).toEqual({ outcome: "rotated", generation: 4 });
});

it("gives the same successor again within ten seconds of a lost answer, and calls it reuse after them", () => {
  expect(rotate(family(), 2, 110_000)).toEqual({ outcome: "replayed", generation: 3 });
  expect(rotate(family(), 2, 110_001)).toEqual({ outcome: "reuse" });
});

it("refuses a revoked, an expired and a generation that was never given", () => {
  expect(rotate(family({ revoked: true }), 3, 200_000)).toEqual({ outcome: "refused" });
  expect(rotate(family(), 3, 1_000_000)).toEqual({ outcome: "refused" });
  expect(rotate(family(), 4, 200_000)).toEqual({ outcome: "refused" });
});
