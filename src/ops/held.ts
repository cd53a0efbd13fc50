import { SECOND_MS } from "../core/clock";
import type { Context } from "../platform/context";
import { type Db, db } from "../platform/db";

/** Anybody may ask as often as they like, and the figures are minutes old as it is. */
export const HELD_MS = 10 * SECOND_MS;

/**
 * A reading of the platform's database that each isolate makes once in ten seconds, however often it is asked for. Only
 * what was read is shared: a request that waits for what another has begun hangs where that one is cancelled.
 */
export function held<T>(read: (db: Db) => Promise<T>): (ctx: Pick<Context, "env" | "clock">) => Promise<T> {
  const readings = new WeakMap<object, { value: T; readMs: number }>();
  return async ({ env, clock }) => {
    const known = readings.get(env.DB);
    const ageMs = known ? clock.nowMs() - known.readMs : HELD_MS;
    if (known && ageMs >= 0 && ageMs < HELD_MS) return known.value;
    const readMs = clock.nowMs();
    const value = await read(db(env));
    readings.set(env.DB, { value, readMs });
    return value;
  };
}
