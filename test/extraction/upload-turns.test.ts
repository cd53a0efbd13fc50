import { expect, it } from "vitest";
import { inTurns } from "../../src/extraction/upload";

const PIECES = 160;

async function* pieces() {
  for (let i = 0; i < PIECES; i++) yield new Uint8Array(65_536).fill(i);
}

it("lets what else has arrived have its turn while bytes that are there are read", async () => {
  let turns = 0;
  const other = () => {
    turns++;
    if (turns < PIECES) setImmediate(other);
  };
  setImmediate(other);
  const read: number[] = [];
  for await (const piece of inTurns(pieces())) read.push(piece[0]!);
  expect(read).toEqual(Array.from({ length: PIECES }, (_, i) => i));
  expect(turns).toBeGreaterThanOrEqual(4);
  expect(turns).toBeLessThan(PIECES);
});
