import { describe, expect, it } from "vitest";
import type { Frame } from "../../../src/streams/frame";
import { seededRandom } from "../../support/series";
import { inStorage, World } from "./world";

const MINUTE = 60_000_000;
const T0 = 1_700_006_400_000_000;
/** More than have the full form. */
const SERIES = 70;
const STEPS = 300;
const AT = T0 / 1_000;

interface Reading {
  series: number;
  step: number;
  value: number;
}

function readings(steps: number, series = SERIES): Reading[] {
  const random = seededRandom(3);
  return Array.from({ length: steps * series }, (_, i) => {
    const [step, at] = [Math.floor(i / series), i % series];
    return { series: at, step, value: at * 10 + 3 * Math.sin(step / 9 + at) + random() };
  });
}

const frame = (rows: readonly Reading[]): Frame => ({
  times: Float64Array.from(rows, ({ step }) => T0 + step * MINUTE),
  tagSets: Array.from({ length: SERIES }, (_, series) => ({ sensor: `s${series}` })),
  tagSetOf: Uint32Array.from(rows, ({ series }) => series),
  fields: [{ name: "v", values: Float64Array.from(rows, ({ value }) => value), ordinals: null }],
  attributes: [],
});

/** All tag sets are named in one order, so that series have the same ids whatever comes first. */
function load(world: World, rows: readonly Reading[], mode: "defer" | "learn" | "judge" = "defer"): void {
  for (let at = 0; at < rows.length; at += 1_000) world.append(frame(rows.slice(at, at + 1_000)), AT, mode);
}

/** The first reading of each series, so that all have their ids. */
const named = (rows: readonly Reading[]): [Reading[], Reading[]] => [
  rows.slice(0, SERIES),
  rows.slice(SERIES),
];

/** The states after a load, and what is told of the next readings, one of which is far off. */
const learned = (told: (world: World) => void) =>
  inStorage((storage) => {
    const world = new World(storage);
    told(world);
    const states = world.states();
    const before = world.told.length;
    const next = readings(STEPS + 3).slice(STEPS * SERIES);
    const odd = next.map((one) => (one.series === 7 && one.step === STEPS ? { ...one, value: 500 } : one));
    load(world, odd, "judge");
    world.detection.catchUp();
    return { states, before, told: world.told.map(({ seq, ...rest }) => rest) };
  });

describe("detectors of a stream that much history is loaded into", () => {
  it("know at its end what they would have learned reading by reading, and judge the next one by it", async () => {
    const rows = readings(STEPS);
    const deferred = await learned((world) => {
      load(world, rows);
      world.learnHistory(AT);
    });
    const atOnce = await learned((world) => load(world, rows, "learn"));
    expect(deferred.before).toBe(0);
    expect(deferred.told).toEqual(atOnce.told);
    expect(
      deferred.told.some(({ series, timeMicros }) => series === 7 && timeMicros === T0 + STEPS * MINUTE),
    ).toBe(true);
    expect(deferred.states).toEqual(atOnce.states);
  });

  it("know the same in whatever order the rows come: backwards, or one series after the other", async () => {
    const rows = readings(STEPS);
    const [first, rest] = named(rows);
    const orders = [rest, rest.toReversed(), rest.toSorted((a, b) => a.series - b.series || a.step - b.step)];
    const known = [];
    for (const order of orders) {
      known.push(
        await learned((world) => {
          load(world, [...first, ...order]);
          world.learnHistory(AT);
        }),
      );
    }
    for (const one of known.slice(1)) {
      expect(one.told).toEqual(known[0]!.told);
      expect(one.states).toEqual(known[0]!.states);
    }
  });

  it("come to the same states when the load and the learning are broken off, sealed or done twice", async () => {
    const rows = readings(STEPS);
    const calm = await learned((world) => {
      load(world, rows);
      world.learnHistory(AT);
    });
    for (const seed of [1, 2]) {
      const troubled = await learned((world) => {
        const random = seededRandom(seed);
        const trouble = () => {
          if (random() < 0.3) world.wake();
          if (random() < 0.3) world.detection.drop();
          if (random() < 0.3) world.seal();
        };
        for (let at = 0; at < rows.length; at += 1_000) {
          world.append(frame(rows.slice(at, at + 1_000)), AT, "defer");
          trouble();
        }
        world.learnHistory(AT, 4_000, trouble);
        world.learnHistory(AT, 4_000, trouble);
      });
      expect(troubled.told).toEqual(calm.told);
      expect(troubled.states).toEqual(calm.states);
    }
  });

  it("are taught by the newest readings only, and do not take what they passed over for a silence", async () => {
    const rows = readings(5_000, 1);
    const statesAfter = (told: (world: World) => void) =>
      inStorage((storage) => {
        const world = new World(storage);
        told(world);
        world.learnHistory(AT);
        return world.states();
      });
    const newest = await statesAfter((world) => load(world, rows.slice(-4_096)));
    const all = await statesAfter((world) => load(world, rows));
    const wentOn = await statesAfter((world) => {
      load(world, rows.slice(0, 100), "learn");
      load(world, rows.slice(100));
    });
    expect(all).toEqual(newest);
    expect(wentOn).toEqual(newest);
  });

  it("begin anew with all readings where those of now came before the history and were too few to judge by", async () => {
    await inStorage((storage) => {
      const world = new World(storage);
      const rows = readings(STEPS);
      load(world, rows.slice(-20 * SERIES), "judge");
      load(world, rows.slice(0, -20 * SERIES));
      world.detection.catchUp();
      expect(world.detection.counts()).toMatchObject({ warmingUp: SERIES });
      world.learnHistory(AT);
      expect(world.detection.counts()).toMatchObject({ full: 64, compact: 6, warmingUp: 0 });
      expect(world.told).toEqual([]);
    });
  });

  it("write nothing where there is nothing new", async () => {
    await inStorage((storage) => {
      const world = new World(storage);
      load(world, readings(STEPS));
      world.learnHistory(AT);
      const { lastSeq } = world.store.engine;
      world.learnHistory(AT);
      expect(world.store.engine.lastSeq).toBe(lastSeq);
    });
  });
});
