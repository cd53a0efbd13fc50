import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import type { ProcessAnswer } from "../../src/extraction/contract";
import { later, query } from "../support/work";
import { type Caller, newCaller } from "./support-process";

type Answer = ProcessAnswer & { job_id: string };

const keys = async ({ tenantId }: Caller) =>
  (await env.UPLOADS.list({ prefix: `${tenantId}/` })).objects.map(({ key }) => key);
const countedBytes = async ({ tenantId }: Caller) =>
  (await query<{ bytes: number }>(tenantId, "SELECT bytes FROM holder_use WHERE stream_id = ''"))[0]?.bytes ??
  0;
const sealedBytes = async ({ tenantId }: Caller) =>
  (await env.UPLOADS.list({ prefix: `${tenantId}/` })).objects.reduce((sum, { size }) => sum + size, 0);
const load = async (caller: Caller, text: string): Promise<Answer> =>
  (await caller.form({ stream_id: "s" }, { name: "s.csv", text })).json();
/** A month passes for a job. */
const age = ({ tenantId }: Caller, jobId: string) =>
  query(tenantId, "UPDATE work SET updated_ms = 0 WHERE id = ?", jobId);
const statusOf = async (caller: Caller, jobId: string) =>
  (await caller.call("GET", `/api/llm/jobs/${jobId}`)).status;

it("an upload goes with its job, and its storage is the tenant's again", async () => {
  const caller = await newCaller();
  const [first, second] = [
    await load(caller, "time,v\n2025-01-01,1\n2025-01-02,2\n"),
    await load(caller, "time,v\n2025-02-01,1\n2025-02-02,2\n2025-02-03,3\n"),
  ];
  expect(await keys(caller)).toHaveLength(2);
  expect(await countedBytes(caller)).toBe(await sealedBytes(caller));
  await age(caller, first.job_id);
  await later(caller.tenantId);
  expect(await statusOf(caller, first.job_id)).toBe(404);
  expect(await keys(caller)).toEqual([expect.stringContaining(second.job_id)]);
  expect(await countedBytes(caller)).toBe(await sealedBytes(caller));
  await age(caller, second.job_id);
  await later(caller.tenantId);
  expect(await keys(caller)).toEqual([]);
  expect(await countedBytes(caller)).toBe(0);
  // What was loaded is not the upload's.
  expect(await (await caller.call("GET", "/api/stream/s")).json()).toMatchObject({ points: 5 });
});

it("an upload stays as long as a replay of its job", async () => {
  const caller = await newCaller();
  const days = Array.from({ length: 20 }, (_, i) => `${i + 10}/01/2025,${i}\n`);
  const job = await load(caller, `date,v\n${days.join("")}01/31/2025,50\n`);
  const plan = {
    ...job.plan,
    tables: job.plan.tables.map((table) => ({
      ...table,
      timestamp: { ...table.timestamp!, order: "mdy" as const },
    })),
  };
  const replayOf = (jobId: string) => caller.call("POST", `/api/llm/jobs/${jobId}/replay`, { plan });
  const answer = await replayOf(job.job_id);
  expect(answer.status).toBe(200);
  const replay = (await answer.json()) as Answer;
  expect(replay.records_processed).toBe(1);
  await age(caller, job.job_id);
  await later(caller.tenantId);
  expect(await statusOf(caller, job.job_id)).toBe(404);
  expect(await keys(caller)).toHaveLength(1);
  // Nothing is left that this could load, and it is read all the same.
  expect(await (await replayOf(replay.job_id)).json()).not.toMatchObject({ code: "malformed_data" });
  await query(caller.tenantId, "UPDATE work SET updated_ms = 0");
  await later(caller.tenantId);
  expect(await keys(caller)).toEqual([]);
  expect(await countedBytes(caller)).toBe(0);
});
