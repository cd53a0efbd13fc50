import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { tenantObject } from "../../src/platform/objects";
import { type Weather, World } from "./lease-world";

const CALM: Weather = { mostDelayMs: 40, lost: 0 };
const STORM: Weather = { mostDelayMs: 900, lost: 0.08 };
const SEEDS = [...Array.from({ length: 24 }, (_, seed) => seed + 1), 136];

/** Runs a history in an object of its own, on a real database. */
const within = (seed: number, holders: number, weather: Weather, history: (world: World) => Promise<void>) =>
  runInDurableObject(tenantObject(env, crypto.randomUUID()), (_, state) =>
    history(new World(state.storage.sql, seed, holders, weather)),
  );

const below = (world: World, bound: number): number => Math.floor(world.random() * bound);

describe.each(SEEDS)("leases, history %i", (seed) => {
  it("let in exactly as many as the limit, in one burst", async () => {
    await within(seed, 10, CALM, async (world) => {
      for (let i = 0; i < 250; i++)
        world.at(world.nowMs + below(world, 500), () => void world.request(i % 10));
      await world.run();
      expect(world.served).toHaveLength(100);
      expect(new Set(world.refused.map(({ code }) => code))).toEqual(new Set(["rate_limited"]));
    });
  });

  it("let in all that were asked for, and call back what others do not use", async () => {
    await within(seed, 12, CALM, async (world) => {
      const start = world.nowMs;
      for (let i = 0; i < 60; i++)
        world.at(start + below(world, 8_000), () => void world.request(below(world, 12)));
      await world.run(start + 15_000);
      for (let i = 0; i < 80; i++) world.at(world.nowMs + below(world, 300), () => void world.request(11));
      await world.run();
      expect(world.served).toHaveLength(100);
    });
  });

  it("forfeit nothing when a grant gets lost on its way", async () => {
    await within(seed, 5, { ...CALM, lostGrants: 0.2 }, async (world) => {
      const start = world.nowMs;
      for (let i = 0; i < 600; i++)
        world.at(start + below(world, 8_000), () => void world.request(below(world, 5)));
      await world.run();
      expect(world.served).toHaveLength(100);
    });
  });

  it("never pass the limit in any window, whoever crashes and whatever gets lost", async () => {
    await within(seed, 8, STORM, async (world) => {
      const start = world.nowMs;
      for (let i = 0; i < 700; i++)
        world.at(start + below(world, 150_000), () => void world.request(below(world, 8)));
      for (let i = 0; i < 10; i++) {
        world.at(start + below(world, 150_000), () => world.holders[below(world, 8)]!.crash());
        world.at(start + below(world, 150_000), () => {
          world.holders[below(world, 8)]!.clockOffsetMs -= below(world, 5_000);
        });
      }
      for (let i = 0; i < 3; i++) world.at(start + below(world, 150_000), () => world.restartTenant());
      await world.run();
      // A sixtieth of the window is the budget's grain; a token that was asked for is used within its answer's delay.
      expect(world.mostServedWithin(60_000 - 1_000 - STORM.mostDelayMs)).toBeLessThanOrEqual(100);
      expect(world.served.length).toBeGreaterThan(100);
    });
  });

  it("are over under an old policy once the change is answered", async () => {
    await within(seed, 8, STORM, async (world) => {
      const start = world.nowMs;
      world.terms.limits.rate_limit_per_minute = 100_000;
      const changes: { atMs: number; epoch: number; tokenId: string }[] = [];
      for (let i = 0; i < 3_000; i++) {
        const tokenId = `t${below(world, 10)}`;
        world.at(start + below(world, 20_000), () => void world.request(below(world, 8), tokenId));
      }
      for (let i = 0; i < 10; i++) {
        world.at(start + below(world, 20_000), () => {
          const tokenId = `t${i}`;
          world.revoked.add(tokenId);
          const epoch = world.terms.epoch + 1;
          world.terms = { ...world.terms, epoch };
          void world.book.revise().then(() => changes.push({ atMs: world.nowMs, epoch, tokenId }));
        });
        world.at(start + below(world, 20_000), () => world.holders[below(world, 8)]!.crash());
        world.at(start + below(world, 20_000), () => {
          world.holders[below(world, 8)]!.clockOffsetMs -= below(world, 5_000);
        });
      }
      for (let i = 0; i < 3; i++) world.at(start + below(world, 20_000), () => world.restartTenant());
      await world.run();
      expect(changes).toHaveLength(10);
      const late = world.served.filter(({ atMs, epoch, tokenId }) =>
        changes.some((change) => atMs > change.atMs && (epoch < change.epoch || tokenId === change.tokenId)),
      );
      expect(late).toEqual([]);
      expect(world.served.length).toBeGreaterThan(500);
    });
  });

  it("let streams grow exactly to the storage that the tenant has", async () => {
    await within(seed, 6, CALM, async (world) => {
      world.terms.limits.rate_limit_per_minute = 100_000;
      world.terms.limits.max_storage_mb = 10;
      const start = world.nowMs;
      for (let i = 0; i < 400; i++)
        world.at(start + below(world, 5_000), () => void world.request(below(world, 6), "t", 70_000));
      await world.run();
      expect(world.storedBytes).toBe(Math.floor(10_000_000 / 70_000) * 70_000);
      expect(new Set(world.refused.map(({ code }) => code))).toEqual(new Set(["storage_limit_reached"]));
    });
  });

  it("give the room that other streams do not use to the one that needs it", async () => {
    await within(seed, 6, CALM, async (world) => {
      world.terms.limits.max_storage_mb = 2;
      const start = world.nowMs;
      for (let i = 0; i < 6; i++) world.at(start, () => void world.request(i, "t", 50_000));
      if (seed % 2 === 0) world.at(start + 3_000, () => world.restartTenant());
      for (let i = 0; i < 60; i++) world.at(start + 4_000 + i, () => void world.request(0, "t", 50_000));
      await world.run();
      expect(world.storedBytes).toBe(2_000_000);
    });
  });

  it("never store more than the tenant may, whoever crashes and whatever gets lost", async () => {
    await within(seed, 6, STORM, async (world) => {
      world.terms.limits.rate_limit_per_minute = 100_000;
      world.terms.limits.max_storage_mb = 10;
      const start = world.nowMs;
      for (let i = 0; i < 600; i++)
        world.at(start + below(world, 60_000), () => void world.request(below(world, 6), "t", 50_000));
      for (let i = 0; i < 8; i++)
        world.at(start + below(world, 60_000), () => world.holders[below(world, 6)]!.crash());
      for (let i = 0; i < 4; i++) world.at(start + below(world, 60_000), () => world.restartTenant());
      await world.run();
      expect(world.storedBytes).toBeLessThanOrEqual(10_000_000);
      expect(world.storedBytes).toBeGreaterThan(8_000_000);
    });
  });
});

it("waits leases out where more holders have one than are asked at once", async () => {
  await within(1, 101, CALM, async (world) => {
    world.terms.limits.rate_limit_per_minute = 1_000;
    const start = world.nowMs;
    for (let i = 0; i < 101; i++) void world.request(i);
    await world.run(start + 200);
    expect(world.served).toHaveLength(101);
    let answeredMs = 0;
    void world.book.revise().then(() => {
      answeredMs = world.nowMs;
    });
    await world.run();
    expect(answeredMs - start).toBeGreaterThanOrEqual(2_500);
    expect(answeredMs - start).toBeLessThan(2_700);
  });
});

it("waits after a restart for leases that nobody remembers, and then no more", async () => {
  await within(1, 1, CALM, async (world) => {
    void world.request(0);
    await world.run(world.nowMs + 200);
    world.restartTenant();
    const start = world.nowMs;
    await Promise.all([world.book.revise(), world.run()]);
    expect(world.nowMs - start).toBe(2_500);
    await Promise.all([world.book.revise(), world.run()]);
    expect(world.nowMs - start).toBe(2_500);
  });
});
