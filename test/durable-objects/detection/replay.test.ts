import { describe, expect, it } from "vitest";
import type { Frame } from "../../../src/streams/frame";
import { seededRandom } from "../../support/series";
import { inStorage, World } from "./world";

const MINUTE = 60_000_000;
const T0 = 1_700_006_400_000_000;
/** More than have the full form. */
const SERIES = 90;
const STEPS = 260;

/** A minute of all series; now and then a row is late, double, without a value or far from the others. */
function minute(step: number, random: () => number, odd = 0.004): Frame {
  const rows = Array.from({ length: SERIES }, (_, series) => series).filter(() => random() < 0.95);
  const late = (): number => (random() < 0.03 ? -3 * MINUTE : 0);
  const value = (series: number): number => {
    if (random() < 0.02) return Number.NaN;
    const level = series * 10 + 3 * Math.sin(step / 9 + series) + random();
    return random() < odd ? level + 40 * (random() - 0.3) : level;
  };
  return {
    times: Float64Array.from(rows, () => T0 + step * MINUTE + late()),
    tagSets: Array.from({ length: SERIES }, (_, series) => ({ sensor: `s${series}` })),
    tagSetOf: Uint32Array.from(rows),
    fields: [{ name: "v", values: Float64Array.from(rows, value), ordinals: null }],
    attributes: [],
  };
}

const nothing = (): void => {};

/** The same story each time it is told; `between` is called after each of its events. */
function tell(world: World, between: (world: World) => void): void {
  const random = seededRandom(11);
  for (let step = 0; step < STEPS; step++) {
    const atMs = T0 / 1_000 + step * 60_000 + 1_000;
    world.append(minute(step, random), atMs, step >= 90 && step < 110 ? "learn" : "judge");
    between(world);
    if (step === 120) world.delete({ start: T0, end: T0 + 50 * MINUTE }, atMs);
    // All of the first reading of a new series, and nothing of the others.
    if (step === 150) {
      world.note("feedback", atMs, {
        expected: [3, 85].map((series) => ({
          series,
          timeMicros: T0 + 149 * MINUTE,
          kind: "spike" as const,
          value: series * 10 + 30,
        })),
      });
    }
    if (step === 200) world.note("silence", atMs + 3_600_000, { silent: [1, 2, 81] });
    between(world);
  }
  world.detection.catchUp();
}

describe("a stream's detectors", () => {
  it("tell the same and come to the same states, however often they are evicted, dropped or sealed on the way", async () => {
    const calm = await inStorage((storage) => {
      const world = new World(storage);
      tell(world, ({ detection }) => detection.catchUp());
      return { told: world.told, states: world.states() };
    });
    const kinds = calm.told.map(({ verdict }) => verdict.kind);
    expect(kinds.length).toBeGreaterThan(20);
    expect(kinds.filter((kind) => kind === "gap").length).toBeGreaterThan(1);
    for (const seed of [1, 2, 3]) {
      const troubled = await inStorage((storage) => {
        const random = seededRandom(seed);
        const met = { evictions: 0, drops: 0, seals: 0 };
        const world = new World(storage);
        tell(world, () => {
          const chance = random();
          // Also in the middle of a frame.
          if (chance < 0.7) world.detection.work(chance * 200);
          if (random() < 0.1 && ++met.evictions) world.wake();
          if (random() < 0.05 && ++met.drops) world.detection.drop();
          if (random() < 0.05 && ++met.seals) world.seal();
        });
        expect(Math.min(...Object.values(met))).toBeGreaterThan(5);
        return { told: world.told, states: world.states() };
      });
      expect(troubled.told).toEqual(calm.told);
      expect(troubled.states).toEqual(calm.states);
    }
  });

  it("observe again what was never sealed, and only that", async () => {
    await inStorage((storage) => {
      const world = new World(storage);
      tell(world, nothing);
      world.seal();
      const told = world.told.length;
      const before = world.states();
      world.wake();
      expect(world.states()).toEqual(before);
      expect(world.told.length).toBe(told);
    });
  });

  it("do not keep a stream from being sealed by the room that they take", async () => {
    await inStorage((storage) => {
      const world = new World(storage);
      tell(world, nothing);
      const stored = world.store.storedBytes;
      expect(world.store.seal(0)).toBe(true);
      expect(world.store.engine.isSealed).toBe(true);
      // Or else the room would have been enough for both.
      expect(world.store.storedBytes).toBeGreaterThan(stored);
    });
  });

  it("keep what they know where there is no room to seal", async () => {
    await inStorage((storage) => {
      const world = new World(storage);
      tell(world, nothing);
      const { lastSeq } = world.store.engine;
      const told = [...world.told];
      expect(world.store.seal(-world.store.storedBytes)).toBe(false);
      expect(world.store.engine.isSealed).toBe(false);
      expect(JSON.parse(world.store.meta<string>("detection")!)).toMatchObject({ seq: lastSeq });
      const states = world.states();
      expect(world.told).toEqual(told);
      world.wake();
      expect(world.states()).toEqual(states);
    });
  });

  it("learn from history without a word", async () => {
    await inStorage((storage) => {
      const random = seededRandom(5);
      const world = new World(storage);
      for (let step = 0; step < STEPS; step++) world.append(minute(step, random, 0), T0 / 1_000, "learn");
      const loud = minute(STEPS, random, 0);
      loud.fields[0]!.values.fill(900);
      world.append(loud, T0 / 1_000, "learn");
      world.detection.catchUp();
      expect(world.told).toEqual([]);
      expect(world.detection.counts()).toMatchObject({ enabled: true, full: 64, compact: 26, warmingUp: 0 });
    });
  });

  it("begin anew where all that they saw was deleted, and go on where some of it was", async () => {
    await inStorage((storage) => {
      const random = seededRandom(5);
      const world = new World(storage);
      for (let step = 0; step < 100; step++) world.append(minute(step, random), T0 / 1_000);
      world.delete({ start: T0 + 50 * MINUTE, end: T0 + 100 * MINUTE }, T0 / 1_000);
      world.detection.catchUp();
      expect(world.detection.counts()).toMatchObject({ full: 64, compact: 26, warmingUp: 0 });
      world.delete({ start: T0 - MINUTE * 10, end: T0 + 100 * MINUTE }, T0 / 1_000);
      world.detection.catchUp();
      expect(world.detection.counts()).toMatchObject({ full: 0, compact: 0 });
      expect(world.states()).toEqual(new Map());
    });
  });
});
