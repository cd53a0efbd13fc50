import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { executions } from "../../src/analytics";
import { claimOf, WORK_LIMITS, WORK_RULES } from "../../src/core/work";
import type { JobRequest } from "../../src/extraction/intake";
import { consumerContext } from "../../src/platform/consumer-context";
import { hubObject, tenantObject } from "../../src/platform/objects";
import { doTurn, type Runner } from "../../src/platform/turn";
import { handleQueue } from "../../src/queues";
import { newTenant } from "../support/client";
import { cheapRequest, counts, create, evict, get, later, query } from "../support/work";

const QUEUE = "stratosmesh-analyze";
const roomy = () => newTenant({ limits: { max_strategies_per_hour: 2_000 } });
/** For 1,000 pieces on a machine with much else to do. */
const LONG = { timeout: 240_000, interval: 250 };
const patient = { timeout: 60_000, interval: 100 };

/** Delivers messages as a queue does, and says what became of them. */
async function deliver(queue: string, bodies: unknown[], bindings: Env = env) {
  const messages = bodies.map((body, i) => ({ id: `m${i}`, timestamp: new Date(), attempts: 1, body }));
  const batch = createMessageBatch(queue, messages);
  const ctx = createExecutionContext();
  await handleQueue(batch, bindings, ctx);
  return getQueueResult(batch, ctx);
}
const turnMessage = (tenant_id: string, turn: number) => ({ kind: "work", tenant_id, turn });

async function eventsOf(tenantId: string): Promise<{ execution_id: string; event: string }[]> {
  const all = [];
  for (let seq = 0; ; ) {
    const page: { events: { seq: number; event: string }[] } = await hubObject(env, tenantId).since(seq, 500);
    if (page.events.length === 0) return all;
    all.push(...page.events.map(({ event }) => JSON.parse(event)));
    seq = page.events.at(-1)!.seq;
  }
}

describe("1,000 queued executions", () => {
  it("do not hold back another tenant's first, and end once each with every message delivered again", {
    timeout: 120_000,
  }, async () => {
    const [many, one] = [(await roomy()).tenantId, (await roomy()).tenantId];
    // As if their requests had died, so that all are there before the first is done.
    for (let i = 0; i < 1_000; i += 50)
      await Promise.all(Array.from({ length: 50 }, () => create(many, { status: "running" })));
    await query(many, "UPDATE work SET status = 'queued', attempts = 0");
    await later(many);
    const first = await create(one);
    await vi.waitFor(async () => {
      // Every message comes again, the newest first, while it is worked on or after.
      const turns = await query<{ id: number }>(many, "SELECT id FROM turns ORDER BY id DESC");
      expect(turns.length).toBeLessThanOrEqual(WORK_LIMITS.turns);
      if (turns.length > 0)
        await env.ANALYZE.sendBatch(turns.map(({ id }) => ({ body: turnMessage(many, id) })));
      expect(await counts(many)).toEqual({ succeeded: 1_000 });
    }, LONG);

    const { status, createdMs, updatedMs } = await get(one, first.id);
    expect(status).toBe("succeeded");
    const [between] = await query<{ n: number }>(
      many,
      "SELECT count(*) AS n FROM work WHERE updated_ms BETWEEN ? AND ?",
      createdMs,
      updatedMs,
    );
    const perTurn = Math.ceil(WORK_LIMITS.sliceUnits / WORK_LIMITS.overheadUnits);
    expect(between!.n).toBeLessThanOrEqual((WORK_LIMITS.turns + 1) * perTurn);

    const again = Array.from({ length: 100 }, (_, i) => turnMessage(many, 100 - i));
    expect((await deliver(QUEUE, again)).explicitAcks).toHaveLength(100);
    await vi.waitFor(async () => expect(await eventsOf(many)).toHaveLength(1_000), patient);
    expect(new Set((await eventsOf(many)).map(({ execution_id }) => execution_id)).size).toBe(1_000);
    const attempts = await query<{ most: number }>(many, "SELECT max(attempts) AS most FROM work");
    expect(attempts).toEqual([{ most: 1 }]);
  });
});

describe("a consumer that dies", () => {
  it("after a claim: the piece is done by another when its lease has run out", async () => {
    const { tenantId } = await newTenant();
    const { id } = await create(tenantId, { status: "running" });
    await evict(tenantId);
    expect(await get(tenantId, id)).toMatchObject({ status: "running", attempts: 1 });
    await later(tenantId);
    await vi.waitFor(
      async () => expect(await get(tenantId, id)).toMatchObject({ status: "succeeded" }),
      patient,
    );
    expect(await get(tenantId, id)).toMatchObject({ attempts: 2 });
    expect(await eventsOf(tenantId)).toHaveLength(1);
  });

  it("and was only slow: the first end stands, and is told once", async () => {
    const { tenantId } = await newTenant();
    const tenant = tenantObject(env, tenantId);
    const item = await create(tenantId, { status: "running" });
    const end = (text: string) => ({ status: "succeeded" as const, result: text, error: null });
    await tenant.finishWork(claimOf(item), end("1"), ['{"event":"strategy_result","execution_id":"first"}']);
    await tenant.finishWork(claimOf(item), end("2"), ['{"event":"strategy_result","execution_id":"second"}']);
    await tenant.releaseWork(claimOf(item));
    expect(await get(tenantId, item.id)).toMatchObject({ status: "succeeded", result: "1" });
    await vi.waitFor(async () => expect(await eventsOf(tenantId)).toHaveLength(1), patient);
    expect(await eventsOf(tenantId)).toMatchObject([{ execution_id: "first" }]);
  });
});

describe("work that breaks our code", () => {
  it("is tried three times beside the others, kept with its reason, listed, and redriven", async () => {
    const tenant = await newTenant();
    const { tenantId } = tenant;
    const poisoned = await create(tenantId, { request: "{" });
    const others = await Promise.all(Array.from({ length: 5 }, () => create(tenantId)));
    for (const { id } of others)
      await vi.waitFor(
        async () => expect(await get(tenantId, id)).toMatchObject({ status: "succeeded" }),
        patient,
      );
    await vi.waitFor(async () => {
      await later(tenantId);
      expect(await get(tenantId, poisoned.id)).toMatchObject({ status: "failed", attempts: 3 });
    }, patient);
    const list = async (query: string) =>
      ((await (await tenant.call("GET", `/api/strategy?${query}`)).json()) as { executions: unknown[] })
        .executions;
    expect(await list("dead_letter=true")).toMatchObject([
      {
        execution_id: poisoned.id,
        status: "failed",
        attempts: 3,
        redrivable: true,
        error: { code: "internal" },
      },
    ]);
    expect(await list("dead_letter=false")).toHaveLength(5);

    const path = `/api/strategy/${poisoned.id}/redrive`;
    await query(tenantId, "UPDATE work SET request = ? WHERE id = ?", cheapRequest(), poisoned.id);
    const redriven = await tenant.call("POST", path);
    expect(redriven.status).toBe(202);
    expect(redriven.headers.get("location")).toBe(`/api/strategy/${poisoned.id}`);
    await vi.waitFor(
      async () =>
        expect(await get(tenantId, poisoned.id)).toMatchObject({ status: "succeeded", error: null }),
      patient,
    );
    expect((await tenant.call("POST", path)).status).toBe(409);
    expect(await list("dead_letter=true")).toEqual([]);
  });

  it("of an extraction is told, listed and redriven alike", async () => {
    const tenant = await newTenant();
    const { tenantId } = tenant;
    const prices = { raw_text: "time,price\n2025-01-01,1\n2025-01-02,2\n2025-01-03,4", stream_id: "s" };
    const job = (await (await tenant.call("POST", "/api/llm/process", prices)).json()) as { job_id: string };
    const [upload] = (await env.UPLOADS.list({ prefix: `${tenantId}/` })).objects;
    // As if it had been done by consumers, and each had died.
    const { attempts } = WORK_RULES.extract;
    const loading = JSON.stringify({ stage: "loading", records_processed: 2, fraction: 0.5 });
    await query(
      tenantId,
      "UPDATE work SET status = 'running', attempts = ?, request = '{', progress = ?",
      attempts,
      loading,
    );
    await later(tenantId);
    const isJob = (expected: object) =>
      vi.waitFor(
        async () => expect(await get(tenantId, job.job_id, "extract")).toMatchObject(expected),
        patient,
      );
    await isJob({ status: "failed" });
    const failed = { stage: "failed", records_processed: 2, fraction: 0.5 };
    const list = await (await tenant.call("GET", "/api/llm/jobs?dead_letter=true")).json();
    expect(list).toMatchObject({
      jobs: [{ job_id: job.job_id, redrivable: true, error: { code: "internal" }, progress: failed }],
    });
    await vi.waitFor(async () => {
      expect(await eventsOf(tenantId)).toMatchObject([
        { event: "job_progress", status: "failed", progress: failed },
      ]);
    }, patient);

    const mended = {
      blobKey: upload!.key,
      bytes: upload!.size,
      filename: null,
      contentType: "text/plain",
      description: null,
      streamId: "s",
      plan: null,
    } satisfies Partial<JobRequest>;
    await query(tenantId, "UPDATE work SET request = ?", JSON.stringify(mended));
    expect((await tenant.call("POST", `/api/llm/jobs/${job.job_id}/redrive`)).status).toBe(202);
    await isJob({ status: "succeeded", attempts: 1 });
    expect(await (await tenant.call("GET", "/api/stream/s")).json()).toMatchObject({ points: 3 });
  });

  it("and takes its consumer with it each time is given up by the next one", async () => {
    const { tenantId } = await newTenant();
    const { id } = await create(tenantId, { status: "running" });
    await query(tenantId, "UPDATE work SET attempts = ?", WORK_RULES.strategy.attempts);
    await later(tenantId);
    await vi.waitFor(
      async () => expect(await get(tenantId, id)).toMatchObject({ status: "failed" }),
      patient,
    );
    expect(JSON.parse((await get(tenantId, id)).error!)).toMatchObject({ code: "internal" });
  });
});

describe("work of a tenant who was erased", () => {
  it("is not done, not told, and no error: neither what waited nor what was under way", async () => {
    const tenant = await newTenant();
    const { tenantId } = tenant;
    const item = await create(tenantId, { status: "running" });
    const ctx = await consumerContext(env, tenantId, "", () => {});
    const [turn] = await query<{ id: number }>(
      tenantId,
      "INSERT INTO turns(queue, touched_ms) VALUES('analyze', ?) RETURNING id",
      Date.now(),
    );
    await query(tenantId, "UPDATE work SET status = 'queued', due_ms = 0");
    const broke = vi.spyOn(console, "error");
    const erasing: Runner = {
      async run(at, claimed) {
        await tenant.call("DELETE", `/api/tenant/${tenantId}/data?confirm=${tenantId}`);
        return executions.run(at, claimed);
      },
    };
    await doTurn(ctx, turn!.id, { strategy: erasing, backtest: erasing, extract: erasing });
    expect(broke).not.toHaveBeenCalled();
    expect((await tenant.call("GET", `/api/strategy/${item.id}`)).status).toBe(404);
    expect(await eventsOf(tenantId)).toEqual([]);
    expect(await query(tenantId, "SELECT 1 FROM turns UNION ALL SELECT 1 FROM outbox")).toEqual([]);
  });
});

describe("messages", () => {
  /** Work whose message was lost: the turn is there, and nothing comes for it. */
  async function lost(tenantId: string): Promise<{ id: string; turn: number }> {
    const { id } = await create(tenantId, { status: "running" });
    await query(tenantId, "UPDATE work SET status = 'queued', attempts = 0, due_ms = 0");
    const [turn] = await query<{ id: number }>(
      tenantId,
      "INSERT INTO turns(queue, touched_ms) VALUES('analyze', ?) RETURNING id",
      Date.now(),
    );
    return { id, turn: turn!.id };
  }
  const isDone = (tenantId: string, id: string) =>
    vi.waitFor(async () => expect(await get(tenantId, id)).toMatchObject({ status: "succeeded" }), patient);

  it("whose consumer died between two pieces are replaced by the alarm", async () => {
    const { tenantId } = await newTenant();
    const { id, turn } = await lost(tenantId);
    const ended = await create(tenantId, { status: "running" });
    const failed = {
      status: "failed" as const,
      result: null,
      error: '{"code":"not_enough_data","detail":""}',
    };
    await tenantObject(env, tenantId).finishWork(claimOf(ended), failed);
    await query(tenantId, "UPDATE turns SET work_id = ? WHERE id = ?", ended.id, turn);
    await later(tenantId);
    await isDone(tenantId, id);
    await vi.waitFor(async () => expect(await query(tenantId, "SELECT id FROM turns")).toEqual([]), patient);
  });

  it("that are lost are replaced by the alarm", async () => {
    const { tenantId } = await newTenant();
    const { id } = await lost(tenantId);
    await later(tenantId);
    await isDone(tenantId, id);
  });

  it("that end in the dead-letter queue are replaced, and say nothing about the work", async () => {
    const { tenantId } = await newTenant();
    const { id, turn } = await lost(tenantId);
    expect((await deliver(`${QUEUE}-dlq`, [turnMessage(tenantId, turn)])).explicitAcks).toEqual(["m0"]);
    await isDone(tenantId, id);
  });

  it("of a tenant that cannot be reached come again, and those of none are put aside", async () => {
    const { tenantId } = await newTenant();
    const unreachable = {
      ...env.TENANT,
      idFromName: () => {
        throw new Error("no answer");
      },
    };
    const broken = { ...env, TENANT: unreachable as unknown as Env["TENANT"] };
    const tried = await deliver(QUEUE, [turnMessage(tenantId, 1)], broken);
    expect(tried.retryMessages).toEqual([{ msgId: "m0" }]);
    const moot = [turnMessage(crypto.randomUUID(), 1), { kind: "nonsense" }, 42];
    expect((await deliver(QUEUE, moot)).explicitAcks).toEqual(["m0", "m1", "m2"]);
  });
});
