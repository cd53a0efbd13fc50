import { expect, it } from "vitest";
import { driftOf, KEPT_GAINS } from "../../../src/streams/accuracy/drift";

/** Numbers in (0, 1), the same in every run (Park and Miller 1988). */
function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** Gains of blocks of five normal errors each, the forecast's smaller by `skillAt`; the block at which drift is first seen. */
function firstDrift(seed: number, blocks: number, skillAt: (block: number) => number): number | null {
  const next = uniform(seed);
  const error = () => Math.abs(Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next()));
  const gains: number[] = [];
  for (let block = 0; block < blocks; block++) {
    let [own, naive] = [0, 0];
    for (let step = 0; step < 5; step++) {
      own += error() * (1 - skillAt(block));
      naive += error();
    }
    gains.push((naive - own) / (naive + own));
    if (driftOf(gains.slice(-KEPT_GAINS))?.detected) return block;
  }
  return null;
}
const seeds = Array.from({ length: 200 }, (_, i) => 1_000 + 7_919 * i);

it("is seen in few series in a thousand blocks without any change", () => {
  const seen = seeds.filter((seed) => firstDrift(seed, 1_000, () => 0.3) !== null);
  expect(seen.length).toBeLessThanOrEqual(8);
});

it("is seen within twenty blocks where a good forecast becomes a bad one, not before", () => {
  const seen = seeds.map((seed) => firstDrift(seed, 120, (block) => (block < 100 ? 0.5 : -0.5)));
  expect(seen.filter((block) => block !== null && block >= 100).length).toBeGreaterThan(180);
});

it("is not told of a forecast that becomes better, nor of too few blocks", () => {
  expect(driftOf([...Array(20).fill(0.1), ...Array(12).fill(0.9)])).toMatchObject({ detected: false });
  expect(driftOf([...Array(15).fill(0.9), ...Array(12).fill(-0.9)])).toBeNull();
  expect(driftOf([])).toBeNull();
});

it("needs a loss that matters, also where nothing varies", () => {
  expect(driftOf([...Array(16).fill(0.5), ...Array(12).fill(0.41)])).toMatchObject({ detected: false });
  expect(driftOf([...Array(16).fill(0.5), ...Array(12).fill(0.39)])).toMatchObject({ detected: true });
});
