import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { WorkDesk } from "../../durable-objects/tenant/work/desk";
import { WorkList } from "../../durable-objects/tenant/work/list";
import { Uploads } from "../../durable-objects/tenant/work/uploads";
import { WORK_LIMITS, WORK_RULES } from "../../src/core/work";
import { hubObject, tenantObject } from "../../src/platform/objects";
import { newWork } from "../support/work";

const DAY_MS = 86_400_000;
const END = { status: "succeeded" as const, result: "{}", error: null };

/** A desk on the storage of an object of its own, with bindings that the test chooses. */
const withDesk = (
  work: (desk: WorkDesk, sql: SqlStorage, tenantId: string) => Promise<void> | void,
  bindings: (tenantId: string) => Partial<Env> = () => ({}),
) => {
  const tenantId = crypto.randomUUID();
  return runInDurableObject(tenantObject(env, tenantId), (_, { storage }) => {
    let mark = 0;
    const desk = new WorkDesk(
      { ...env, ...bindings(tenantId) },
      storage,
      () => tenantId,
      () => ++mark,
      () => {},
    );
    return work(desk, storage.sql, tenantId);
  });
};

/** A hub that the test speaks for: every call is answered by the next of these, and then by the real one. */
const hub = (answers: ("down" | "silent")[]) => (tenantId: string) => ({
  HUB: {
    idFromName: (name: string) => name,
    get: () => ({
      async publish(call: Parameters<ReturnType<typeof hubObject>["publish"]>[0]) {
        const answer = answers.shift();
        if (answer === "down") throw new Error("no hub");
        const taken = await hubObject(env, tenantId).publish(call);
        if (answer === "silent") throw new Error("the answer was lost");
        return taken;
      },
    }),
  } as unknown as Env["HUB"],
});

describe("events of work", () => {
  const tell = (desk: WorkDesk, name: string) => {
    const item = desk.list.create(newWork({ status: "running" }), 0);
    for (let twice = 0; twice < 2; twice++) desk.finish(item, END, [JSON.stringify({ event: name })], 0);
  };
  const told = async (tenantId: string) =>
    (await hubObject(env, tenantId).since(0, 1_000)).events.map(({ event }) => JSON.parse(event).event);

  it("wait for a hub that does not answer, and then are told once and in order", () =>
    withDesk(
      async (desk, _, tenantId) => {
        tell(desk, "a");
        await desk.drain();
        const [firstRetry] = desk.next(0).filter((at) => at !== null && at > 1e12);
        expect(firstRetry).toBeGreaterThan(Date.now());
        tell(desk, "b");
        await desk.drain();
        expect(await told(tenantId)).toEqual([]);
        await desk.ring(Date.now());
        expect(await told(tenantId)).toEqual(["a", "b"]);
        expect(desk.next(Date.now()).filter((at) => at !== null && at < Date.now() + DAY_MS)).toEqual([]);
      },
      hub(["down", "down"]),
    ));

  it("are not told twice where the hub's answer was lost", () =>
    withDesk(
      async (desk, _, tenantId) => {
        for (let i = 0; i < 250; i++) tell(desk, `e${i}`);
        for (let tries = 0; tries < 3; tries++) await desk.drain();
        expect(await told(tenantId)).toEqual(Array.from({ length: 250 }, (_, i) => `e${i}`));
      },
      hub(["silent", "silent"]),
    ));

  it("are told of progress where it is new, and of nothing after an erasure", () =>
    withDesk(async (desk, _, tenantId) => {
      const item = desk.list.create(newWork({ status: "running" }), 0);
      for (let twice = 0; twice < 2; twice++) desk.progress(item, '"begun"', ['{"event":"begun"}'], 0);
      const cancelled = desk.list.create(newWork({ status: "running" }), 0);
      desk.list.cancel(cancelled.id, "strategy", 0);
      desk.progress(cancelled, '"begun"', ['{"event":"never"}'], 0);
      await desk.drain();
      expect(await told(tenantId)).toEqual(["begun"]);
      tell(desk, "never");
      expect(await desk.erase()).toBe(3);
      await desk.drain();
      expect(await told(tenantId)).toEqual(["begun"]);
    }, hub([])));
});

describe("turns", () => {
  const queue = (sent: unknown[], failures = 0) => ({
    ANALYZE: {
      async send(message: unknown) {
        if (failures-- > 0) throw new Error("no queue");
        sent.push(message);
      },
    } as unknown as Env["ANALYZE"],
  });
  const queued = (desk: WorkDesk, count: number) => {
    for (let i = 0; i < count; i++) desk.list.create(newWork(), 0);
  };

  it("are as many as there are pieces, and four at most", async () => {
    const sent: unknown[] = [];
    await withDesk(
      async (desk) => {
        const call = () => desk.send(desk.openTurns(0), 0);
        queued(desk, 2);
        await call();
        expect(sent).toHaveLength(2);
        queued(desk, 100);
        for (let again = 0; again < 3; again++) await call();
        expect(sent).toHaveLength(WORK_LIMITS.turns);
        // One is at work, and queues up again when its slice is done.
        expect(desk.claim(1, 0)).not.toBeNull();
        await call();
        expect(sent).toHaveLength(WORK_LIMITS.turns);
      },
      () => queue(sent),
    );
  });

  it("give one piece at a time: a second delivery gets none while the first is at it", () =>
    withDesk(async (desk) => {
      queued(desk, 3);
      desk.openTurns(0);
      const first = desk.claim(1, 0)!;
      expect(desk.claim(1, 1)).toBeNull();
      expect(desk.claim(99, 1)).toBeNull();
      desk.finish(first, END, [], 2);
      const second = desk.claim(1, 3)!;
      expect(second.id).not.toBe(first.id);
      // The lease of a consumer that died has run out.
      expect(desk.claim(1, 3 + WORK_LIMITS.leaseMs)!.id).toBe(second.id);
    }));

  it("that no queue took are opened again by the alarm", async () => {
    const sent: unknown[] = [];
    await withDesk(
      async (desk) => {
        queued(desk, 1);
        await desk.send(desk.openTurns(0), 0);
        expect(sent).toEqual([]);
        expect(desk.next(0).some((at) => at !== null && at <= 10_000)).toBe(true);
        await desk.ring(10_000);
        expect(sent).toHaveLength(1);
      },
      () => queue(sent, 1),
    );
  });

  it("live on as long as the piece that they are at tells of progress", () =>
    withDesk(
      async (desk) => {
        const { leaseMs } = WORK_LIMITS;
        queued(desk, 2);
        desk.openTurns(0);
        const item = desk.claim(1, 0)!;
        desk.progress(item, '"half"', [], leaseMs - 1);
        expect(desk.next(leaseMs)).toContain(leaseMs);
        await desk.ring(leaseMs);
        // The other one was never heard of again; this one still is at its piece.
        expect(desk.claim(2, leaseMs)).toBeNull();
        desk.finish(item, END, [], leaseMs);
        expect(desk.claim(1, leaseMs)).not.toBeNull();
      },
      () => queue([]),
    ));

  it("go on with other pieces where another has claimed theirs", () =>
    withDesk((desk) => {
      const { leaseMs } = WORK_LIMITS;
      queued(desk, 2);
      desk.openTurns(0);
      const slow = desk.claim(1, 0)!;
      expect(desk.claim(2, leaseMs)).toMatchObject({ id: slow.id, claim: slow.claim + 1 });
      expect(desk.claim(1, leaseMs)).not.toBeNull();
    }));

  it("wait out the pause of a piece that broke, which doubles", () =>
    withDesk((desk) => {
      const { retryMs } = WORK_RULES.strategy;
      const { id } = desk.list.create(newWork(), 0);
      for (const [attempt, at] of [
        [1, 0],
        [2, retryMs],
      ] as const) {
        const item = desk.list.claims.claim("analyze", at)!;
        expect(item).toMatchObject({ id, attempts: attempt });
        desk.list.claims.release(item, at);
        desk.list.claims.release(item, at + 1);
        const pause = retryMs * 2 ** (attempt - 1);
        expect(desk.next(at)).toContain(at + pause);
        expect(desk.list.claims.claim("analyze", at + pause - 1)).toBeNull();
      }
    }));

  it("wait as long as was asked for, where that is longer, and 15 minutes at most", () =>
    withDesk((desk) => {
      const { retryMs } = WORK_RULES.extract;
      desk.list.create(newWork({ kind: "extract" }), 0);
      let at = 0;
      for (const [askedMs, pauseMs] of [
        [1, retryMs],
        [600_000, 600_000],
        [1e9, 900_000],
      ] as const) {
        desk.list.claims.release(desk.list.claims.claim("extract", at)!, at, askedMs);
        expect(desk.list.claims.nextDueMs("extract", at)).toBe(at + pauseMs);
        at += pauseMs;
      }
    }));
});

describe("a claim", () => {
  const found = (state: string, release = false) => ({ state, progress: "{}", release });
  const { attempts, retryMs } = WORK_RULES.strategy;

  it("that got further before it broke is given back like a first try", () =>
    withDesk((desk) => {
      desk.list.create(newWork(), 0);
      desk.list.claims.release(desk.list.claims.claim("analyze", 0)!, 0);
      for (let tries = 0, at = retryMs; tries < 2 * attempts; tries++, at += retryMs) {
        const item = desk.list.claims.claim("analyze", at)!;
        expect(item).not.toBeNull();
        desk.checkpoint(item, found(`"${tries}"`), [], at);
        expect(desk.list.claims.release(item, at)).toBe(true);
        expect(desk.list.claims.nextDueMs("analyze", at)).toBe(at + retryMs);
      }
    }));

  it("that only goes over what was found before uses up a try", () =>
    withDesk((desk) => {
      const { id } = desk.list.create(newWork(), 0);
      let isSettled = true;
      let claims = 0;
      for (let at = 0; isSettled && claims <= attempts; at += WORK_LIMITS.leaseMs) {
        const item = desk.list.claims.claim("analyze", at)!;
        claims++;
        desk.checkpoint(item, found('"same"'), [], at);
        isSettled = desk.list.claims.release(item, at);
      }
      expect(claims).toBe(attempts);
      expect(desk.list.get(id)).toMatchObject({ status: "running", attempts });
    }));

  it("that another came after, or that gave its piece back, changes nothing any more", () =>
    withDesk((desk) => {
      const { id } = desk.list.create(newWork({ kind: "extract", status: "running" }), 0);
      const former = desk.list.get(id);
      const isWithoutEffect = () => {
        const before = desk.list.get(id);
        desk.progress(former, '"late"', [], 9);
        expect(desk.list.claims.release(former, 9)).toBe(true);
        expect(desk.finish(former, END, [], 9)).toEqual(before);
        expect(() => desk.checkpoint(former, found('"late"'), [], 9)).toThrow("conflict");
        expect(() => desk.expectUpload(former, "key")).toThrow("conflict");
        const filled = { upload: { key: "key", storedBytes: 1 }, request: "{}", streamId: "s" };
        expect(() => desk.fillUpload(former, filled, 9)).toThrow("conflict");
        expect(desk.list.get(id)).toEqual(before);
        expect(desk.list.checkpoints.load(id)).toBeNull();
      };
      desk.list.claims.release(former, 0);
      isWithoutEffect();
      expect(desk.list.claims.claim("extract", WORK_LIMITS.leaseMs)).toMatchObject({
        claim: former.claim + 1,
      });
      isWithoutEffect();
      const failed = { status: "failed" as const, result: null, error: '{"code":"internal"}' };
      desk.finish(desk.list.get(id), failed, [], 9);
      desk.list.redrive(id, "extract", 9);
      isWithoutEffect();
    }));
});

describe("ended work", () => {
  it("lets its request go, except what failed on our side and can be redriven", () =>
    withDesk((desk) => {
      const end = (error: string | null) => {
        const item = desk.list.create(newWork({ status: "running" }), 0);
        const failed = { status: "failed" as const, result: null, error };
        return desk.finish(item, error === null ? END : failed, [], 0);
      };
      expect(end(null).request).toBe("");
      expect(end('{"code":"not_enough_data"}').request).toBe("");
      const dead = end('{"code":"unavailable"}');
      expect(dead.request).toBe(newWork().request);
      expect(desk.list.redrive(dead.id, "strategy", 1)).toMatchObject({ status: "queued", attempts: 0 });
      expect(() => desk.list.redrive(dead.id, "strategy", 1)).toThrow("conflict");
    }));

  const ended = (desk: WorkDesk, nowMs: number) => {
    const item = desk.list.create(newWork({ status: "running" }), nowMs);
    desk.finish(item, END, [], nowMs);
    return item.id;
  };
  const isThere = (desk: WorkDesk, id: string) => desk.list.find(id) !== null;

  it("is kept for 30 days, and then forgotten by the alarm; open work is not", () =>
    withDesk((desk) => {
      const [old, young] = [ended(desk, 0), ended(desk, DAY_MS)];
      const open = desk.list.create(newWork(), 0).id;
      expect(desk.list.purge(30 * DAY_MS - 1)).toBe(30 * DAY_MS);
      expect(isThere(desk, old)).toBe(true);
      expect(desk.list.purge(30 * DAY_MS)).toBe(31 * DAY_MS);
      expect([old, young, open].map((id) => isThere(desk, id))).toEqual([false, true, true]);
      expect(desk.list.purge(100 * DAY_MS)).toBeNull();
      expect(isThere(desk, open)).toBe(true);
    }));

  it("has its request and its result whole where they are more than a row holds, and leaves nothing of them behind", () =>
    withDesk((desk, sql) => {
      // Pairs of surrogates behind one character, so that a cut at any even place goes through one.
      const long = (mark: string) => JSON.stringify(`${mark}${"😀".repeat(700_000)}`);
      const asked = newWork({ kind: "extract", status: "running", request: long("request") });
      const item = desk.list.create(asked, 0);
      expect(item.request).toBe(asked.request);
      desk.finish(item, { ...END, result: long("result") }, [], 0);
      expect(desk.list.get(item.id)).toMatchObject({ request: asked.request, result: long("result") });
      desk.list.purge(30 * DAY_MS);
      expect(sql.exec("SELECT 1 FROM work_text").toArray()).toEqual([]);
    }));

  const bulk = (sql: SqlStorage, prefix: string, status: string, count: number, chars = 10) =>
    sql.exec(
      `INSERT INTO work(id, kind, queue, status, due_ms, traceparent, attempts, chars, created_ms, updated_ms, request)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
        SELECT ? || i, 'strategy', 'analyze', ?, 0, '', 1, ?, 0, 0, '' FROM n`,
      count,
      prefix,
      status,
      chars,
    );

  it("is kept up to a number, the newest", () =>
    withDesk((desk, sql) => {
      bulk(sql, "e", "failed", WORK_LIMITS.kept + 2);
      desk.list.purge(1);
      expect(["e1", "e2", "e3"].map((id) => isThere(desk, id))).toEqual([false, false, true]);
      const newest = ended(desk, 1);
      desk.list.purge(1);
      expect(["e3", "e4", newest].map((id) => isThere(desk, id))).toEqual([false, true, true]);
    }));

  it("is kept up to a size, the newest", () =>
    withDesk((desk, sql) => {
      bulk(sql, "e", "succeeded", 4, WORK_LIMITS.keptChars / 3);
      desk.list.purge(1);
      expect(["e1", "e2"].map((id) => isThere(desk, id))).toEqual([false, true]);
    }));

  it("makes room: where 10,000 pieces wait another is refused, until one has ended", () =>
    withDesk((desk, sql) => {
      bulk(sql, "o", "queued", WORK_LIMITS.open);
      const another = () => desk.admit(newWork(), 1);
      expect(another).toThrow("work_limit_reached");
      expect(() => desk.admit(newWork({ status: "running" }), 1)).not.toThrow();
      desk.list.cancel("o7", "strategy", 1);
      expect(another).not.toThrow();
      const long = { request: "x".repeat(1_000), status: "queued" as const };
      sql.exec("UPDATE work SET chars = ? WHERE id = 'o8'", WORK_LIMITS.openChars - 100_000);
      expect(() =>
        new WorkList(sql, new Uploads(sql, env.UPLOADS, () => {})).admit(long.request.length),
      ).toThrow("work_limit_reached");
    }));
});
